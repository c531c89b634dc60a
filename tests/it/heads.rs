//! Reads what a peer sends up to its end, and no byte of what follows: the head of a request or an answer.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The head of an HTTP message, with the empty line behind it.
pub(crate) async fn head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    String::from_utf8(until(stream, b"\r\n\r\n").await?).map_err(io::Error::other)
}

/// What comes until it ends so.
pub(crate) async fn until(stream: &mut (impl AsyncRead + Unpin), end: &[u8]) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    while !read.ends_with(end) {
        read.push(stream.read_u8().await?);
    }
    Ok(read)
}
