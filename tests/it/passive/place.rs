//! What a capture can know where it was made: who sent a RST, and whether packets or the answers to them were lost.

use std::fs;

use rdptrace::{
    Report,
    codes::Phase,
    internal::flow::Side,
    report::{
        FailureKind, FindingCode,
        Likelihood::{self, Likely, Possible},
        Outcome, Place, Speaker,
    },
};

use super::{
    has,
    on_the_way::{CONFIRM, REQUEST, handshake, judged},
};
use crate::{
    capture::talk::{DATA, FIN, Flags, MILLISECOND, RST, SECOND, Talk},
    program::{file, rdptrace, text},
};

/// As a filter sends it, and a system that does not know the connection.
const BARE: Flags = Flags { rst: true, ack: false, syn: false, fin: false };

/// Up to the ClientHello, with the TTLs of two hosts as they arrive.
fn greeted(client: u8, server: u8) -> Talk {
    let mut talk = Talk::default();
    (talk.client.ttl, talk.server.ttl) = (client, server);
    talk.opens();
    talk.tells(Side::Client, REQUEST);
    talk.tells(Side::Server, CONFIRM);
    talk
}

/// This side says the same again and again, a second apart, and nothing of the other side confirms it.
fn insists(talk: &mut Talk, by: Side, bytes: &[u8], times: usize) {
    let (next, ack) = (talk.host(by).next, talk.host(by.other()).next);
    for _ in 0..times {
        talk.says(by, DATA, next, ack, bytes);
        talk.at += SECOND;
    }
    talk.host(by).next = next + bytes.len() as u32;
}

fn cause(report: &Report, code: &str) -> Option<Likelihood> {
    report.causes.iter().find(|cause| cause.code.as_str() == code).map(|cause| cause.likelihood)
}

fn message(report: &Report, code: FindingCode) -> &str {
    let finding = report.findings.iter().find(|finding| finding.code == code);
    &finding.unwrap_or_else(|| panic!("{code:?}: {:?}", report.findings)).message
}

/// A filter beside the server ends the connection in the client's name; the server answers what still comes with RSTs.
fn filtered(ttl: u8, later: u8) -> Talk {
    let mut talk = greeted(63, 64);
    let (next, ack) = (talk.client.next, talk.server.next);
    talk.client.ttl = ttl;
    talk.says(Side::Client, BARE, next, 0, b"");
    talk.client.ttl = later;
    for _ in 0..5 {
        talk.says(Side::Client, DATA, next, ack, &handshake(200));
        talk.says(Side::Server, BARE, ack, 0, b"");
        talk.at += SECOND;
    }
    talk
}

#[test]
fn a_side_that_goes_on_as_before_did_not_send_the_reset() {
    let talk = filtered(64, 63);
    let report = judged(&talk.pcap());
    let failure = report.verdict.failure.as_ref().expect("it failed");
    assert_eq!((failure.kind, failure.speaker), (FailureKind::Reset, Speaker::Path));
    let told = message(&report, FindingCode::ResetFromThePath);
    let expected = "its TTL is 64, that of the client's packets 63; the client went on after it";
    assert!(told.ends_with(expected), "{told}");
    assert_eq!(report.causes[0].code.as_str(), "reset-from-the-path");
    let path = file("filtered.pcap");
    fs::write(&path, talk.pcap()).expect("a file");
    let page = text(&rdptrace(&["read", path.to_str().expect("UTF-8")]).stdout);
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("TCP reset (RST) from the path, with TTL 64 instead of 63"), "{page}");
}

/// One hop is the difference of two routes as well, where the side's own packets come by both, or nothing of it comes later.
#[test]
fn a_ttl_alone_proves_nothing() {
    for (ttl, later) in [(63, 63), (64, 64), (63, 64)] {
        let report = judged(&filtered(ttl, later).pcap());
        assert!(!has(&report, FindingCode::ResetFromThePath), "{ttl}, {later}");
    }
    let mut alone = filtered(64, 63);
    alone.frames.truncate(alone.frames.len() - 10);
    let report = judged(&alone.pcap());
    assert!(!has(&report, FindingCode::ResetFromThePath));
}

#[test]
fn what_a_reset_answers_has_arrived() {
    let report = judged(&filtered(64, 63).pcap());
    assert!(!has(&report, FindingCode::PacketsNeverArrive), "{:?}", report.findings);
    // Whoever sent the first RST.
    let report = judged(&filtered(63, 63).pcap());
    assert!(!has(&report, FindingCode::PacketsNeverArrive), "{:?}", report.findings);
    let failure = report.verdict.failure.map(|failure| failure.speaker);
    assert_ne!(failure, Some(Speaker::Path));
}

#[test]
fn where_the_capture_was_made_says_what_it_knows_of_lost_packets() {
    let hello = handshake(200);
    for (client, server, told, hole, gone) in [
        (128, 57, "made beside the client, where nobody sees whether they or the answers", Likely, Possible),
        (120, 64, "was made beside the server, and nothing answered them", Possible, Likely),
        (64, 64, "whether they or the answers were lost is not in the capture", Likely, Possible),
        (60, 57, "whether they or the answers were lost is not in the capture", Likely, Possible),
    ] {
        let mut talk = greeted(client, server);
        insists(&mut talk, Side::Client, &hello, 6);
        let report = judged(&talk.pcap());
        let summary = &report.verdict.summary;
        let expected = "the server never acknowledged 205 B that the client sent 6 times from packet 8 on";
        assert!(summary.contains(expected), "{summary}");
        let message = message(&report, FindingCode::PacketsNeverArrive);
        assert!(message.contains(told) && !message.contains("never reached"), "{message}");
        let likely = ["path-black-hole", "peer-gone"].map(|code| cause(&report, code));
        assert_eq!(likely, [Some(hole), Some(gone)], "{client}");
    }
}

/// Its packets come, and acknowledge only what is before.
#[test]
fn a_client_that_goes_on_without_the_answer_has_not_got_it() {
    let mut talk = greeted(63, 64);
    let hello = handshake(200);
    talk.sends(Side::Client, DATA, &hello);
    let (before, ack) = (talk.client.next - hello.len() as u32, talk.server.next);
    insists(&mut talk, Side::Server, &handshake(300), 4);
    for _ in 0..3 {
        talk.says(Side::Client, DATA, before, ack, &hello);
        talk.at += SECOND;
    }
    let report = judged(&talk.pcap());
    let summary = &report.verdict.summary;
    assert!(
        summary.contains("305 B that the server sent 4 times from packet 9 on never reached"),
        "{summary}"
    );
    let told = message(&report, FindingCode::PacketsNeverArrive);
    assert!(told.ends_with("what the client sent later says that it has not got them"), "{told}");
    // What it sends again had arrived, so that no loss is mended, and it is there.
    assert!(!has(&report, FindingCode::PathLoss), "{:?}", report.findings);
    let causes: Vec<_> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
    assert_eq!(causes, ["path-black-hole"]);
}

/// A system sends the last of several segments again first, and then all of them.
#[test]
fn what_is_sent_again_in_vain_is_no_loss_that_passes() {
    let mut talk = greeted(64, 63);
    let (first, ack) = (talk.client.next, talk.server.next);
    let bytes = handshake(162);
    talk.says(Side::Client, DATA, first, ack, &bytes[..6]);
    talk.says(Side::Client, DATA, first + 6, ack, &bytes[6..80]);
    talk.says(Side::Client, DATA, first + 80, ack, &bytes[80..]);
    talk.says(Side::Client, DATA, first + 80, ack, &bytes[80..]);
    for after in [200, 400, 800, 1600] {
        talk.at += after * MILLISECOND;
        talk.says(Side::Client, DATA, first, ack, &bytes);
    }
    let report = judged(&talk.pcap());
    assert!(!has(&report, FindingCode::PathLoss), "{:?}", report.findings);
    assert_eq!(report.causes[0].code.as_str(), "path-black-hole");
    assert_eq!(cause(&report, "path-loss"), Some(Possible));
    let watched = report.trace.connections[0].watched.as_ref().expect("it was watched");
    assert_eq!((watched.client.retransmissions, watched.client.mended), (5, Some(0)));
}

/// Chance spares some: what was sent again twice and acknowledged then is loss, and one segment that is lost every time is more.
#[test]
fn a_segment_that_is_lost_every_time_is_hardly_lost_by_chance() {
    for (times, first) in [(4, "path-loss"), (8, "path-black-hole")] {
        let mut talk = Talk::open();
        for _ in 0..2 {
            insists(&mut talk, Side::Client, &REQUEST[..9], 2);
            talk.sends(Side::Server, DATA, b"");
        }
        insists(&mut talk, Side::Client, REQUEST, times);
        let report = judged(&talk.pcap());
        let watched = report.trace.connections[0].watched.as_ref().expect("it was watched");
        assert_eq!(watched.client.mended, Some(2));
        assert_eq!(report.causes[0].code.as_str(), first, "{:?}", report.causes);
    }
}

/// A part of the answer came, and what is long did not: no host needs to hang for that.
#[test]
fn nobody_at_an_end_is_likelier_than_the_path_that_drops_long_packets() {
    let mut talk = greeted(64, 63);
    talk.tells(Side::Client, &handshake(200));
    talk.tells(Side::Server, &handshake(800)[..133]);
    talk.at += 6 * SECOND;
    talk.sends(Side::Client, FIN, b"");
    talk.sends(Side::Server, DATA, b"");
    talk.sends(Side::Client, RST, b"");
    let report = judged(&talk.pcap());
    assert_eq!((report.verdict.outcome, report.verdict.phase), (Outcome::Aborted, Some(Phase::Tls)));
    assert_eq!(report.causes[0].code.as_str(), "path-drops-large-packets", "{:?}", report.causes);
    assert!(report.causes.iter().any(|cause| cause.code.as_str() == "services-hung"));
    let elsewhere = report.causes.iter().filter(|cause| cause.at != Some(Place::Path));
    for cause in elsewhere {
        assert_eq!(cause.likelihood, Possible, "{cause:?}");
    }
}

/// Its later packets carry numbers behind bytes that never came, and the client acknowledges only what is before them.
#[test]
fn bytes_that_only_the_numbers_of_later_packets_show_never_arrived() {
    let mut talk = greeted(64, 63);
    talk.tells(Side::Client, &handshake(200));
    talk.tells(Side::Server, &handshake(122));
    let (client, server) = (talk.client.next, talk.server.next);
    for _ in 0..4 {
        talk.says(Side::Server, DATA, server + 550, client, b"");
        talk.says(Side::Client, DATA, client - 1, server, b"");
        talk.at += SECOND;
    }
    talk.says(Side::Client, FIN, client, server, b"");
    let report = judged(&talk.pcap());
    let failure = report.verdict.failure.as_ref().expect("it failed");
    assert_eq!((failure.kind, failure.speaker), (FailureKind::Timeout, Speaker::Path));
    let told = message(&report, FindingCode::PacketsNeverArrive);
    assert!(told.starts_with("550 B from the server never arrived: for 4.0 s the client"), "{told}");
    let causes: Vec<_> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
    assert_eq!(causes, ["path-drops-large-packets", "path-black-hole"]);

    // What is acknowledged has crossed, and one more is a FIN.
    for (more, missing) in [(550, 550), (1, 0)] {
        let mut talk = greeted(64, 63);
        let (client, server) = (talk.client.next, talk.server.next);
        talk.says(Side::Server, DATA, server + more, client, b"");
        talk.says(Side::Client, DATA, client, server + more, b"");
        let watched = judged(&talk.pcap()).trace.connections.remove(0).watched.expect("it was watched");
        assert_eq!((watched.server.missing_bytes, watched.server.never_arrived), (missing, None), "{more}");
    }
}

/// It had sent all of it before the RST, and sends it once more.
#[test]
fn a_side_that_sends_again_has_not_reset_the_connection() {
    for (later, from_path) in [(63, true), (64, false)] {
        let mut talk = greeted(63, 64);
        let (next, ack, hello) = (talk.client.next, talk.server.next, handshake(200));
        talk.sends(Side::Client, DATA, &hello);
        talk.sends(Side::Server, DATA, &handshake(300));
        talk.client.ttl = 64;
        let due = talk.client.next;
        talk.says(Side::Client, BARE, due, 0, b"");
        talk.client.ttl = later;
        talk.at += SECOND / 5;
        talk.says(Side::Client, DATA, next, ack, &hello);
        talk.says(Side::Server, BARE, ack, 0, b"");
        let report = judged(&talk.pcap());
        assert_eq!(has(&report, FindingCode::ResetFromThePath), from_path, "{later}");
    }
}

/// The client sends again what the server had acknowledged: packets without bytes are lost as well as long ones.
#[test]
fn where_acknowledgements_are_lost_too_it_is_not_for_their_length() {
    for (short, code) in
        [(false, FindingCode::PathDropsLargePackets), (true, FindingCode::PacketsNeverArrive)]
    {
        let mut talk = greeted(63, 64);
        let hello = handshake(200);
        let (before, ack) = (talk.client.next, talk.server.next);
        talk.sends(Side::Client, DATA, &hello);
        let next = talk.client.next;
        for _ in 0..5 {
            talk.says(Side::Server, DATA, ack, next, &handshake(700));
            let (from, bytes) = if short { (before, &hello[..]) } else { (next, &b""[..]) };
            talk.says(Side::Client, DATA, from, ack, bytes);
            talk.at += SECOND;
        }
        let report = judged(&talk.pcap());
        let expected = [FindingCode::PathDropsLargePackets, FindingCode::PacketsNeverArrive];
        assert_eq!(expected.map(|one| has(&report, one)), expected.map(|one| one == code), "{short}");
    }
}
