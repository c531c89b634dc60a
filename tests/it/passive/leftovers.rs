//! What is left of older connections, with the same ports or others, is no evidence of one that works.

use rdptrace::{
    Report,
    codes::Phase,
    diagnose,
    internal::{
        certificate::Roots,
        flow::{How, KeyLog, Side},
        passive::{Attempts, Known, Watched, is_relevant, walk},
    },
    report::{FailureKind, FindingCode, Outcome, Status},
};

use super::{
    has,
    on_the_way::{CONFIRM, REQUEST, handshake},
};
use crate::capture::{
    flows,
    talk::{DATA, Flags, RST, SECOND, SYN, SYN_ACK, Talk, pcap},
};

/// What a system says of a connection that it does not know (RFC 9293 section 3.5.2).
const UNKNOWN: Flags = Flags { rst: true, ack: false, syn: false, fin: false };

/// The one attempt that these packets are.
fn judged(talks: &[&Talk]) -> Report {
    let mut frames: Vec<_> = talks.iter().flat_map(|talk| talk.frames.clone()).collect();
    frames.sort_by_key(|(at, _)| *at);
    let (keys, roots) = (KeyLog::default(), Roots::new(Ok(Vec::new())));
    let mut attempts = Attempts::default();
    for flow in flows(&pcap(1, &frames)) {
        let connection = walk(&flow, &Known::of(&keys, &roots));
        assert!(is_relevant(&flow, &connection));
        attempts.add(Watched::of(&flow, connection));
    }
    let mut traces = attempts.finish();
    assert_eq!(traces.len(), 1);
    diagnose(traces.remove(0))
}

/// SYNs that nothing answers.
fn unanswered() -> Talk {
    let mut talk = Talk::default();
    let (begin, next) = (talk.at, talk.client.next);
    for seconds in [0, 1, 3, 7] {
        talk.at = begin + seconds * SECOND;
        talk.says(Side::Client, SYN, next, 0, b"");
    }
    talk
}

/// At this time one end of an older connection sends again, and the other no longer knows of what.
fn leftover(port: u16, at: i64, by: Side) -> Talk {
    let mut talk = Talk { at, ..Talk::default() };
    talk.client.port = port;
    (talk.client.next, talk.server.next) = (700_000_000, 3_000_000_000);
    let ack = talk.host(by.other()).next;
    talk.sends(by, DATA, &[7; 87]);
    talk.says(by.other(), UNKNOWN, ack, 0, b"");
    talk
}

fn is_silent(report: &Report) -> bool {
    let verdict = &report.verdict;
    let failure = verdict.failure.as_ref().unwrap_or_else(|| panic!("{}", verdict.summary));
    (verdict.outcome, verdict.phase, failure.kind)
        == (Outcome::Aborted, Some(Phase::Connect), FailureKind::Timeout)
        && failure.detail == "nothing answered the SYN, sent 4 times, for 7.0 s"
        && report.trace.connections.len() == 1
        && has(report, FindingCode::HostSilent)
}

#[test]
fn what_is_left_of_another_connection_answers_no_syn() {
    let asked = unanswered();
    for port in [50_000, 49_000] {
        for by in [Side::Client, Side::Server] {
            // Before the SYN, between its repetitions, and after.
            for after in [-SECOND, SECOND / 2, 5 * SECOND, 9 * SECOND] {
                let left = leftover(port, Talk::default().at + after, by);
                let report = judged(&[&asked, &left]);
                assert!(is_silent(&report), "{port}, {by:?}, {after}: {report:#?}");
            }
        }
    }
}

/// Both ends of it still say something.
#[test]
fn a_connection_of_before_hides_no_failure_beside_it() {
    let asked = unanswered();
    // A ClientHello that is sent again looks like a beginning.
    for (after, said) in [(-SECOND, vec![7; 167]), (9 * SECOND, vec![7; 167]), (9 * SECOND, handshake(225))] {
        let mut older = Talk { at: asked.frames[0].0 + after, ..Talk::default() };
        older.client.port = 49_000;
        older.tells(Side::Client, &said);
        older.tells(Side::Server, &handshake(700));
        older.sends(Side::Client, RST, b"");
        let report = judged(&[&asked, &older]);
        assert_eq!(report.verdict.phase, Some(Phase::Connect), "{}", report.verdict.summary);
        assert!(has(&report, FindingCode::HostSilent));
    }
}

#[test]
fn alone_it_does_not_say_that_anything_works() {
    let report = judged(&[&leftover(50_000, Talk::default().at, Side::Client)]);
    let verdict = &report.verdict;
    assert_eq!((verdict.outcome, verdict.reached), (Outcome::Stopped, None), "{}", verdict.summary);
    let connect = report.trace.connections[0].phases.connect.as_ref().expect("it is told");
    assert_eq!((connect.status, connect.evidence.attempts.len()), (Status::Unseen, 0));
}

/// A server that still has the older connection asks what the SYN is about, and the client tells it to forget (RFC 5961 section 4).
#[test]
fn a_server_that_remembers_an_older_connection_opens_the_new_one() {
    let mut talk = Talk::default();
    let first = talk.client.next;
    talk.sends(Side::Client, SYN, b"");
    talk.says(Side::Server, DATA, 3_000_000_000, 700_000_000, b"");
    talk.says(Side::Client, UNKNOWN, 700_000_000, 0, b"");
    talk.at += SECOND;
    talk.says(Side::Client, SYN, first, 0, b"");
    talk.sends(Side::Server, SYN_ACK, b"");
    talk.sends(Side::Client, DATA, b"");
    talk.tells(Side::Client, REQUEST);
    talk.tells(Side::Server, CONFIRM);
    talk.tells(Side::Client, &handshake(200));
    talk.closes(Side::Server);
    let mut flows = flows(&talk.pcap());
    assert_eq!(flows.len(), 1);
    let flow = flows.remove(0);
    assert_eq!((flow.opening.syn_retries, flow.opening.syn_ack.is_some()), (1, true));
    assert!(flow.from_client.packets.reset.is_none() && !flow.from_client.has_gaps());
    let verdict = judged(&[&talk]).verdict;
    assert_eq!((verdict.phase, verdict.reached), (Some(Phase::Tls), Some(Phase::Negotiate)));
}

/// Whether its numbers are ahead of those that are due or behind them.
#[test]
fn old_packets_leave_an_open_connection_as_it_is() {
    for (client, server) in [(700_000_000, 3_000_000_000), (4_000_000_000_u32, 2_000_000_000)] {
        let mut talk = Talk::open();
        talk.tells(Side::Client, REQUEST);
        talk.says(Side::Client, DATA, client, server, &[7; 300]);
        talk.says(Side::Server, UNKNOWN, server, 0, b"");
        talk.says(Side::Server, DATA, server, client, &[8; 300]);
        talk.tells(Side::Server, CONFIRM);
        talk.closes(Side::Client);
        let mut flows = flows(&talk.pcap());
        assert_eq!(flows.len(), 1);
        let flow = flows.remove(0);
        assert_eq!((&flow.from_client.bytes[..], &flow.from_server.bytes[..]), (REQUEST, CONFIRM));
        assert!(!flow.from_client.has_gaps() && !flow.from_server.has_gaps());
        let ends = [flow.from_client.end, flow.from_server.end].map(|end| end.map(|end| end.how));
        assert_eq!(ends, [Some(How::Fin); 2]);
    }
}
