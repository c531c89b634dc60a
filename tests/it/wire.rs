//! The wire: what a server said last is read before how it ended, and the end is told truly.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use rdptrace::{
    internal::net::{Framing, Instant, Limits, Record, Wire},
    report::{Direction, FailureKind},
};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf, duplex},
    net::{TcpListener, TcpStream},
};

const ULTIMATUM: [u8; 9] = [3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80];

fn limits() -> Limits {
    Limits { phase: Duration::from_secs(10), run: Instant::now() + Duration::from_secs(60) }
}

#[tokio::test(start_paused = true)]
async fn what_was_said_before_the_end_is_read_though_a_write_fails() {
    let (client, mut server) = duplex(4096);
    let mut wire = Wire::new(Box::new(client), limits());
    server.write_all(&ULTIMATUM).await.expect("room");
    drop(server);
    wire.send(b"the server is gone").await.expect("its last words come first");
    assert_eq!(wire.receive(Framing::Tpkt).await.expect("a frame"), ULTIMATUM);
    let ended = wire.receive(Framing::Tpkt).await.expect_err("the end");
    assert_eq!(ended.kind, FailureKind::Closed);
}

/// The clock goes on while something is worked on: what takes too long is given up at the deadline.
#[tokio::test]
async fn work_ends_with_the_phase() {
    let (client, _server) = duplex(4096);
    let run = Instant::now() + Duration::from_millis(50);
    let wire = Wire::new(Box::new(client), Limits { phase: Duration::from_secs(60), run });
    let (go_on, never) = std::sync::mpsc::channel::<()>();
    assert_eq!(wire.work(move || never.recv().is_err()).await, None);
    drop(go_on);
    let wire = Wire::new(Box::new(duplex(1).0), limits());
    assert_eq!(wire.work(|| 7).await, Some(7));
}

#[tokio::test(start_paused = true)]
async fn a_write_to_a_silent_end_fails() {
    let (client, server) = duplex(4096);
    let mut wire = Wire::new(Box::new(client), limits());
    drop(server);
    assert_eq!(wire.send(b"anyone").await.expect_err("nobody").kind, FailureKind::Closed);
}

/// The system tells of a reset once; then a read finds the end.
struct ToldOnce;

impl AsyncRead for ToldOnce {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ToldOnce {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_that_a_write_meets_stays_a_reset() {
    let mut wire = Wire::new(Box::new(ToldOnce), limits());
    assert_eq!(wire.send(b"anyone").await.expect_err("reset").kind, FailureKind::Reset);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_nothing_ends_the_phase() {
    let (client, _server) = duplex(16);
    let mut wire = Wire::new(Box::new(client), limits());
    let begin = Instant::now();
    assert_eq!(wire.send(&[0; 4096]).await.expect_err("no room").kind, FailureKind::Timeout);
    assert_eq!(begin.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_stops_in_the_middle_says_how_much_came() {
    let (client, mut server) = duplex(4096);
    let mut wire = Wire::new(Box::new(client), limits());
    server.write_all(&ULTIMATUM[..5]).await.expect("room");
    let failure = wire.receive(Framing::Tpkt).await.expect_err("a timeout");
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert!(failure.detail.contains("5 B"), "{}", failure.detail);
    drop(server);
    let failure = wire.receive(Framing::Tpkt).await.expect_err("an end");
    assert_eq!(failure.kind, FailureKind::Closed);
    assert!(failure.detail.contains("5 B"), "{}", failure.detail);
}

#[tokio::test(start_paused = true)]
async fn secrets_are_recorded_by_length_only() {
    let (client, _server) = duplex(4096);
    let mut wire = Wire::new(Box::new(client), limits());
    wire.send(b"open").await.expect("room");
    wire.send_secret(b"hidden").await.expect("room");
    let Record { frames, frames_omitted: omitted, .. } = wire.close(None).await;
    assert_eq!(omitted, 0);
    assert_eq!(frames[0].head.as_deref(), Some("6f70656e"));
    assert_eq!((frames[1].length, frames[1].head.as_deref()), (6, None));
    assert!(frames.iter().all(|frame| frame.direction == Direction::Sent && !frame.tls));
}

/// A connection that fails with this code of the system.
struct Failing(i32);

impl Failing {
    fn poll<T>(&self) -> Poll<io::Result<T>> {
        Poll::Ready(Err(io::Error::from_raw_os_error(self.0)))
    }
}

impl AsyncRead for Failing {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.poll()
    }
}

impl AsyncWrite for Failing {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        self.poll()
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll()
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll()
    }
}

/// What the system says is not taken for something that the server sent.
#[tokio::test(start_paused = true)]
async fn an_error_of_the_system_that_nobody_knows_is_shown() {
    let mut wire = Wire::new(Box::new(Failing(31_999)), limits());
    let failure = wire.receive(Framing::Tpkt).await.expect_err("an error");
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert!(failure.detail.contains("31999"), "{}", failure.detail);
}

/// A RST can come between the handshake and the first message; the system tells it once.
#[tokio::test]
async fn over_tcp_a_reset_is_a_rst_though_it_came_before_the_first_message() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (server, _) = accepted.expect("a client");
    SockRef::from(&server).set_linger(Some(Duration::ZERO)).expect("the system can");
    drop(server);
    let mut wire = Wire::new(Box::new(client.expect("connected")), limits());
    let ended = wire.send(b"the server is gone").await.expect_err("the end");
    assert_eq!(ended.kind, FailureKind::Reset);
}
