//! A length that cannot be ends a phase at once; a message whose bytes still arrive is told as a slow path.

use std::time::Duration;

use rdptrace::{
    Report,
    internal::{
        net::{Framing, Handshake, Instant, Limits, Upgrade, Versions, Wire},
        pdu::server_hello::Answer,
    },
    report::{FailureKind, PhaseRecord},
    settings::Experiments,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use crate::{
    faults::{settings, trace},
    lab::fault,
};

fn limits() -> Limits {
    Limits { phase: Duration::from_secs(10), run: Instant::now() + Duration::from_secs(60) }
}

/// The beginning of a message, after which the sender waits.
const IMPOSSIBLE: &[(Framing, &[u8])] = &[
    // TPKT below its own headers, with and without what follows.
    (Framing::Tpkt, &[3, 0, 0, 0]),
    (Framing::Tpkt, &[3, 0, 0, 6, 2, 0xF0]),
    (Framing::TpktAfterCredssp, &[3, 0, 0, 4]),
    (Framing::TpktOrFastPath, &[3, 0, 0, 6]),
    // The length indicator of X.224 above the TPKT's.
    (Framing::Tpkt, &[3, 0, 0, 19, 15]),
    (Framing::Tpkt, &[3, 0, 0, 19, 0xFE, 0xD0, 0, 0]),
    // BER above TPKT, in all forms of a length.
    (Framing::Tpkt, &[3, 0, 0, 40, 2, 0xF0, 0x80, 0x7F, 0x66, 0x7F]),
    (Framing::Tpkt, &[3, 0, 0, 40, 2, 0xF0, 0x80, 0x7F, 0x66, 0x81, 0xFF]),
    (Framing::Tpkt, &[3, 0, 1, 0, 2, 0xF0, 0x80, 0x7F, 0x66, 0x82, 0x10, 0]),
    (Framing::Tpkt, &[3, 0, 1, 0, 2, 0xF0, 0x80, 0x7F, 0x66, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
    // PER of an MCS Send Data Indication above TPKT.
    (Framing::Tpkt, &[3, 0, 0, 40, 2, 0xF0, 0x80, 0x68, 0, 1, 3, 0xEB, 0x70, 0x7F]),
    (Framing::TpktOrFastPath, &[3, 0, 0, 40, 2, 0xF0, 0x80, 0x68, 0, 1, 3, 0xEB, 0x70, 0x81, 0]),
    // TPKT above what is in it, which is whole: a confirm with and without an answer, a disconnect request, and all of MCS.
    (Framing::Tpkt, &[3, 0, 0xFF, 0xFF, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0]),
    (Framing::Tpkt, &[3, 0, 0, 20, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0]),
    (Framing::Tpkt, &[3, 0, 0, 19, 6, 0xD0, 0, 0, 0x12, 0x34, 0]),
    (Framing::Tpkt, &[3, 0, 0xFF, 0xFF, 6, 0xD0, 0, 0, 0x12, 0x34, 0, 1, 2, 3]),
    (Framing::Tpkt, &[3, 0, 1, 0, 6, 0x80, 0, 0, 0, 0, 0]),
    (Framing::Tpkt, &[3, 0, 1, 0, 2, 0xF0, 0x80, 0x7F, 0x66, 3, 10, 1, 0]),
    (Framing::Tpkt, &[3, 0, 0xFF, 0xFF, 2, 0xF0, 0x80, 0x21, 0x80]),
    (Framing::TpktAfterCredssp, &[3, 0, 0xFF, 0xFF, 2, 0xF0, 0x80, 0x2E, 0, 0, 6]),
    (Framing::Tpkt, &[3, 0, 0, 10, 2, 0xF0, 0x80, 0x2C, 0x20]),
    (Framing::Tpkt, &[3, 0, 0, 16, 2, 0xF0, 0x80, 0x3E, 0, 0, 6, 3, 0xEB, 3, 0xEB]),
    (Framing::TpktOrFastPath, &[3, 0, 0xFF, 0xFF, 2, 0xF0, 0x80, 0x68, 0, 1, 3, 0xEB, 0x70, 2, 0, 0]),
    // Fast-path below its own header.
    (Framing::TpktOrFastPath, &[0, 1]),
    (Framing::TpktOrFastPath, &[0, 0x80, 2]),
    // TSRequest above the bound, of no definite length, and with an element that is longer than it.
    (Framing::TsRequest, &[0x30, 0x83, 1, 0, 0]),
    (Framing::TsRequest, &[0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF]),
    (Framing::TsRequest, &[0x30, 0x80]),
    // The X.224 header says where it ends before all of it is there.
    (Framing::Tpkt, &[3, 0, 0xFF, 0xFF, 14, 0xD0, 0, 0, 0x12]),
    (Framing::TsRequest, &[0x30, 0x85, 0]),
    (Framing::TsRequest, &[0x30, 0x20, 0xA0, 0x03, 2, 1, 6, 0xA1, 0x82, 1, 0]),
    (Framing::TpktAfterCredssp, &[0x30, 0x20, 0xA0, 0x1F]),
    (Framing::EarlyAuthorization, &[0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF]),
    // A TLS record above 2^14 + 2048, or of no version 3.
    (Framing::TlsRecord, &[22, 3, 3, 0x48, 1]),
    (Framing::TlsRecord, &[22, 3, 1, 0xFF, 0xFF]),
    (Framing::TlsRecord, &[22, 9]),
    (Framing::Kdc, &[0x7F, 0xFF, 0xFF, 0xFF]),
    (Framing::Tsgu, &[1, 0, 0, 0, 7, 0, 0, 0]),
    (Framing::Tsgu, &[1, 0, 0, 0, 0, 0, 0, 1]),
];

/// As long as they may be.
const POSSIBLE: &[(Framing, &[u8])] = &[
    (Framing::Tpkt, &[3, 0, 0, 19, 14, 0xD0]),
    (Framing::Tpkt, &[3, 0, 0, 40, 2, 0xF0, 0x80, 0x7F, 0x66, 30]),
    (Framing::Tpkt, &[3, 0, 0, 40, 2, 0xF0, 0x80, 0x68, 0, 1, 3, 0xEB, 0x70, 26]),
    // A little that came behind it, and a message whose own length is not there yet.
    (Framing::Tpkt, &[3, 0, 0, 24, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0, 0xEE]),
    (Framing::TpktOrFastPath, &[3, 0, 0x40, 0, 2, 0xF0, 0x80, 0x68, 0, 1, 3, 0xEB, 0x70]),
    (Framing::TsRequest, &[0x30, 0x20, 0xA0, 0x03, 2, 1, 6, 0xA1, 25]),
    (Framing::TlsRecord, &[22, 3, 3, 0x48, 0]),
];

async fn received(framing: Framing, bytes: &[u8]) -> (FailureKind, Duration) {
    let (client, mut server) = duplex(4096);
    let mut wire = Wire::new(Box::new(client), limits());
    server.write_all(bytes).await.expect("room");
    let begin = Instant::now();
    let ended = wire.receive(framing).await.expect_err("no whole message");
    (ended.kind, begin.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_length_that_cannot_be_is_not_waited_for() {
    for (framing, bytes) in IMPOSSIBLE {
        let seen = received(*framing, bytes).await;
        assert_eq!(seen, (FailureKind::Malformed, Duration::ZERO), "{framing:?} {bytes:02x?}");
    }
    for (framing, bytes) in POSSIBLE {
        assert_eq!(received(*framing, bytes).await.0, FailureKind::Timeout, "{framing:?} {bytes:02x?}");
    }
}

#[tokio::test(start_paused = true)]
async fn neither_does_a_handshake_wait_for_it() {
    for record in [&[22, 3, 3, 0x48, 1][..], &[22, 3, 3, 0xFF, 0xFF]] {
        let (client, mut server) = duplex(4096);
        let mut wire = Wire::new(Box::new(client), limits());
        server.write_all(record).await.expect("room");
        let begin = Instant::now();
        let offer = Upgrade::new("rdsh01.corp.example", Versions::All);
        let ended = wire.upgrade(&offer, &mut Handshake::default()).await.expect_err("no TLS");
        assert_eq!(ended.kind, FailureKind::Malformed);
        assert!(begin.elapsed() < Duration::from_secs(1));
    }
    let mut answer = Answer::default();
    // A message of 16 MiB in a record of nine bytes.
    assert!(answer.take(&[22, 3, 3, 0, 4, 11, 0xFF, 0xFF, 0xFF]).is_err());
}

/// The failure of the only phase that has one.
fn failure<E>(record: Option<&PhaseRecord<E>>) -> &rdptrace::report::Failure {
    record.and_then(|record| record.failure.as_ref()).expect("a failure")
}

fn message<'a>(report: &'a Report, code: &str) -> Option<&'a str> {
    report
        .findings
        .iter()
        .find(|finding| finding.code.as_str() == code)
        .map(|finding| finding.message.as_str())
}

#[tokio::test(start_paused = true)]
async fn bytes_that_still_arrive_are_a_slow_path() {
    let report = trace(Some(fault("negotiate-trickle")), &settings()).await;
    let failure = failure(report.trace.connections[0].phases.negotiate.as_ref());
    assert!(failure.partial_bytes().is_some_and(|bytes| (9..=10).contains(&bytes)), "{failure:?}");
    assert!(
        failure.end.as_ref().is_some_and(|end| end.after_received_ms.is_some_and(|after| after.0 <= 1000.0)),
        "{failure:?}"
    );
    assert!(failure.detail.contains("the last of it"), "{}", failure.detail);
    let told = message(&report, "path-slow").expect("a slow path");
    assert!(told.contains("bytes still arrive") && told.contains("--timeout"), "{told}");
    assert!(told.contains("after 10.0 s") && told.contains("the last 1.0 s before"), "{told}");
    assert_eq!(report.causes[0].code.as_str(), "path-slow");
    assert!(!report.causes.iter().any(|cause| cause.code.as_str() == "middlebox-cuts-stream"));
    // What stopped to come is no slow path.
    let half = trace(Some(fault("tls-half-flight-silence")), &settings()).await;
    assert_eq!(message(&half, "path-slow"), None);
}

#[tokio::test(start_paused = true)]
async fn an_end_is_told_with_its_delay_after_the_last_byte() {
    let (client, mut server) = duplex(4096);
    let mut wire = Wire::new(Box::new(client), limits());
    wire.send(b"hello").await.expect("room");
    let peer = tokio::spawn(async move {
        server.read_exact(&mut [0; 5]).await.expect("our bytes");
        tokio::time::sleep(Duration::from_secs(2)).await;
        server.write_all(&[3, 0]).await.expect("room");
        tokio::time::sleep(Duration::from_secs(1)).await;
    });
    let ended = wire.receive(Framing::Tpkt).await.expect_err("the end");
    assert_eq!(ended.kind, FailureKind::Closed);
    assert_eq!(
        ended.end.as_ref().and_then(|end| end.after_sent_ms).map(|after| after.0.round()),
        Some(3000.0)
    );
    assert_eq!(
        ended.end.as_ref().and_then(|end| end.after_received_ms).map(|after| after.0.round()),
        Some(1000.0)
    );
    assert_eq!(ended.partial_bytes(), Some(2));
    assert!(ended.detail.ends_with("3.0 s after our last byte"), "{}", ended.detail);
    peer.await.expect("the peer");
}

#[tokio::test(start_paused = true)]
async fn the_time_of_credssp_is_the_server_s() {
    let settings = settings().experiments(Experiments::Off);
    let report = trace(Some(fault("hybrid")), &settings).await;
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("credssp");
    assert!(credssp.evidence.authenticated);
    assert!(credssp.elapsed_ms.0 < 250.0, "{:?}", credssp.elapsed_ms);
}
