//! Without keys a refused account is told by the sizes and times of the records, as likely and never as certain.

use rdptrace::{
    Report,
    codes::Phase,
    internal::{
        demo::FAULTS,
        flow::{End, Flow, How, KeyLog, Mark, Reset, Vain},
    },
    report::{Credentials, FailureKind, FindingCode, Likelihood, Outcome, Speaker, Status},
};

use super::{captured, has, read, recorded, report};
use crate::{faults::told_of, lab::fault};

/// What a capture without keys shows of a fault.
async fn blind(name: Option<&'static str>) -> Report {
    let mut recorded = recorded(name.map(fault)).await;
    recorded.keys = KeyLog::default();
    read(&recorded)
}

#[tokio::test(start_paused = true)]
async fn a_refused_account_never_reads_as_success() {
    let mut wrong = Vec::new();
    for fault in FAULTS.iter().filter(|fault| fault.expect.phase == "credssp") {
        let live = told_of(Some(fault)).await;
        // What the client itself finds wrong is its own knowledge, and so is a result of four bytes after which it leaves.
        let of_client =
            matches!(fault.expect.kind, "key_binding" | "malformed" | "early_auth_denied" | "disconnect");
        if live.verdict.credentials == Credentials::NotAttempted || of_client {
            continue;
        }
        let seen = blind(Some(fault.name)).await;
        let told = |report: &Report| {
            let kind = report.verdict.failure.as_ref().map(|failure| failure.kind);
            // An alert that nobody can read looks like a goodbye.
            let kind =
                kind.map(|kind| if kind == FailureKind::TlsAlert { FailureKind::Closed } else { kind });
            (report.verdict.outcome, report.verdict.phase, kind)
        };
        let is_sure = seen.causes.iter().any(|cause| cause.likelihood == Likelihood::Certain);
        let is_silent = seen.causes.is_empty() || seen.findings.is_empty();
        if told(&live) != told(&seen) || is_sure || is_silent {
            wrong.push(format!("{}: {:?} {:?} {:?}", fault.name, told(&live), told(&seen), seen.causes));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A client that is denied leaves, and so does one that only tests the account.
#[tokio::test(start_paused = true)]
async fn a_denial_after_which_the_server_leaves_is_told_and_else_left_open() {
    let mut recorded = recorded(Some(fault("early-authorization-denied"))).await;
    recorded.keys = KeyLog::default();
    let flow = &mut recorded.flows[0];
    let last = flow.from_server.marks.iter().rfind(|mark| flow.from_server.bytes[mark.offset + 4] == 21);
    let last = *last.expect("a result of four bytes");
    flow.from_server.bytes.truncate(last.offset + 26);
    let open = read(&recorded);
    let credssp = open.trace.connections[0].phases.credssp.as_ref().expect("it was entered");
    assert_eq!(credssp.status, Status::Unseen);
    assert!(credssp.inferred.as_ref().is_some_and(|text| text.contains("denied")), "{:?}", credssp.inferred);

    let flow = &mut recorded.flows[0];
    flow.from_server.end = Some(End { how: How::Fin, at: last.at, packet: last.packet });
    let client = &mut flow.from_client;
    let goodbye = client.marks.pop_if(|last| client.bytes.len() - last.offset == 24).expect("an alert");
    client.bytes.truncate(goodbye.offset);
    let told = read(&recorded);
    assert_eq!(told.verdict.failure.as_ref().map(|failure| failure.kind.name()), Some("early_auth_denied"));
    let first = &told.causes[0];
    assert_eq!((first.code.as_str(), first.likelihood), ("logon-right-missing", Likelihood::Likely));

    // Who neither leaves nor goes on says nothing.
    let flow = &mut recorded.flows[0];
    (flow.from_server.end, flow.from_client.end) = (None, None);
    let open = read(&recorded);
    let credssp = open.trace.connections[0].phases.credssp.as_ref().expect("it was entered");
    assert_eq!(credssp.status, Status::Unseen);
}

/// What a path that ends a connection does to what nobody sees.
#[tokio::test(start_paused = true)]
async fn what_is_cut_on_the_way_fails_in_the_phase_that_sizes_show() {
    let cases = [
        ("credssp-silence", 0, Some(Phase::Credssp)),
        ("mcs-close", 0, Some(Phase::Mcs)),
        ("licensing-silence", 0, Some(Phase::Mcs)),
        ("session-flood", 0, None),
        // What is missing may have been a session.
        ("mcs-close", 100, None),
    ];
    for (name, missing, phase) in cases {
        let (mut flow, mut recorded) = captured(name).await;
        recorded.keys = KeyLog::default();
        if missing > 0 {
            flow.from_server.miss(missing);
        }
        for (forged, code) in
            [(true, FindingCode::ResetFromThePath), (false, FindingCode::PacketsNeverArrive)]
        {
            let mut flow = flow.clone();
            let end = End { how: How::Rst, at: flow.last, packet: 900 };
            if forged {
                (flow.from_client.end, flow.from_server.end) = (None, Some(end));
                let mac = Some([2, 0, 0, 0, 0, 9]);
                flow.from_server.packets.reset = Some(Reset { ttl: 63, mac, ..Reset::default() });
            } else {
                let mut sent = Vain::once(69, flow.last, 900);
                (1..6).for_each(|times| sent.again(flow.last + times * 1_000_000_000, 900 + times as u64));
                (flow.from_client.end, flow.from_server.end) = (None, None);
                flow.from_client.packets.in_vain = Some(sent);
            }
            let told = report(flow, &recorded);
            assert!(has(&told, code), "{name}: {:?}", told.findings);
            assert_eq!(
                told.verdict.phase.filter(|_| told.verdict.outcome == Outcome::Aborted),
                phase,
                "{name}"
            );
            let failure = told.verdict.failure.as_ref();
            assert_eq!(failure.map(|failure| failure.speaker), phase.map(|_| Speaker::Path), "{name}");
            let made = &told.trace.connections[0].phases;
            let inferred = made.mcs.as_ref().and_then(|mcs| mcs.inferred.as_ref());
            let inferred = inferred.or(made.credssp.as_ref().and_then(|credssp| credssp.inferred.as_ref()));
            assert!(inferred.is_some(), "{name}");
            assert!(told.causes.iter().all(|cause| cause.likelihood != Likelihood::Certain), "{name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_possible_and_what_else_has_its_size_is_told() {
    let report = blind(Some("logon-failure")).await;
    let verdict = &report.verdict;
    assert_eq!((verdict.outcome, verdict.phase), (Outcome::Aborted, Some(Phase::Credssp)));
    assert_eq!(verdict.reached, Some(Phase::Tls));
    assert_eq!(verdict.credentials, Credentials::NotVerifiable);
    let failure = verdict.failure.as_ref().expect("a refusal");
    assert_eq!((failure.kind.name(), failure.code), ("nt_status", None));
    let first = &report.causes[0];
    assert_eq!((first.code.as_str(), first.likelihood), ("credentials-wrong", Likelihood::Possible));
    assert!(first.because.iter().any(|line| line.contains("AUTHENTICATE")), "{:?}", first.because);
    assert!(first.against.iter().any(|line| line.contains("every status")), "{:?}", first.against);
    let others: Vec<&str> = report.causes[1..].iter().map(|cause| cause.code.as_str()).collect();
    assert!(others.contains(&"domain-controller-unreachable"), "{others:?}");
}

/// The same, as if the server's tickets had come before what its client says first.
fn with_early_tickets(mut flow: Flow) -> Flow {
    const APART: u64 = 10;
    let Flow { from_client, from_server, .. } = &mut flow;
    for mark in from_client.marks.iter_mut().chain(&mut from_server.marks) {
        mark.packet *= APART;
    }
    for end in [&mut from_client.end, &mut from_server.end].into_iter().flatten() {
        end.packet *= APART;
    }
    let sealed = |mark: &&Mark| from_client.bytes[mark.offset] == 23;
    let finished = *from_client.marks.iter().find(sealed).expect("a Finished");
    let after = from_server.marks.iter().position(|mark| mark.order() > finished.order()).expect("tickets");
    let ticket = from_server.marks[after];
    let length = u16::from_be_bytes([3, 4].map(|place| from_server.bytes[ticket.offset + place]));
    let ticket = Mark { at: finished.at, packet: finished.packet + 1, ..ticket };
    from_server.marks[after].offset += 5 + usize::from(length);
    from_server.marks.insert(after, ticket);
    from_server.marks.retain(|mark| mark.offset < from_server.bytes.len());
    flow
}

/// A race decides whether tickets come before or after what the client says first, and nothing of a verdict may.
#[tokio::test(start_paused = true)]
async fn tickets_that_cross_with_the_first_message_are_no_answer_to_it() {
    for (name, kind) in [("credssp-close", "closed"), ("credssp-reset", "reset"), ("credssp-alert", "closed")]
    {
        let (flow, mut recorded) = captured(name).await;
        recorded.keys = KeyLog::default();
        for flow in [with_early_tickets(flow.clone()), flow] {
            let told = report(flow, &recorded);
            let failure = told.verdict.failure.as_ref();
            let seen = (told.verdict.phase, failure.map(|failure| failure.kind.name()));
            assert_eq!(seen, (Some(Phase::Credssp), Some(kind)), "{name}: {:?}", told.verdict);
            // Whether NTLM was answered is not known.
            assert!(told.causes.iter().all(|cause| cause.likelihood == Likelihood::Possible), "{name}");
        }
    }
}

/// What may be a ticket or an answer to which the client said nothing is told as both.
#[tokio::test(start_paused = true)]
async fn silence_after_what_may_be_a_ticket_is_left_open_until_the_round_trip_tells() {
    let (flow, mut recorded) = captured("credssp-silence").await;
    recorded.keys = KeyLog::default();
    let mut late = flow;
    let early = report(with_early_tickets(late.clone()), &recorded);
    let open = report(late.clone(), &recorded);
    let credssp = open.trace.connections[0].phases.credssp.as_ref().expect("it was entered");
    assert_eq!(credssp.status, Status::Unseen, "{:?}", credssp.failure);
    let inferred = credssp.inferred.as_ref().expect("what sizes and times say");
    assert!(inferred.contains("a session ticket of TLS 1.3 or an answer"), "{inferred}");

    late.from_client.packets.round_trip_ms = Some(20.0);
    for told in [early, report(late, &recorded)] {
        let failure = told.verdict.failure.as_ref().expect("an end");
        assert_eq!((told.verdict.phase, failure.kind.name()), (Some(Phase::Credssp), "timeout"));
    }
}

/// A client that has the server's proof and shows its user the certificate leaves as one does that was refused.
#[tokio::test(start_paused = true)]
async fn who_leaves_with_the_servers_proof_was_not_refused() {
    let report = blind(Some("key-binding-altered")).await;
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("it was entered");
    let inferred = credssp.inferred.as_ref().expect("what sizes and times say");
    assert!(inferred.ends_with("as one does that first asks about the certificate"), "{inferred}");
    assert!(!inferred.contains("refus"), "{inferred}");
}

/// Of an alert that no key opens its record tells.
#[tokio::test(start_paused = true)]
async fn a_sealed_alert_of_tls_1_2_is_told_as_one() {
    let report = blind(Some("credssp-alert-tls12")).await;
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("it was entered");
    let inferred = credssp.inferred.as_ref().expect("what sizes and times say");
    assert!(inferred.contains("the server ended the connection with an alert"), "{inferred}");
}

/// Whoever is let in goes on, and whoever only asks whether it would be leaves.
#[tokio::test(start_paused = true)]
async fn what_works_is_not_told_as_refused() {
    for name in
        [None, Some("hybrid"), Some("mcs-close"), Some("licensing-silence"), Some("key-binding-altered")]
    {
        let report = blind(name).await;
        let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("it was entered");
        assert_eq!(credssp.status, Status::Unseen, "{name:?}: {:?}", credssp.failure);
    }
}
