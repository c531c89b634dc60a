//! An in-memory connection to a demo server.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use rdptrace::internal::demo::{Fault, Server, Service, Stream};
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::task::JoinHandle;

/// The server's wall time.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

/// The server's end of an in-memory connection; a reset is remembered for the client's end.
struct Pipe {
    stream: DuplexStream,
    reset: Arc<AtomicBool>,
}

impl Stream for Pipe {
    fn reset(&mut self) {
        self.reset.store(true, Ordering::SeqCst);
    }
}

impl AsyncRead for Pipe {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context, buffer: &mut ReadBuf) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A connection to a server with this fault, the reset flag, and the server's task.
pub(crate) fn connect(fault: Option<&'static Fault>) -> (DuplexStream, Arc<AtomicBool>, JoinHandle<()>) {
    connect_to(Arc::new(Server::new(fault, NOW).expect("the server can be made")))
}

/// The same to a server that others may be connected to.
pub(crate) fn connect_to<S: Service>(server: Arc<S>) -> (DuplexStream, Arc<AtomicBool>, JoinHandle<()>) {
    let (stream, server_end) = duplex(64 * 1024);
    let reset = Arc::new(AtomicBool::new(false));
    let pipe = Pipe { stream: server_end, reset: Arc::clone(&reset) };
    (stream, reset, tokio::spawn(async move { server.serve(pipe).await }))
}
