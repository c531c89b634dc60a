//! The head of a request, as the client of a gateway or a proxy sends it (RFC 9112 section 3).

use super::{super::Malformed, MAX_HEAD, MOST_HEADERS, head_end};

/// The head of a request. It borrows: a header may hold a secret, of which no copy is made.
#[derive(Clone, Debug)]
pub struct RequestHead<'b> {
    /// The method.
    pub method: &'b str,
    /// What it is about: a path, or the host and the port of CONNECT.
    pub target: &'b str,
    headers: Vec<(&'b str, &'b [u8])>,
}

impl<'b> RequestHead<'b> {
    /// Reads a whole head, up to and with the empty line.
    ///
    /// # Errors
    /// It is no request of HTTP/1, or has more than 128 headers.
    pub fn parse(bytes: &'b [u8]) -> Result<Self, Malformed> {
        let mut lines = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut lines);
        match request.parse(bytes) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => {
                return Err(Malformed::new("the head of the request is cut short"));
            }
            Err(error) => return Err(Malformed(format!("this is no request of HTTP/1.1: {error}"))),
        }
        Ok(Self {
            method: request.method.unwrap_or_default(),
            target: request.path.unwrap_or_default(),
            headers: request.headers.iter().map(|header| (header.name, header.value)).collect(),
        })
    }

    /// The first value of a header; none if it is no text.
    pub fn header(&self, name: &str) -> Option<&'b str> {
        let named = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        named.and_then(|(_, value)| std::str::from_utf8(value).ok()).map(str::trim)
    }

    /// Whether its body comes in chunks.
    pub fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    }

    /// The host and the port that CONNECT asks for (RFC 9110 section 9.3.6), the host without brackets.
    pub fn authority(&self) -> Option<(&'b str, u16)> {
        let (host, port) = self.target.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        Some((bare.unwrap_or(host), port.parse().ok()?))
    }
}

/// The length of the head of a request, with its empty line; none while its end has not come within [`MAX_HEAD`].
pub fn request_length(bytes: &[u8]) -> Option<usize> {
    head_end(&bytes[..bytes.len().min(MAX_HEAD)])
}
