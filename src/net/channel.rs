//! The stream of a wire, in plain or inside TLS.

use std::io::{self, Read as _};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::client::TlsStream;

use super::{MAX_FRAME, tap::Tapped};

/// What a wire reads and writes.
pub(super) enum Channel {
    Plain(Tapped),
    Tls(Box<TlsStream<Tapped>>),
    /// The handshake failed and took the stream with it.
    Gone,
}

fn gone() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

/// Writes all, and sends it.
pub(super) async fn write(channel: &mut Channel, bytes: &[u8]) -> io::Result<()> {
    match channel {
        Channel::Plain(stream) => stream.write_all(bytes).await?,
        Channel::Tls(stream) => stream.write_all(bytes).await?,
        Channel::Gone => return Err(gone()),
    }
    match channel {
        Channel::Plain(stream) => stream.flush().await,
        Channel::Tls(stream) => stream.flush().await,
        Channel::Gone => Err(gone()),
    }
}

/// Reads what is there; 64 KiB and a little more is the most that is ever kept.
pub(super) async fn read(channel: &mut Channel, buffer: &mut Vec<u8>) -> io::Result<usize> {
    if buffer.len() > MAX_FRAME {
        return Err(io::Error::other("a message is longer than 64 KiB"));
    }
    let mut chunk = [0; 4096];
    let count = match channel {
        Channel::Plain(stream) => stream.read(&mut chunk).await?,
        Channel::Tls(stream) => inside(stream, &mut chunk).await?,
        Channel::Gone => return Err(gone()),
    };
    buffer.extend_from_slice(&chunk[..count]);
    Ok(count)
}

/// What came before the end of TLS is read before the end, also where both came together: rustls tells of an alert first.
async fn inside(stream: &mut TlsStream<Tapped>, chunk: &mut [u8]) -> io::Result<usize> {
    let ended = match stream.get_mut().1.process_new_packets() {
        Err(ended) => io::Error::new(io::ErrorKind::InvalidData, ended),
        Ok(_) => match stream.read(chunk).await {
            Err(ended) => ended,
            read => return read,
        },
    };
    match stream.get_mut().1.reader().read(chunk) {
        Ok(count @ 1..) => Ok(count),
        _ => Err(ended),
    }
}

/// Whether the peer has ended TLS with close_notify.
pub(super) fn has_said_goodbye(channel: &mut Channel) -> bool {
    let Channel::Tls(stream) = channel else { return false };
    stream.get_mut().1.process_new_packets().is_ok_and(|state| state.peer_has_closed())
}

/// close_notify where there is TLS, then FIN.
pub(super) async fn shutdown(channel: &mut Channel) -> io::Result<()> {
    match channel {
        Channel::Plain(stream) => stream.shutdown().await,
        Channel::Tls(stream) => stream.shutdown().await,
        Channel::Gone => Ok(()),
    }
}
