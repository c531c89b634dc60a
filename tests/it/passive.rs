//! What a connection shows to whoever only watches it is what its client reports: the same phase, kind, code and certificate.

use rdptrace::{
    Report, Target, Tracer,
    codes::Phase,
    diagnose,
    internal::{
        certificate::Roots,
        demo::{FAULTS, Fault},
        flow::{End, Flow, How, KeyLog, Reset, Side, Stream},
        net::{Recorded, Recording},
        passive::{Attempts, Known, Watched, walk},
    },
    report::{Connection, FindingCode, Outcome, Status, Summary},
    settings::Experiments,
};

use crate::{
    capture::Chance,
    faults::settings_for,
    lab::{Lab, fault},
};

/// A trace of this fault without experiments, and what was recorded of it.
async fn recorded(fault: Option<&'static Fault>) -> (Vec<Connection>, Recorded) {
    let lab = Lab::of(fault);
    let recording = Recording::of(&lab);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let settings = settings_for(fault).experiments(Experiments::Off);
    let report = Tracer::new(&target, &settings, &recording).run().await;
    (report.trace.connections, recording.take())
}

/// The phase, the kind and the code of a failure.
type Ending = (Phase, &'static str, Option<i64>);

/// What matters of a connection: how far it got, and what ended it.
fn told(connection: &Connection) -> (Vec<Phase>, Option<Ending>) {
    let summaries = connection.phases.summaries();
    let passed =
        summaries.iter().filter(|seen| seen.status == Status::Passed && seen.phase != Phase::Resolve);
    let failed = summaries.iter().find(|seen| seen.status == Status::Failed);
    let failure = |seen: &Summary<'_>| {
        let failure = seen.failure.expect("a failure");
        (seen.phase, failure.kind.name(), failure.code)
    };
    (passed.map(|seen| seen.phase).collect(), failed.map(failure))
}

fn thumbprint(connection: &Connection) -> Option<&str> {
    let tls = connection.phases.tls.as_ref()?;
    tls.evidence.thumbprints.as_ref().map(|prints| prints.sha1.as_str())
}

fn watched(flow: &Flow, recorded: &Recorded) -> Connection {
    let roots = Roots::new(Ok(Vec::new()));
    walk(flow, &Known { keys: &recorded.keys, roots: &roots, server_name: None })
}

/// Why a watcher cannot see what the client did: it lacks a key of the client's, or it cannot know what the client makes of it.
fn unseen(fault: &str, failure: Option<&str>) -> bool {
    let without_key = fault.starts_with("standard-security-");
    let by_client = matches!(failure, Some("key_binding" | "security_unsupported"));
    without_key || by_client || MADE_BY_CLIENT.contains(&fault)
}

/// The client cannot make a proof, or finds out only with its own secret that the server's is none.
const MADE_BY_CLIENT: [&str; 4] = [
    "challenge-target-info-outside",
    "challenge-target-name-outside",
    "key-binding-short",
    "key-binding-empty",
];

/// How what was watched differs from what the client reports; none if it does not.
fn difference(live: &Connection, watched: &Connection) -> Option<String> {
    let (of_client, of_watcher) = (told(live), told(watched));
    let same = match &of_client.1 {
        Some(_) => of_client == of_watcher,
        // Where the client ended by its own choice, what it had passed was seen to pass.
        None => of_watcher.1.is_none() && of_client.0.iter().all(|phase| of_watcher.0.contains(phase)),
    };
    let certificate = thumbprint(live) == thumbprint(watched);
    (!same || !certificate).then(|| format!("{of_client:?} {of_watcher:?} certificate {certificate}"))
}

/// The report of a connection whose flow was changed.
fn report(flow: Flow, recorded: &Recorded) -> Report {
    let connection = watched(&flow, recorded);
    let (client, server) = (flow.client.ip(), flow.server);
    let mut attempts = Attempts::default();
    attempts.add(Watched { connection, client, server, began: flow.began, last: flow.last });
    diagnose(attempts.finish().pop().expect("one attempt"))
}

/// The demo's flow, as a capture would hold it: with packets that were counted.
pub(crate) async fn captured(name: &'static str) -> (Flow, Recorded) {
    let (_, mut recorded) = recorded(Some(fault(name))).await;
    let mut flow = recorded.flows.remove(0);
    flow.packet = 1;
    for stream in [&mut flow.from_client, &mut flow.from_server] {
        (stream.packets.count, stream.packets.ttl) = (5, Some(128));
        (stream.packets.mac, stream.packets.longest_acknowledged) = (Some([2, 0, 0, 0, 0, 1]), 200);
    }
    (flow, recorded)
}

/// A RST in the server's name, of which these differ from the server's packets.
async fn reset(change: impl FnOnce(&mut Reset)) -> Report {
    let (mut flow, recorded) = captured("tls-close").await;
    let end = flow.from_server.end.expect("the server closes");
    flow.from_server.end = Some(End { how: How::Rst, ..end });
    let mut reset = Reset { ttl: 128, mac: flow.from_server.packets.mac, ..Reset::default() };
    change(&mut reset);
    flow.from_server.packets.reset = Some(reset);
    report(flow, &recorded)
}

/// One that another machine sent.
pub(crate) async fn reset_on_the_way() -> Report {
    reset(|reset| (reset.ttl, reset.mac) = (63, Some([2, 0, 0, 0, 0, 9]))).await
}

fn has(report: &Report, code: FindingCode) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

/// What differs, and what makes it so.
type Change = (&'static str, fn(&mut Reset));

#[tokio::test(start_paused = true)]
async fn a_reset_is_of_the_path_only_if_more_than_its_ttl_says_so() {
    let of_path = reset_on_the_way().await;
    assert!(has(&of_path, FindingCode::ResetFromThePath));
    assert_eq!(of_path.causes.first().map(|cause| cause.code.as_str()), Some("reset-from-the-path"));
    assert_eq!(of_path.trace.connections[0].ended_by.as_ref().map(|ended| ended.side.as_str()), Some("path"));
    let changes: [Change; 3] = [
        ("only the TTL", |reset| reset.ttl = 63),
        ("only the address", |reset| reset.mac = Some([2, 0, 0, 0, 0, 9])),
        ("nothing", |_| {}),
    ];
    for (what, change) in changes {
        let report = reset(change).await;
        assert!(!has(&report, FindingCode::ResetFromThePath), "{what}");
        assert_eq!(
            report.trace.connections[0].ended_by.as_ref().map(|ended| ended.side.as_str()),
            Some("server"),
            "{what}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_capture_lacks_is_told_and_nobody_is_blamed_for_it() {
    let (mut cut, recorded) = captured("negotiate-silence").await;
    (cut.from_client.end, cut.from_server.end, cut.cut) = (None, None, true);
    cut.watched = cut.from_client.marks.last().map_or(cut.began, |mark| mark.at);
    let told = report(cut.clone(), &recorded);
    assert!(has(&told, FindingCode::CaptureCut));
    assert_eq!(told.verdict.outcome, Outcome::Stopped, "{}", told.verdict.summary);

    let (mut gap, recorded) = captured("tls-silence").await;
    gap.from_server.bytes.truncate(10);
    gap.from_server.miss(500);
    let told = report(gap, &recorded);
    assert!(has(&told, FindingCode::CaptureHasGaps));
    assert_eq!(told.verdict.outcome, Outcome::Stopped, "{}", told.verdict.summary);

    let mut one_sided = cut;
    one_sided.from_server = Stream::default();
    one_sided.watched = one_sided.last + 60_000_000_000;
    let told = report(one_sided, &recorded);
    assert!(has(&told, FindingCode::CaptureOneSided));
    assert_eq!(told.verdict.outcome, Outcome::Stopped, "{}", told.verdict.summary);
}

#[tokio::test(start_paused = true)]
async fn long_segments_that_are_lost_are_the_paths() {
    let (mut flow, recorded) = captured("tls-silence").await;
    flow.from_server.packets.lost = Some((1460, 4));
    let lost = report(flow.clone(), &recorded);
    assert!(has(&lost, FindingCode::PathDropsLargePackets));
    assert_eq!(lost.causes.first().map(|cause| cause.code.as_str()), Some("path-drops-large-packets"));
    // Short ones are lost too, or it was sent once: nothing says that the length matters.
    for (length, sent) in [(150, 4), (1460, 1)] {
        flow.from_server.packets.lost = Some((length, sent));
        assert!(
            !has(&report(flow.clone(), &recorded), FindingCode::PathDropsLargePackets),
            "{length} {sent}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_keys_what_is_inside_tls_is_unseen_and_never_passed() {
    let (flow, recorded) = captured("credssp-close-after-authenticate").await;
    let roots = Roots::new(Ok(Vec::new()));
    let keys = KeyLog::default();
    let blind = walk(&flow, &Known { keys: &keys, roots: &roots, server_name: None });
    let credssp = blind.phases.credssp.expect("a phase");
    assert!(matches!(credssp.status, Status::Unseen | Status::Failed) && credssp.inferred.is_some());
    assert!(blind.phases.mcs.is_none());
    let _ = recorded;
}

/// The stream without the bytes that came with this mark.
fn without(stream: &Stream, lost: usize) -> Stream {
    let mut kept = Stream { end: stream.end, packets: stream.packets.clone(), ..Stream::default() };
    for (index, mark) in stream.marks.iter().enumerate() {
        let end = stream.marks.get(index + 1).map_or(stream.bytes.len(), |next| next.offset);
        let bytes = &stream.bytes[mark.offset..end];
        match index == lost {
            true => kept.miss(bytes.len() as u64),
            false => kept.push(bytes, mark.at, mark.packet),
        }
    }
    kept
}

/// A capture that lost a packet of a connection that works accuses nobody, whichever packet it was.
#[tokio::test(start_paused = true)]
async fn a_packet_that_the_capture_lost_is_nobodys_failure() {
    let (_, recorded) = recorded(None).await;
    let flow = &recorded.flows[0];
    for side in [Side::Client, Side::Server] {
        for lost in 0..flow.stream(side).marks.len() {
            let mut changed = flow.clone();
            *changed.stream_mut(side) = without(flow.stream(side), lost);
            let report = report(changed, &recorded);
            assert!(has(&report, FindingCode::CaptureHasGaps), "{side:?} {lost}");
            assert_ne!(
                report.verdict.outcome,
                Outcome::Aborted,
                "{side:?} {lost}: {}",
                report.verdict.summary
            );
            assert!(report.causes.is_empty(), "{side:?} {lost}: {:?}", report.causes);
        }
    }
}

/// Bytes, marks and gaps of a stream, changed at random.
fn damaged(stream: &mut Stream, chance: &mut Chance) {
    for _ in 0..chance.below(8) {
        match (chance.below(4), stream.bytes.len()) {
            (_, 0) => {}
            (0, length) => stream.bytes.truncate(chance.below(length)),
            (1, _) => stream.miss(1 + chance.below(2000) as u64),
            (_, length) => stream.bytes[chance.below(length)] = chance.next() as u8,
        }
    }
    stream.marks.retain(|mark| mark.offset < stream.bytes.len());
    stream.gaps.retain(|gap| gap.offset <= stream.bytes.len());
}

#[tokio::test(start_paused = true)]
async fn what_is_damaged_is_read_without_a_panic() {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for name in ["nla-required", "licensing-close", "activate-garbage", "redirect", "session-flood"] {
        let (flow, recorded) = captured(name).await;
        for _ in 0..60 {
            let mut changed = flow.clone();
            damaged(&mut changed.from_client, &mut chance);
            damaged(&mut changed.from_server, &mut chance);
            let connection = watched(&changed, &recorded);
            assert!(connection.frames.len() <= 48, "{name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_watches_sees_what_the_client_reports() {
    let mut wrong = Vec::new();
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let name = fault.map_or("healthy", |fault| fault.name);
        let (connections, recorded) = recorded(fault).await;
        let opened = connections.iter().filter(|made| {
            made.phases.connect.as_ref().is_some_and(|connect| connect.status == Status::Passed)
        });
        for (live, flow) in opened.zip(&recorded.flows) {
            let failure = told(live).1.map(|(_, kind, _)| kind);
            if unseen(name, failure) {
                continue;
            }
            let watched = watched(flow, &recorded);
            wrong.extend(difference(live, &watched).map(|how| format!("{name}: {how}")));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), FAULTS.len(), wrong.join("\n"));
}
