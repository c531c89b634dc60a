//! What a damaged record, a gap or a goodbye hides is nobody's silence, and no end that the server made.

use rdptrace::{
    codes::Phase,
    internal::{
        certificate::Roots,
        flow::{End, Flow, How, KeyLog},
        passive::{Known, walk},
    },
    report::{CauseCode, FailureKind, FindingCode, Likelihood, Outcome, Status},
};

use super::{captured, has, long::lengthened, recorded, report, watched};
use crate::{capture::written, faults::told_of, lab::fault};

/// One byte of the server's answer to the proof is another one.
#[tokio::test(start_paused = true)]
async fn a_record_that_does_not_open_is_no_silence() {
    let (mut flow, recorded) = captured("logon-failure").await;
    let server = &mut flow.from_server;
    let proof = flow.from_client.marks.iter().rfind(|mark| flow.from_client.bytes[mark.offset + 3] >= 1);
    let answer =
        *server.marks.iter().find(|mark| mark.order() > proof.expect("a proof").order()).expect("an answer");
    server.bytes[answer.offset + 12] ^= 0x40;
    let told = report(flow, &recorded);
    let credssp = told.trace.connections[0].phases.credssp.as_ref().expect("it was entered");
    assert_eq!((credssp.status, told.verdict.phase), (Status::Unseen, Some(Phase::Credssp)));
    let stopped = credssp.stopped.as_ref().expect("why");
    let place = format!("a record (packet {}) does not open", answer.packet);
    assert!(stopped.contains(&place), "{stopped}");
    assert!(told.causes.iter().all(|cause| cause.likelihood == Likelihood::Possible), "{:?}", told.causes);
}

/// The goodbye of a client that speaks MCS in clear is one as much as an alert.
#[tokio::test(start_paused = true)]
async fn a_server_that_closes_after_the_clients_ultimatum_was_left() {
    let (mut flow, recorded) = captured("standard-security-license").await;
    let ultimatum = [3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80];
    assert!(flow.from_client.bytes.ends_with(&ultimatum));
    let said = flow.from_client.last().expect("a mark");
    flow.from_server.end = Some(End { how: How::Fin, at: said.at, packet: said.packet + 1 });
    flow.from_client.end = Some(End { how: How::Fin, at: said.at, packet: said.packet + 2 });
    let left = report(flow.clone(), &recorded);
    assert!(left.verdict.failure.is_none(), "{:?}", left.verdict);
    assert!(left.verdict.summary.contains("the client"), "{}", left.verdict.summary);

    // Without it the server's FIN is the end.
    let client = &mut flow.from_client;
    client.marks.retain(|mark| mark.offset + ultimatum.len() != client.bytes.len());
    client.bytes.truncate(client.bytes.len() - ultimatum.len());
    client.total = client.bytes.len() as u64;
    let ended = report(flow, &recorded);
    assert_eq!(
        ended.verdict.failure.map(|failure| failure.kind.name().to_owned()).as_deref(),
        Some("closed")
    );
}

/// A client that offers less than others may be refused for that, and a capture holds no other hello.
#[tokio::test(start_paused = true)]
async fn a_hello_of_few_versions_accuses_no_certificate() {
    for name in ["tls-close", "tls-reset", "tls-version-intolerant"] {
        let (flow, recorded) = captured(name).await;
        let told = report(flow, &recorded);
        assert_eq!(told.verdict.phase, Some(Phase::Tls), "{name}");
        let unusable = told.causes.iter().find(|cause| cause.code == CauseCode::CertificateUnusable);
        let unusable = unusable.expect("it is possible");
        assert_eq!(unusable.likelihood, Likelihood::Possible, "{name}");
        assert!(unusable.against.iter().any(|text| text.contains("nothing below TLSv1.2")), "{unusable:?}");
    }
}

/// What a client of Standard RDP Security offers is in clear, so what does not fit it is told as live.
#[tokio::test(start_paused = true)]
async fn a_method_that_was_not_offered_is_told() {
    let (flow, recorded) = captured("standard-security-fips").await;
    let told = report(flow, &recorded);
    assert!(has(&told, FindingCode::EncryptionMethodNotOffered), "{:?}", told.findings);
    let first = &told.causes[0];
    assert_eq!((first.code.as_str(), first.likelihood), ("server-requires-fips", Likelihood::Likely));
}

/// Who sends other things than what is awaited is not silent, live or watched.
#[tokio::test(start_paused = true)]
async fn a_flood_is_not_told_as_silence() {
    let (flow, recorded) = captured("activate-flood").await;
    let told = report(flow, &recorded);
    let failure = told.verdict.failure.as_ref().expect("a failure");
    assert_eq!(failure.kind, FailureKind::Timeout);
    assert!(failure.detail.contains("sent nothing that was awaited"), "{}", failure.detail);
    for report in [&told, &told_of(Some(fault("activate-flood"))).await] {
        let silent = report.findings.iter().find(|found| found.message.ends_with("sent nothing"));
        assert!(silent.is_none(), "{silent:?}");
    }
}

/// Whoever writes a comment may write any number of records that were left out.
#[tokio::test(start_paused = true)]
async fn a_number_of_records_that_cannot_be_opens_nothing() {
    let (flow, recorded) = captured("session-closed").await;
    let long = lengthened(&flow, &recorded, 1);
    let of_keys = &recorded.keys;
    for (before, is_known) in [(None, true), (Some(u64::MAX), false), (Some(1 << 40), false)] {
        let mut told = long.clone();
        let place = told.from_server.tail.as_mut().and_then(|tail| tail.record.as_mut()).expect("a record");
        place.before = before.unwrap_or(place.before);
        let read = crate::capture::flow(&written(std::slice::from_ref(&told)));
        assert_eq!(has(&report(read.clone(), &recorded), FindingCode::SessionEnded), is_known, "{before:?}");
        let roots = Roots::new(Ok(Vec::new()));
        for keys in [of_keys, &KeyLog::default()] {
            assert!(walk(&read, &Known::of(keys, &roots)).phases.tls.is_some(), "{before:?}");
        }
    }
}

/// The last bytes of the client may have been its goodbye, to which the server's is the answer.
#[tokio::test(start_paused = true)]
async fn a_gap_at_the_clients_end_leaves_open_who_ended_a_session() {
    let (flow, recorded) = captured("session-closed").await;
    let told = report(flow.clone(), &recorded);
    assert!(has(&told, FindingCode::SessionEnded));
    let session = told.trace.connections[0].session.as_ref().expect("a session");
    assert_eq!(session.failure.as_ref().map(|failure| failure.kind), Some(FailureKind::Closed));

    let mut lacking = flow;
    let client = &mut lacking.from_client;
    let last = client.marks.pop().expect("a mark");
    let length = client.bytes.len() - last.offset;
    client.bytes.truncate(last.offset);
    client.total -= length as u64;
    client.miss(length as u64);
    let told = report(lacking, &recorded);
    assert!(!has(&told, FindingCode::SessionEnded), "{:?}", told.verdict);
    assert!(has(&told, FindingCode::CaptureHasGaps));
}

/// Where the records of a client begin that nobody reads in plain.
fn sealed(flow: &Flow) -> Vec<usize> {
    let bytes = &flow.from_client.bytes;
    let (mut at, mut found) = (flow.from_client.marks[1].offset, Vec::new());
    while let Some([kind, _, _, high, low]) = bytes.get(at..at + 5) {
        found.extend((*kind == 23).then_some(at));
        at += 5 + usize::from(u16::from_be_bytes([*high, *low]));
    }
    found
}

/// What a server answers to what nobody can read accuses nobody, whichever record of its client that is.
#[tokio::test(start_paused = true)]
async fn a_record_of_the_client_that_does_not_open_accuses_no_server() {
    for name in [None, Some("early-authorization-denied"), Some("mcs-close"), Some("licensing-silence")] {
        let recorded = recorded(name.map(fault)).await;
        let flow = &recorded.flows[0];
        let whole = report(flow.clone(), &recorded).verdict;
        let records = sealed(flow);
        assert!(records.len() > 3, "{name:?}: {records:?}");
        for offset in &records[..4] {
            let mut flow = flow.clone();
            flow.from_client.bytes[offset + 9] ^= 1;
            let told = report(flow, &recorded);
            let summary = &told.verdict.summary;
            let is_same = told.verdict.failure.is_some() && told.verdict.failure == whole.failure;
            let is_unseen = told.verdict.outcome == Outcome::Stopped && summary.contains("does not open");
            assert!(is_same || is_unseen && told.causes.is_empty(), "{name:?} {offset}: {summary}");
            assert!(is_unseen || *offset == records[3], "{name:?} {offset}: {summary}");
        }
    }
}

/// What a client understood was sent as it should be, and is damaged in the record alone.
#[tokio::test(start_paused = true)]
async fn an_answer_that_its_client_went_on_with_is_damaged_in_the_record() {
    let recorded = recorded(None).await;
    let whole = &recorded.flows[0];
    let hello = whole.from_server.marks[1].offset;
    // The type of the negotiation response; a length within the ServerHello.
    for (place, phase) in [(11, Phase::Negotiate), (hello + 6, Phase::Tls)] {
        for goes_on in [true, false] {
            let mut flow = whole.clone();
            flow.from_server.bytes[place] ^= 0x40;
            if !goes_on {
                let client = &mut flow.from_client;
                let last = if phase == Phase::Negotiate { 1 } else { 2 };
                client.bytes.truncate(client.marks[last].offset);
                client.marks.truncate(last);
            }
            let told = report(flow, &recorded);
            assert_eq!(told.verdict.phase, Some(phase), "{}", told.verdict.summary);
            let accused = told.causes.iter().any(|cause| cause.code == CauseCode::ServerNotConforming);
            assert_eq!(accused, !goes_on, "{phase:?} {:?}", told.causes);
            assert_eq!(told.verdict.outcome == Outcome::Stopped, goes_on, "{}", told.verdict.summary);
            assert_eq!(told.verdict.summary.contains("the record is damaged here"), goes_on);
        }
    }
}

/// A file that is damaged mostly ends there.
#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_reacted_to_accuses_its_server_no_more_than_possibly() {
    let (flow, recorded) = captured("negotiate-malformed").await;
    for (cut, likelihood) in [(false, Likelihood::Likely), (true, Likelihood::Possible)] {
        let mut flow = flow.clone();
        if cut {
            (flow.from_client.end, flow.from_server.end, flow.cut) = (None, None, true);
        }
        let told = report(flow, &recorded);
        let accused = told.causes.iter().find(|cause| cause.code == CauseCode::ServerNotConforming);
        let accused = accused.expect("it is possible");
        assert_eq!(accused.likelihood, likelihood, "{accused:?}");
        assert_eq!(accused.against.iter().any(|text| text.contains("the capture ends here")), cut);
    }
}

/// A MAC of the client's that does not fit is for its server to judge.
#[tokio::test(start_paused = true)]
async fn a_message_of_a_client_of_standard_security_that_does_not_open_accuses_no_server() {
    let (flow, recorded) = captured("standard-security-license").await;
    let whole = watched(&flow, &recorded);
    assert_eq!(whole.watched.expect("it was watched").opened, Some(true));
    // Client Info, with the password in it, is the longest that a client encrypts here.
    let ends = flow.from_client.marks.iter().skip(1).map(|mark| mark.offset);
    let lengths = flow.from_client.marks.iter().map(|mark| mark.offset).zip(ends);
    let (begin, end) = lengths.skip(2).max_by_key(|(begin, end)| end - begin).expect("Client Info");
    let mut changed = flow.clone();
    changed.from_client.bytes[(begin + end) / 2] ^= 1;
    let told = report(changed, &recorded);
    assert_eq!(told.verdict.outcome, Outcome::Stopped, "{}", told.verdict.summary);
    assert!(told.verdict.summary.contains("does not open"), "{}", told.verdict.summary);
    // What is said of how the server negotiates is no matter of this message.
    let of_answer = [CauseCode::ServerNotConforming, CauseCode::StreamAltered];
    assert!(
        !told.causes.iter().any(|cause| of_answer.iter().any(|code| cause.code == *code)),
        "{:?}",
        told.causes
    );
}
