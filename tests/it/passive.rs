//! What a connection shows to whoever only watches it is what its client reports: the same phase, kind, code and certificate.

mod lacking;

use rdptrace::{
    Report, Target, Tracer,
    codes::Phase,
    diagnose,
    internal::{
        certificate::Roots,
        demo::{FAULTS, Fault},
        flow::{End, Flow, How, KeyLog, Reset},
        net::{Recorded, Recording},
        passive::{Attempts, Known, Watched, walk},
    },
    report::{Connection, FindingCode, Status, Summary},
    settings::Experiments,
};

use crate::{
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
    let (flow, _) = captured("credssp-close-after-authenticate").await;
    let roots = Roots::new(Ok(Vec::new()));
    let keys = KeyLog::default();
    let blind = walk(&flow, &Known { keys: &keys, roots: &roots, server_name: None });
    let credssp = blind.phases.credssp.expect("a phase");
    assert_eq!(credssp.status, Status::Unseen);
    let inferred = credssp.inferred.expect("what sizes and times say");
    assert!(inferred.contains("the size of an AUTHENTICATE"), "{inferred}");
    assert!(blind.phases.mcs.is_none());
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
