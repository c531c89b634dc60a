//! The requests of a client, bounded, and the answers to them (RFC 9112).

use std::io;

use tokio::io::AsyncReadExt as _;

use crate::demo::stream::{Stream, malformed};

/// The longest head, and the longest body that is read over.
const LONGEST: usize = 64 * 1024;
const MOST_HEADERS: usize = 64;

/// The head of a request.
pub(super) struct Request {
    /// The method, which RD Gateway invents.
    pub method: String,
    /// The target without the query.
    pub path: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Reads the next request and reads over its body, which nobody needs; what follows stays in `unread`.
    pub(super) async fn read(stream: &mut dyn Stream, unread: &mut Vec<u8>) -> io::Result<Self> {
        let end = loop {
            if let Some(start) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
                break start + 4;
            }
            more(stream, unread).await?;
        };
        let request = Self::parse(&unread[..end])?;
        unread.drain(..end);
        let body = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if body > LONGEST {
            return Err(malformed("a body that is too long"));
        }
        while unread.len() < body {
            more(stream, unread).await?;
        }
        unread.drain(..body);
        Ok(request)
    }

    fn parse(head: &[u8]) -> io::Result<Self> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        request.parse(head).map_err(malformed)?;
        let path = request.path.unwrap_or_default();
        let text = |value: &[u8]| String::from_utf8_lossy(value).trim().to_owned();
        Ok(Self {
            method: request.method.unwrap_or_default().to_owned(),
            path: path.split('?').next().unwrap_or_default().to_owned(),
            headers: request.headers.iter().map(|h| (h.name.to_owned(), text(h.value))).collect(),
        })
    }

    /// The first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Every header of this name.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// Whether the client asks for this upgrade.
    pub(super) fn upgrades_to(&self, protocol: &str) -> bool {
        self.header("upgrade").is_some_and(|value| value.eq_ignore_ascii_case(protocol))
    }
}

async fn more(stream: &mut dyn Stream, unread: &mut Vec<u8>) -> io::Result<()> {
    if unread.len() > LONGEST {
        return Err(malformed("a head that is too long"));
    }
    let mut chunk = [0; 4096];
    match stream.read(&mut chunk).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        count => {
            unread.extend_from_slice(&chunk[..count]);
            Ok(())
        }
    }
}

/// An answer with these lines in its head, and a body.
pub(super) fn response(status: &str, lines: &[String], body: &str) -> Vec<u8> {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    format!(
        "HTTP/1.1 {status}\r\nServer: Microsoft-HTTPAPI/2.0\r\n{lines}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
