//! Connections that nobody opens: how often and how long they were asked for.

use rdptrace::{
    codes::Phase,
    internal::flow::Side,
    report::{AttemptResult, FailureKind, FindingCode, Outcome},
};

use super::on_the_way::{CONFIRM, REQUEST, handshake, judged};
use crate::capture::talk::{RST, SECOND, SYN, Talk};

#[test]
fn a_syn_that_is_not_answered_is_told_with_its_repetitions() {
    for (again, detail) in [
        (&[][..], "nothing answered the SYN, sent once"),
        (&[1][..], "nothing answered the SYN, sent twice, for 1.0 s"),
        (&[1, 3][..], "nothing answered the SYN, sent 3 times, for 3.0 s"),
        (&[1, 3, 7][..], "nothing answered the SYN, sent 4 times, for 7.0 s"),
    ] {
        let mut talk = Talk::default();
        let (begin, next) = (talk.at, talk.client.next);
        for seconds in [&[0], again].concat() {
            talk.at = begin + seconds * SECOND;
            talk.says(Side::Client, SYN, next, 0, b"");
        }
        // The record goes on.
        talk.at += 2 * SECOND;
        let udp = talk.frame(Side::Server, RST, 1, 0, b"");
        talk.frames.push((talk.at, without_port(udp)));
        let report = judged(&talk.pcap());
        let verdict = &report.verdict;
        assert_eq!((verdict.outcome, verdict.phase), (Outcome::Aborted, Some(Phase::Connect)));
        let failure = verdict.failure.as_ref().expect("it failed");
        assert_eq!((failure.kind, failure.detail.as_str()), (FailureKind::Timeout, detail));
    }
}

/// Of another connection.
fn without_port(mut frame: Vec<u8>) -> Vec<u8> {
    frame[34..38].copy_from_slice(&[0, 9, 0, 9]);
    frame
}

/// An answer was not due yet, so nobody is said not to have given it.
#[test]
fn a_record_that_ends_right_after_a_syn_shows_no_failure() {
    let mut talk = Talk::default();
    let next = talk.client.next;
    talk.says(Side::Client, SYN, next, 0, b"");
    let report = judged(&talk.pcap());
    assert_eq!((report.verdict.outcome, report.verdict.failure.is_none()), (Outcome::Stopped, true));
    assert!(
        report.verdict.summary.contains("the record ends right after the SYN"),
        "{}",
        report.verdict.summary
    );
    assert!(report.causes.is_empty(), "{:?}", report.causes);
    assert!(
        report.findings.iter().any(|found| found.code == FindingCode::CaptureCut),
        "{:?}",
        report.findings
    );
}

/// Who has begun a ClientHello has taken what the server selected; who has not may dislike it.
#[test]
fn a_client_that_leaves_in_its_hello_has_sent_one() {
    for (sent, expected) in [(0, true), (1, false), (120, false)] {
        let mut talk = Talk::open();
        talk.tells(Side::Client, REQUEST);
        talk.tells(Side::Server, CONFIRM);
        if sent > 0 {
            talk.tells(Side::Client, &handshake(200)[..sent]);
        }
        talk.closes(Side::Client);
        let verdict = judged(&talk.pcap()).verdict;
        assert_eq!(verdict.phase, Some(Phase::Tls), "{}", verdict.summary);
        let told = verdict.summary.contains("the client sent no ClientHello");
        assert_eq!(told, expected, "{sent}: {}", verdict.summary);
    }
}

/// A client that sends no TLS is not told as a server that speaks none, nor is a record of the server that cannot be read.
#[test]
fn only_a_server_that_sends_no_record_speaks_no_tls() {
    let read = "a record cannot be read";
    for (side, bytes, told) in [
        (Side::Client, &b"GET / HTTP/1.1\r\n\r\n"[..], read),
        (Side::Server, &[22, 3, 3, 0xFF, 0xFF, 2][..], read),
        (Side::Server, b"HTTP/1.1 400 Bad Request\r\n\r\n", "no TLS"),
    ] {
        let mut talk = Talk::open();
        talk.tells(Side::Client, REQUEST);
        talk.tells(Side::Server, CONFIRM);
        if side == Side::Server {
            talk.tells(Side::Client, &handshake(200));
        }
        talk.tells(side, bytes);
        let report = judged(&talk.pcap());
        let tls = report.trace.connections[0].phases.tls.as_ref().expect("it was selected");
        let failed = tls.failure.as_ref().map(|failure| failure.kind);
        let is_unseen = told == read;
        assert_eq!(failed, (!is_unseen).then_some(FailureKind::NotTls), "{tls:?}");
        assert_eq!(tls.stopped.as_ref().is_some_and(|why| why.starts_with(read)), is_unseen, "{tls:?}");
    }
}

/// What was there before the capture began is not taken for what was not sent.
#[test]
fn a_capture_that_begins_inside_a_connection_says_so() {
    for (opens, expected) in [(true, false), (false, true)] {
        let mut talk = Talk::default();
        match opens {
            true => talk.opens(),
            false => {
                talk.client.next += 1;
                talk.server.next += 1;
            }
        }
        talk.tells(Side::Client, REQUEST);
        talk.tells(Side::Server, CONFIRM);
        talk.closes(Side::Server);
        talk.closes(Side::Client);
        let report = judged(&talk.pcap());
        let watched = report.trace.connections[0].watched.as_ref().expect("it was watched");
        assert_eq!(watched.begins_late, expected);
        let said = report
            .findings
            .iter()
            .any(|found| found.message == "the capture begins after the connection did");
        assert_eq!(said, expected, "{:?}", report.findings);
    }
}

#[test]
fn a_syn_that_is_answered_with_a_rst_is_refused_by_the_host() {
    let mut talk = Talk::default();
    talk.sends(Side::Client, SYN, b"");
    let ack = talk.client.next;
    talk.says(Side::Server, RST, 0, ack, b"");
    let report = judged(&talk.pcap());
    let failure = report.verdict.failure.as_ref().expect("it failed");
    let told = (failure.kind, failure.detail.as_str());
    assert_eq!(told, (FailureKind::Refused, "the connection was refused with a RST"));
    let connect = report.trace.connections[0].phases.connect.as_ref().expect("it was tried");
    assert_eq!(connect.evidence.attempts[0].result, AttemptResult::Refused);
    assert_eq!(connect.evidence.peer, None);
}
