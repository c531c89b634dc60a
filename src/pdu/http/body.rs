//! The body of an HTTP response: by length, in chunks or up to the end (RFC 9112 sections 6 and 7.1).

use super::super::Malformed;

/// The longest body that is read, in bytes as they cross the wire.
pub const MAX_BODY: usize = 64 * 1024;

/// A chunk's line with its extensions.
const LONGEST_LINE: usize = 1024;

/// How a body says its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLength {
    /// There is none.
    Nothing,
    /// This many bytes, at most [`MAX_BODY`].
    Exactly(usize),
    /// In chunks, each with its length.
    Chunked,
    /// Until the connection ends.
    UntilEnd,
}

/// The value of a `Content-Length`.
pub(super) fn exactly(value: &str) -> Result<BodyLength, Malformed> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse::<usize>() {
        Ok(0) if digits => Ok(BodyLength::Nothing),
        Ok(length) if digits && length <= MAX_BODY => Ok(BodyLength::Exactly(length)),
        _ if digits => Err(Malformed(format!("the body of the response is longer than {MAX_BODY} bytes"))),
        _ => Err(Malformed::new("the length of the response is no number")),
    }
}

impl BodyLength {
    /// The length of the whole body on the wire; none when more bytes are needed to tell, and always for one that ends with
    /// the connection.
    ///
    /// # Errors
    /// The bytes are no chunks, or claim more than [`MAX_BODY`].
    pub fn length(self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        match self {
            Self::Nothing => Ok(Some(0)),
            Self::Exactly(length) => Ok(Some(length)),
            Self::Chunked => Ok(chunks(bytes)?.map(|(length, _)| length)),
            Self::UntilEnd => Ok(None),
        }
    }

    /// The content of a whole body as it came.
    ///
    /// # Errors
    /// As [`BodyLength::length`], and when chunks are cut short.
    pub fn content(self, bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
        match self {
            Self::Chunked => match chunks(bytes)? {
                Some((_, content)) => Ok(content),
                None => Err(Malformed::new("the body of the response is cut short")),
            },
            _ => Ok(bytes.to_vec()),
        }
    }
}

/// The length of all chunks with the trailer, and what they hold; none when some are missing.
fn chunks(bytes: &[u8]) -> Result<Option<(usize, Vec<u8>)>, Malformed> {
    let (mut at, mut content) = (0, Vec::new());
    loop {
        let Some(line) = line(&bytes[at..])? else { return Ok(None) };
        let size = chunk_size(&bytes[at..at + line])?;
        at += line;
        if size == 0 {
            break;
        }
        let end = at + size;
        if end > MAX_BODY {
            return Err(Malformed(format!("the body of the response is longer than {MAX_BODY} bytes")));
        }
        match bytes.get(at..end + 2) {
            Some([chunk @ .., b'\r', b'\n']) => content.extend_from_slice(chunk),
            Some(_) => return Err(Malformed::new("a chunk does not end where its length says")),
            None => return Ok(None),
        }
        at = end + 2;
    }
    // The trailer: lines up to an empty one.
    while let Some(line) = line(&bytes[at..])? {
        at += line;
        if at > MAX_BODY {
            return Err(Malformed::new("the trailer of the response does not end"));
        }
        if line <= 2 {
            return Ok(Some((at, content)));
        }
    }
    Ok(None)
}

/// The length of a line with its end; none when it has none yet.
fn line(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    match bytes.iter().take(LONGEST_LINE).position(|byte| *byte == b'\n') {
        Some(at) => Ok(Some(at + 1)),
        None if bytes.len() >= LONGEST_LINE => Err(Malformed::new("the line of a chunk does not end")),
        None => Ok(None),
    }
}

/// The line before a chunk: its own length and that of the chunk; none when it has no end yet.
///
/// # Errors
/// It says no number, or one above [`MAX_BODY`], or does not end.
pub fn chunk_line(bytes: &[u8]) -> Result<Option<(usize, usize)>, Malformed> {
    match line(bytes)? {
        Some(length) => Ok(Some((length, chunk_size(&bytes[..length])?))),
        None => Ok(None),
    }
}

/// Hexadecimal digits, then extensions that mean nothing here.
///
/// # Errors
/// The line begins with no number, or with one above [`MAX_BODY`].
fn chunk_size(line: &[u8]) -> Result<usize, Malformed> {
    let text = String::from_utf8_lossy(line);
    let digits = text.split(';').next().unwrap_or_default().trim();
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match usize::from_str_radix(digits, 16) {
        Ok(size) if plain && size <= MAX_BODY => Ok(size),
        _ => Err(Malformed::new("the length of a chunk is no number, or too large")),
    }
}
