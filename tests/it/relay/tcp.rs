//! A relay over TCP: bytes and ends.

use std::{net::SocketAddr, time::Duration};

use rdptrace::{
    Report, System, Target,
    internal::{
        net::Door,
        relay::{Relay, Until},
    },
    report::{EndHow, EndSide},
};
use sha2::{Digest as _, Sha256};
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A relay between this client and this server, and what it reports.
async fn relayed<C: Future<Output = ()>, S: Future<Output = ()>>(
    client: impl FnOnce(TcpStream) -> C,
    server: impl FnOnce(TcpStream) -> S,
) -> Report {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let target: Target = listener.local_addr().expect("an address").to_string().parse().expect("a target");
    let relay = Relay::new(&target, &System, Duration::from_secs(10));
    let door = Door::open(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
    let address = door.address().expect("an address");
    let mut reports = Vec::new();
    let mut keep = |report| reports.push(report);
    let interrupt = std::future::pending();
    let served = relay.serve(&door, Until::FirstEnded, interrupt, &mut keep);
    let called = async { client(TcpStream::connect(address).await.expect("the relay listens")).await };
    let answered = async { server(listener.accept().await.expect("the relay connects").0).await };
    tokio::join!(served, called, answered);
    reports.pop().expect("a report")
}

fn ended(report: &Report) -> (EndSide, EndHow) {
    let ended = report.trace.connections[0].ended_by.as_ref().expect("it ended");
    (ended.side.known().expect("a side"), ended.how.known().expect("a way"))
}

/// Bytes that are not the same anywhere.
fn pattern(seed: u64, length: usize) -> Vec<u8> {
    let words = (0..length as u64 / 8).map(|index| (index ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    words.flat_map(u64::to_le_bytes).collect()
}

async fn send(stream: &mut (impl tokio::io::AsyncWrite + Unpin), bytes: &[u8]) {
    stream.write_all(bytes).await.expect("it is taken");
    stream.shutdown().await.expect("it ends");
}

async fn digest(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> (Vec<u8>, u64) {
    let (mut digest, mut total, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        match stream.read(&mut buffer).await.expect("it can be read") {
            0 => return (digest.finalize().to_vec(), total),
            length => {
                digest.update(&buffer[..length]);
                total += length as u64;
            }
        }
    }
}

#[tokio::test]
async fn no_byte_is_changed_in_either_direction() {
    let (up, down) = (pattern(1, 8 << 20), pattern(2, 8 << 20));
    let both = async |stream: TcpStream, own: &[u8], other: &[u8]| {
        let (mut from, mut to) = stream.into_split();
        let ((), read) = tokio::join!(send(&mut to, own), digest(&mut from));
        assert_eq!(read, (Sha256::digest(other).to_vec(), other.len() as u64));
    };
    let report = relayed(|stream| both(stream, &up, &down), |stream| both(stream, &down, &up)).await;
    let watched = report.trace.connections[0].watched.as_ref().expect("it was watched");
    assert_eq!((watched.client.bytes, watched.server.bytes), (8 << 20, 8 << 20));
}

#[tokio::test]
async fn one_direction_ends_and_the_other_goes_on() {
    let client = async |mut stream: TcpStream| {
        send(&mut stream, b"a question").await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("it can be read");
        assert_eq!(answer, b"a question, answered");
    };
    let server = async |mut stream: TcpStream| {
        let mut question = Vec::new();
        stream.read_to_end(&mut question).await.expect("it can be read");
        question.extend(b", answered");
        send(&mut stream, &question).await;
    };
    let report = relayed(client, server).await;
    assert_eq!(ended(&report), (EndSide::Client, EndHow::Fin));
}

/// The last to speak left first: the other side heard what was said, not the end, which is met together with its own.
// Elsewhere the two ends may be met one after the other.
#[cfg(unix)]
#[tokio::test]
async fn of_two_ends_at_once_the_last_speakers_is_the_first() {
    for _ in 0..8 {
        let last = std::cell::RefCell::new(None);
        let speaks = async |mut stream: TcpStream| {
            stream.write_all(&[3]).await.expect("it is taken");
            last.replace(Some(stream));
        };
        let leaves = async |mut stream: TcpStream| {
            stream.read_exact(&mut [0]).await.expect("a byte comes");
            drop((stream, last.take()));
        };
        assert_eq!(ended(&relayed(leaves, speaks).await), (EndSide::Server, EndHow::Fin));
        assert_eq!(ended(&relayed(speaks, leaves).await), (EndSide::Client, EndHow::Fin));
    }
}

/// Ends with a RST.
fn reset(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).expect("the system can");
}

async fn meets_reset(mut stream: TcpStream) {
    let mut rest = Vec::new();
    let error = stream.read_to_end(&mut rest).await.expect_err("it is reset");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn over_tcp_a_reset_is_a_rst_for_the_other_side() {
    let resets = async |mut stream: TcpStream| {
        let mut byte = [0];
        stream.read_exact(&mut byte).await.expect("a byte comes");
        reset(&stream);
    };
    let waits = async |mut stream: TcpStream| {
        stream.write_all(&[3]).await.expect("it is taken");
        meets_reset(stream).await;
    };
    assert_eq!(ended(&relayed(waits, resets).await), (EndSide::Server, EndHow::Rst));
    assert_eq!(ended(&relayed(resets, waits).await), (EndSide::Client, EndHow::Rst));
}

#[tokio::test]
async fn over_tcp_a_reset_is_a_rst_for_a_client_whose_server_cannot_be_reached() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let target: Target = closed.local_addr().expect("an address").to_string().parse().expect("a target");
    drop(closed);
    let relay = Relay::new(&target, &System, Duration::from_secs(10));
    let door = Door::open(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
    let address = door.address().expect("an address");
    let mut reports = Vec::new();
    let mut keep = |report| reports.push(report);
    let served = relay.serve(&door, Until::FirstEnded, std::future::pending(), &mut keep);
    let called = async { meets_reset(TcpStream::connect(address).await.expect("the relay listens")).await };
    tokio::join!(served, called);
    let failure = reports[0].trace.connections[0].phases.connect.as_ref().and_then(|it| it.failure.as_ref());
    assert_eq!(failure.map(|failure| failure.kind.name()), Some("refused"));
}
