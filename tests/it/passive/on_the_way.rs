//! What a capture proves of the way between: neither end is blamed for it.

use rdptrace::{
    Report,
    codes::Phase,
    diagnose,
    internal::{
        certificate::Roots,
        flow::{KeyLog, Side},
        passive::{Attempts, Known, Watched, walk},
    },
    report::{FailureKind, FindingCode, Outcome, Speaker},
};

use super::has;
use crate::capture::{
    flow,
    icmp::error,
    talk::{DATA, RST, SECOND, SYN, Talk, pcap},
};

/// TLS and NLA are offered; TLS is selected.
pub(super) const REQUEST: &[u8] = &[3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];
pub(super) const CONFIRM: &[u8] = &[3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 1, 0, 0, 0];

/// What a capture of these packets is judged to be.
pub(super) fn judged(file: &[u8]) -> Report {
    let flow = flow(file);
    let (keys, roots) = (KeyLog::default(), Roots::new(Ok(Vec::new())));
    let connection = walk(&flow, &Known::of(&keys, &roots));
    let mut attempts = Attempts::default();
    attempts.add(Watched::of(&flow, connection));
    diagnose(attempts.finish().pop().expect("one attempt"))
}

fn causes(report: &Report) -> Vec<&str> {
    report.causes.iter().map(|cause| cause.code.as_str()).collect()
}

fn message(report: &Report, code: FindingCode) -> &str {
    let finding = report.findings.iter().find(|finding| finding.code == code);
    &finding.unwrap_or_else(|| panic!("{code:?}: {:?}", report.findings)).message
}

/// The failure, the phase that it is in, and that nobody at an end is blamed for it.
fn of_path(report: &Report) -> (FailureKind, Option<Phase>) {
    let failure = report.verdict.failure.as_ref().unwrap_or_else(|| panic!("{}", report.verdict.summary));
    assert_eq!((failure.speaker, report.verdict.outcome), (Speaker::Path, Outcome::Aborted));
    let summary = &report.verdict.summary;
    assert!(!summary.contains("sent nothing") && !summary.contains("insists"), "{summary}");
    (failure.kind, report.verdict.phase)
}

/// A record of a handshake with so many bytes.
pub(super) fn handshake(length: u16) -> Vec<u8> {
    let mut record = vec![22, 3, 3];
    record.extend(length.to_be_bytes());
    record.push(1);
    record.resize(usize::from(length) + 5, 0);
    record
}

/// Up to the ClientHello.
fn greeted() -> Talk {
    let mut talk = Talk::open();
    talk.tells(Side::Client, REQUEST);
    talk.tells(Side::Server, CONFIRM);
    talk.tells(Side::Client, &handshake(200));
    talk
}

/// The first so many bytes of what this side says next are lost before they are captured, and the other side asks for them.
fn hole(mut talk: Talk, by: Side, lost: usize) -> Talk {
    let answer = handshake(1635);
    talk.sends(by, DATA, &answer[..lost]);
    talk.frames.pop();
    talk.sends(by, DATA, &answer[lost..]);
    let before = talk.host(by).next - answer.len() as u32;
    for _ in 0..2 {
        let next = talk.host(by.other()).next;
        talk.says(by.other(), DATA, next, before, b"");
        talk.at += 10 * SECOND;
    }
    talk
}

#[test]
fn a_full_segment_that_the_receiver_asks_for_in_vain_is_dropped_by_the_path() {
    let mut asked = Talk::open();
    asked.tells(Side::Client, REQUEST);
    asked.tells(Side::Server, CONFIRM);
    for (mut talk, by) in
        [(hole(greeted(), Side::Server, 1460), Side::Server), (hole(asked, Side::Client, 1460), Side::Client)]
    {
        let (next, ack) = (talk.host(by.other()).next, talk.host(by).next - 1640);
        talk.says(by.other(), RST, next, ack, b"");
        let report = judged(&talk.pcap());
        assert_eq!(of_path(&report), (FailureKind::Timeout, Some(Phase::Tls)), "{by:?}");
        let told = message(&report, FindingCode::PathDropsLargePackets);
        assert!(told.contains("1460 B") && told.contains("never arrived"), "{told}");
        assert!(!has(&report, FindingCode::CaptureHasGaps) && !has(&report, FindingCode::PacketsNeverArrive));
        assert_eq!(causes(&report).first(), Some(&"path-drops-large-packets"), "{by:?}");
    }
}

#[test]
fn a_short_piece_that_never_arrives_is_lost_whatever_its_length() {
    let report = judged(&hole(greeted(), Side::Server, 300).pcap());
    assert_eq!(of_path(&report), (FailureKind::Timeout, Some(Phase::Tls)));
    let told = message(&report, FindingCode::PacketsNeverArrive);
    assert!(told.contains("300 B from the server never arrived"), "{told}");
    assert!(!has(&report, FindingCode::CaptureHasGaps) && !has(&report, FindingCode::PathDropsLargePackets));
    assert_eq!(causes(&report)[0], "path-black-hole");
}

#[test]
fn only_what_was_confirmed_has_crossed_and_of_the_rest_nothing_is_known() {
    let mut confirmed = hole(greeted(), Side::Server, 1460);
    confirmed.sends(Side::Client, DATA, b"");
    let report = judged(&confirmed.pcap());
    assert!(message(&report, FindingCode::CaptureHasGaps).starts_with("1460 B of the connection crossed"));
    assert!(!has(&report, FindingCode::PathDropsLargePackets));

    let mut unknown = hole(greeted(), Side::Server, 1460);
    unknown.frames.truncate(unknown.frames.len() - 2);
    let report = judged(&unknown.pcap());
    let told = message(&report, FindingCode::CaptureHasGaps);
    assert!(told.starts_with("1460 B are not in the capture, and nothing in it says"), "{told}");
    assert_eq!(report.verdict.outcome, Outcome::Stopped);
}

#[test]
fn an_answer_that_is_sent_again_and_again_in_vain_never_reached_the_client() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, REQUEST);
    let (first, ack) = (talk.server.next, talk.client.next);
    for _ in 0..6 {
        talk.says(Side::Server, DATA, first, ack, CONFIRM);
        talk.at += SECOND;
    }
    talk.server.next += CONFIRM.len() as u32;
    talk.sends(Side::Server, RST, b"");
    let report = judged(&talk.pcap());
    assert_eq!(of_path(&report), (FailureKind::Timeout, Some(Phase::Negotiate)));
    assert!(
        report
            .verdict
            .summary
            .contains("the client never acknowledged 19 B that the server sent 6 times from packet 6 on")
    );
    let told = message(&report, FindingCode::PacketsNeverArrive);
    assert!(told.contains("19 B 6 times in 5.0 s (packets 6 to 11)"), "{told}");
    // By the TTLs the capture was made beside the client, and saw them come.
    assert_eq!(causes(&report), ["peer-gone", "path-black-hole"]);
    assert!(!has(&report, FindingCode::ServerSilent));
}

/// A client whose keep-alives nobody answers, until it leaves.
pub(crate) fn unanswered() -> Report {
    let mut talk = Talk::open();
    talk.tells(Side::Client, REQUEST);
    talk.tells(Side::Server, CONFIRM);
    let (next, ack) = (talk.client.next - 1, talk.server.next);
    for _ in 0..9 {
        talk.says(Side::Client, DATA, next, ack, b"\0");
        talk.at += SECOND;
    }
    talk.sends(Side::Client, RST, b"");
    judged(&talk.pcap())
}

#[test]
fn keep_alives_that_nobody_answers_are_no_choice_of_the_client() {
    let report = unanswered();
    assert_eq!(of_path(&report), (FailureKind::Timeout, Some(Phase::Tls)));
    let told = message(&report, FindingCode::PacketsNeverArrive);
    assert!(told.contains("the server answered none of 9 keep-alives in 8.0 s"), "{told}");
    assert_eq!(causes(&report), ["path-black-hole", "peer-gone"]);
}

/// A RST that a device between them sends in the name of this side.
fn forged(mut talk: Talk, by: Side) -> Talk {
    let (next, ack) = (talk.host(by).next, talk.host(by.other()).next);
    let host = talk.host(by);
    (host.ttl, host.mac, host.id) = (50, [9; 6], 40_000);
    talk.says(by, RST, next, ack, b"");
    talk
}

#[test]
fn a_reset_of_somebody_else_is_the_paths_in_whoevers_name_it_comes() {
    for (by, name) in [(Side::Client, "the client"), (Side::Server, "the server")] {
        for (talk, phase) in [(Talk::open(), Phase::Negotiate), (greeted(), Phase::Tls)] {
            let mut talk = talk;
            if phase == Phase::Negotiate {
                talk.tells(Side::Client, REQUEST);
                // So that the usual TTL of both is known.
                talk.sends(Side::Server, DATA, b"");
            }
            let report = judged(&forged(talk, by).pcap());
            assert_eq!(of_path(&report), (FailureKind::Reset, Some(phase)), "{name}");
            let told = format!("a RST in {name}'s name, but not of {name}, ended the connection");
            assert!(report.verdict.summary.contains(&told), "{}", report.verdict.summary);
            let ended = report.trace.connections[0].ended_by.as_ref().expect("an end");
            assert_eq!(ended.side.as_str(), "path");
            assert_eq!(causes(&report)[0], "reset-from-the-path", "{:?}", causes(&report));
            assert!(!has(&report, FindingCode::UnexplainedFailure));
        }
    }
}

#[test]
fn a_router_that_names_its_mtu_is_named_with_it() {
    let mut talk = Talk::open();
    talk.tells(Side::Client, REQUEST);
    talk.tells(Side::Server, CONFIRM);
    let hello = handshake(1775);
    let (first, ack) = (talk.client.next, talk.server.next);
    for _ in 0..4 {
        talk.says(Side::Client, DATA, first, ack, &hello[..1460]);
        error(&mut talk, 3, 4, 1300);
        talk.says(Side::Client, DATA, first + 1460, ack, &hello[1460..]);
        talk.at += SECOND;
    }
    talk.client.next += hello.len() as u32;
    talk.sends(Side::Client, RST, b"");
    let report = judged(&talk.pcap());
    let told = message(&report, FindingCode::PathDropsLargePackets);
    assert!(told.contains("198.51.100.1 says that it passes on at most 1300 B"), "{told}");
    assert_eq!(of_path(&report), (FailureKind::Timeout, Some(Phase::Tls)));
    assert_eq!(causes(&report)[0], "path-drops-large-packets");
    let watched = report.trace.connections[0].watched.as_ref().expect("it was watched");
    let icmp = &watched.icmp[0];
    assert_eq!((icmp.mtu, icmp.error.code, watched.icmp.len()), (Some(1300), 4, 4));
}

#[test]
fn a_router_that_says_that_a_rule_forbids_it_is_a_filter() {
    for (code, first) in
        [(9, "firewall-rejects"), (10, "firewall-rejects"), (13, "firewall-rejects"), (0, "no-route")]
    {
        let mut talk = Talk::default();
        talk.sends(Side::Client, SYN, b"");
        error(&mut talk, 3, code, 0);
        let report = judged(&talk.pcap());
        assert_eq!(report.verdict.phase, Some(Phase::Connect));
        assert_eq!(causes(&report)[0], first, "{code}: {:?}", causes(&report));
        assert_eq!(causes(&report).contains(&"no-route"), first == "no-route", "{code}");
    }
}

#[test]
fn whichever_side_is_missing_it_is_named() {
    let mut talk = greeted();
    talk.tells(Side::Server, &handshake(900));
    for (side, name) in [(Side::Client, "client"), (Side::Server, "server")] {
        let mac = talk.host(side.other()).mac;
        let frames: Vec<_> = talk.frames.iter().filter(|(_, frame)| frame[6..12] == mac).cloned().collect();
        let report = judged(&pcap(1, &frames));
        let told = format!("the capture holds no packet of the {name}");
        assert!(report.verdict.summary.contains(&told), "{}", report.verdict.summary);
        assert!(has(&report, FindingCode::CaptureOneSided));
    }
}

/// Once may be chance, a short segment says nothing of long ones, and without a shorter one that arrived nothing is compared.
#[test]
fn a_long_segment_is_lost_from_three_times_on_if_a_shorter_one_arrived() {
    for (length, sent, arrived, expected) in [
        (577, 3, 1, true),
        (576, 3, 1, false),
        (577, 2, 1, false),
        (577, 3, 0, false),
        (577, 3, 576, true),
        (577, 3, 577, false),
    ] {
        for by in [Side::Client, Side::Server] {
            let mut trace = judged(&greeted().pcap()).trace;
            let watched = trace.connections[0].watched.as_mut().expect("it was watched");
            let side = if by == Side::Client { &mut watched.client } else { &mut watched.server };
            (side.lost_segment, side.lost_sent) = (Some(length), Some(sent));
            side.longest_acknowledged = arrived;
            let report = diagnose(trace);
            let said = has(&report, FindingCode::PathDropsLargePackets);
            assert_eq!(said, expected, "{by:?} {length} {sent} {arrived}");
        }
    }
}
