//! HTTP/1.1 as far as gateways and proxies need it (RFC 9112): a request, a response's head with every header, and its body.

mod body;
mod challenge;
mod request;

pub use body::{BodyLength, MAX_BODY, chunk_line};
pub use challenge::{Challenge, challenges};
pub use request::{RequestHead, request_length};

use super::Malformed;

/// The longest head that is read, in bytes.
pub const MAX_HEAD: usize = 32 * 1024;

const MOST_HEADERS: usize = 128;

/// A request before it is sent. Control characters never reach the wire, whatever a value holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    text: String,
}

impl Request {
    /// A request line, `Host` not included.
    pub fn new(method: &str, target: &str) -> Self {
        Self { text: format!("{} {} HTTP/1.1\r\n", clean(method), clean(target)) }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.text.push_str(&format!("{}: {}\r\n", clean(name), clean(value)));
        self
    }

    /// The head as it is sent. A request with a body says its length in a header of its own.
    pub fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.text.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// The head of a response: every header in order, also those that come twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseHead {
    /// The number after `HTTP/1.`.
    pub minor_version: u8,
    /// The status.
    pub status: u16,
    /// The words after the status, which may be none.
    pub reason: String,
    /// Names and values in the order they came; bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
}

impl ResponseHead {
    /// Reads a whole head, up to and with the empty line.
    ///
    /// # Errors
    /// It is no response of HTTP/1, or has more than 128 headers.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut lines = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut lines);
        let mut lenient = httparse::ParserConfig::default();
        lenient.allow_spaces_after_header_name_in_responses(true);
        lenient.allow_obsolete_multiline_headers_in_responses(true);
        match lenient.parse_response(&mut response, bytes) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => {
                return Err(Malformed::new("the head of the response is cut short"));
            }
            Err(error) => return Err(Malformed(format!("the answer is no HTTP/1.1: {error}"))),
        }
        let headers = response.headers.iter();
        let text = |value: &[u8]| String::from_utf8_lossy(value).trim().to_owned();
        Ok(Self {
            minor_version: response.version.unwrap_or_default(),
            status: response.code.unwrap_or_default(),
            reason: response.reason.unwrap_or_default().to_owned(),
            headers: headers.map(|header| (header.name.to_owned(), text(header.value))).collect(),
        })
    }

    /// The values of a header in the order they came.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// Whether a header that is a list of words has this one, as `Connection: keep-alive, Upgrade` does.
    pub fn lists(&self, name: &str, word: &str) -> bool {
        self.values(name)
            .flat_map(|value| value.split(','))
            .any(|item| item.trim().eq_ignore_ascii_case(word))
    }

    /// What `WWW-Authenticate` asks for, in order.
    pub fn challenges(&self) -> Vec<Challenge> {
        self.values("www-authenticate").flat_map(challenges).collect()
    }

    /// What `Proxy-Authenticate` asks for, in order.
    pub fn proxy_challenges(&self) -> Vec<Challenge> {
        self.values("proxy-authenticate").flat_map(challenges).collect()
    }

    /// Whether the connection can carry another request once the body has been read (RFC 9112 section 9.3).
    pub fn keeps_alive(&self, body: BodyLength) -> bool {
        let closes = self.lists("connection", "close") || self.lists("proxy-connection", "close");
        let stays = self.minor_version >= 1 || self.lists("connection", "keep-alive");
        body != BodyLength::UntilEnd && !closes && stays
    }

    /// How the body of this response to a request with `method` says its length (RFC 9112 section 6.3).
    ///
    /// # Errors
    /// The length is no number, differs from another one, or is more than [`MAX_BODY`].
    pub fn body(&self, method: &str) -> Result<BodyLength, Malformed> {
        let tunnel = method == "CONNECT" && (200..300).contains(&self.status);
        if method == "HEAD" || tunnel || matches!(self.status, 100..200 | 204 | 304) {
            return Ok(BodyLength::Nothing);
        }
        if self.lists("transfer-encoding", "chunked") {
            return Ok(BodyLength::Chunked);
        }
        let mut lengths = self.values("content-length").flat_map(|value| value.split(',')).map(str::trim);
        let Some(first) = lengths.next() else { return Ok(BodyLength::UntilEnd) };
        if lengths.any(|other| other != first) {
            return Err(Malformed::new("the response says two different lengths"));
        }
        body::exactly(first)
    }
}

/// The length of a head that `bytes` begins with, with its empty line; none when more bytes are needed to tell.
///
/// # Errors
/// The bytes cannot begin a response, or its head is longer than [`MAX_HEAD`].
pub fn head_length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    const BEGIN: &[u8] = b"HTTP/1.";
    let common = bytes.len().min(BEGIN.len());
    if bytes[..common] != BEGIN[..common] {
        return Err(Malformed::new("the answer does not begin like HTTP/1.1"));
    }
    match head_end(&bytes[..bytes.len().min(MAX_HEAD)]) {
        Some(length) => Ok(Some(length)),
        None if bytes.len() >= MAX_HEAD => {
            Err(Malformed(format!("the head of the response is longer than {MAX_HEAD} bytes")))
        }
        None => Ok(None),
    }
}

/// The length of a head with its empty line; none if the line has not come.
fn head_end(bytes: &[u8]) -> Option<usize> {
    let ends = |at: &usize| bytes[*at..].starts_with(b"\r\n\r\n") || bytes[*at..].starts_with(b"\n\n");
    let end = (0..bytes.len()).find(ends)?;
    Some(end + if bytes[end] == b'\r' { 4 } else { 2 })
}
