//! Bounded reads and polite ends over a byte stream: TPKT (RFC 1006), fast-path, TLS record and DER framing.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use super::alert;
use crate::pdu::Reader;
use crate::pdu::der::{self, SEQUENCE};

/// How long a client may take to leave once the server is done.
const LEAVE_TIME: Duration = Duration::from_secs(5);

/// A byte stream the server can also tear down with a RST.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {
    /// Makes the coming drop a RST instead of a FIN.
    fn reset(&mut self);

    /// The record of TLS with this fatal alert, and the stream that takes it; nothing else can follow.
    fn alert(&mut self, _code: u8) -> io::Result<(Vec<u8>, &mut dyn Stream)> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A stream of any kind, so that what serves it is compiled once.
pub(super) type Boxed<'a> = Box<dyn Stream + 'a>;

impl Stream for TcpStream {
    fn reset(&mut self) {
        if let Err(error) = self.set_zero_linger() {
            tracing::debug!(%error, "the connection will end with a FIN");
        }
    }
}

impl<S: Stream + ?Sized> Stream for &mut S {
    fn reset(&mut self) {
        (**self).reset();
    }
}

/// In memory there is no RST: a drop ends it like any other.
impl Stream for DuplexStream {
    fn reset(&mut self) {}
}

impl<S: Stream + ?Sized> Stream for Box<S> {
    fn reset(&mut self) {
        (**self).reset();
    }

    fn alert(&mut self, code: u8) -> io::Result<(Vec<u8>, &mut dyn Stream)> {
        (**self).alert(code)
    }
}

impl<S: Stream> Stream for TlsStream<S> {
    fn reset(&mut self) {
        self.get_mut().0.reset();
    }

    fn alert(&mut self, code: u8) -> io::Result<(Vec<u8>, &mut dyn Stream)> {
        let (below, connection) = self.get_mut();
        Ok((alert::sealed(connection, code)?, below))
    }
}

/// What the client sent is not what the specification says.
pub(super) fn malformed(detail: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, detail.to_string())
}

/// Ends the sending side, then reads until the client has left: unread bytes would turn the FIN into a RST.
pub(super) async fn leave(stream: &mut dyn Stream) -> io::Result<()> {
    timeout(LEAVE_TIME, async {
        stream.shutdown().await?;
        drain(stream).await
    })
    .await?
}

/// Leaves politely, unless the connection is to be reset, and returns why.
pub(super) async fn end(stream: &mut dyn Stream, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::ConnectionReset
        && let Err(error) = leave(stream).await
    {
        tracing::debug!(%error, "the client did not leave");
    }
    error
}

/// Reads and forgets until the client has left, with or without a close_notify.
pub(super) async fn drain(stream: &mut dyn Stream) -> io::Result<()> {
    let mut scratch = [0; 4096];
    loop {
        match stream.read(&mut scratch).await {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes and flushes.
pub(super) async fn send<S: AsyncWrite + Unpin + ?Sized>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// The next slow-path (TPKT) or fast-path PDU; the format bounds both to 65535 bytes.
pub(super) async fn read_pdu<S: AsyncRead + Unpin + ?Sized>(stream: &mut S) -> io::Result<Vec<u8>> {
    let mut pdu = read_more(stream, Vec::new(), 2).await?;
    let length = if pdu[0] == 3 {
        pdu = read_more(stream, pdu, 4).await?;
        usize::from(u16::from_be_bytes([pdu[2], pdu[3]]))
    } else if pdu[1] & 0x80 != 0 {
        pdu = read_more(stream, pdu, 3).await?;
        usize::from(u16::from_be_bytes([pdu[1] & 0x7F, pdu[2]]))
    } else {
        usize::from(pdu[1])
    };
    read_more(stream, pdu, length).await
}

/// The next TLS record (RFC 8446, 5.1), header included.
pub(super) async fn read_record(stream: &mut dyn Stream) -> io::Result<Vec<u8>> {
    let header = read_more(stream, Vec::new(), 5).await?;
    let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
    read_more(stream, header, 5 + length).await
}

/// The next DER SEQUENCE of at most 65535 content bytes (X.690, 8.1), header included.
pub(super) async fn read_sequence(stream: &mut dyn Stream) -> io::Result<Vec<u8>> {
    let bytes = read_more(stream, Vec::new(), 2).await?;
    if bytes[0] != SEQUENCE {
        return Err(malformed("no TSRequest"));
    }
    let digits = usize::from(bytes[1].saturating_sub(0x80));
    if digits > 2 {
        return Err(malformed("the TSRequest is too long"));
    }
    let bytes = read_more(stream, bytes, 2 + digits).await?;
    let content = der::length(&mut Reader::new(&bytes[1..])).map_err(malformed)?;
    read_more(stream, bytes, 2 + digits + content).await
}

/// Reads until there are `length` bytes.
async fn read_more<S: AsyncRead + Unpin + ?Sized>(
    stream: &mut S,
    mut bytes: Vec<u8>,
    length: usize,
) -> io::Result<Vec<u8>> {
    let start = bytes.len();
    if length < start {
        return Err(malformed("a length smaller than its header"));
    }
    bytes.resize(length, 0);
    stream.read_exact(&mut bytes[start..]).await?;
    Ok(bytes)
}
