//! Connections that nobody opens: how often and how long they were asked for.

use rdptrace::{
    codes::Phase,
    internal::flow::Side,
    report::{AttemptResult, FailureKind, Outcome},
};

use super::on_the_way::{CONFIRM, REQUEST, handshake, judged};
use crate::capture::talk::{RST, SECOND, SYN, Talk};

#[test]
fn a_syn_that_is_not_answered_is_told_with_its_repetitions() {
    for (again, detail) in [
        (&[][..], "nothing answered the SYN, for 0.0 s"),
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
        let report = judged(&talk.pcap());
        let verdict = &report.verdict;
        assert_eq!((verdict.outcome, verdict.phase), (Outcome::Aborted, Some(Phase::Connect)));
        let failure = verdict.failure.as_ref().expect("it failed");
        assert_eq!((failure.kind, failure.detail.as_str()), (FailureKind::Timeout, detail));
    }
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
