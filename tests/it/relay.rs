//! `rdptrace relay`: no byte is changed, each end is passed on as it was, and the report is that of the client.

mod gateway;
mod network;
mod program;
mod sentences;
mod server_key;
mod tcp;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rdptrace::{
    Network, Report, Settings, Target, Tracer,
    codes::Phase,
    internal::{
        demo::{self, FAULTS, Fault},
        relay::{Keys, Relay},
    },
    report::{Connection, Credentials, EndSide, Outcome, Selected, Status, Summary},
    settings::Experiments,
};
use tokio::io::{AsyncWriteExt as _, duplex};

pub(crate) use self::sentences::about_us;

use self::network::{Relayed, Secrets, serve};
use crate::{
    faults::settings_for,
    lab::{Answer, Lab, fault},
};

/// What a trace through a relay to this network reports, and what the relay does.
async fn through(lab: &Lab, fault: Option<&'static Fault>) -> (Report, Vec<Report>) {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    relayed(lab, &target, &target, settings_for(fault)).await
}

/// The same of a relay that leads to `reached`, and a trace of `target` with these settings.
async fn relayed(
    network: &dyn Network,
    reached: &Target,
    target: &Target,
    settings: Settings,
) -> (Report, Vec<Report>) {
    let secrets = Secrets::default();
    let known = secrets.clone();
    let keys: Keys = Arc::new(move || known.keys());
    let relay = Relay::new(reached, network, Duration::from_secs(10)).with_keys(keys);
    let (network, clients) = Relayed::new(&secrets);
    let settings = settings.experiments(Experiments::Off);
    let trace = async {
        let report = Tracer::new(target, &settings, &network).run().await;
        drop(network);
        report
    };
    tokio::join!(trace, serve(&relay, clients))
}

/// A half-open connection is held for a while only.
#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_a_hung_server_is_reported() {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let lab = Lab::of(Some(fault("negotiate-silence")));
    let relay = Relay::new(&target, &lab, Duration::from_secs(10));
    let (mut client, served) = duplex(64);
    let leaves = async {
        client.write_all(&[3, 0, 0, 19]).await.expect("it is taken");
        client.shutdown().await.expect("it ends");
    };
    let address = SocketAddr::from(([192, 0, 2, 77], 50_000));
    let (report, ()) = tokio::join!(relay.serve_one(Box::new(served), address), leaves);
    let report = report.expect("a report");
    let made = &report.trace.connections[0];
    assert!(made.ended_by.as_ref().is_some_and(|ended| ended.side == EndSide::Client), "{made:?}");
}

/// The phase, the kind and the code of a failure.
pub(crate) type Ending = (Phase, &'static str, Option<i64>);

/// What matters of a connection: how far it got, and what ended it.
pub(crate) fn told(connection: &Connection) -> (Vec<Phase>, Option<Ending>) {
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

/// Why a watcher cannot see what the client did: it lacks a key of the client's, the client does not speak what was selected, or it
/// awaits a word on its account behind the Font Map, with which a watched activation ends.
pub(crate) fn unseen(fault: &str, failure: Option<&str>) -> bool {
    let awaits = demo::find(fault).is_some_and(Fault::logs_on);
    fault.starts_with("standard-security-") || failure == Some("security_unsupported") || awaits
}

/// How what was watched differs from what the client reports; none if it does not.
pub(crate) fn difference(live: &Connection, watched: &Connection) -> Option<String> {
    let (of_client, of_watcher) = (told(live), told(watched));
    let same = match &of_client.1 {
        Some(_) => of_client == of_watcher,
        // Where the client ended by its own choice, what it had passed was seen to pass.
        None => of_watcher.1.is_none() && of_client.0.iter().all(|phase| of_watcher.0.contains(phase)),
    };
    let certificate = thumbprint(live) == thumbprint(watched);
    (!same || !certificate).then(|| format!("{of_client:?} {of_watcher:?} certificate {certificate}"))
}

/// How the judgement of what was watched differs from that of the client: whether it failed, where, and what became of the account.
fn judged_otherwise(live: &Report, watched: &Report) -> Option<String> {
    let judged = |report: &Report| {
        let verdict = &report.verdict;
        let failed = (verdict.outcome == Outcome::Aborted).then_some(verdict.phase);
        // Earlier some causes are about the program that traces.
        let cause = report.causes.first().filter(|_| verdict.phase == Some(Phase::Credssp));
        let cause = cause.map(|cause| cause.code.as_str().to_owned());
        (failed, verdict.credentials.name(), cause)
    };
    let (mut of_client, of_watcher) = (judged(live), judged(watched));
    let negotiate = live.trace.connections[0].phases.negotiate.as_ref();
    let without_nla =
        negotiate.is_some_and(|seen| matches!(seen.evidence.selected, Some(Selected::Tls | Selected::Rdp)));
    if without_nla {
        // Nothing shows whether the client has an account.
        of_client.1 = Credentials::NotAttempted.name();
    }
    let newer = live.causes.first().is_some_and(|cause| cause.code.as_str() == "newer-server");
    let same = (&of_client.0, of_client.1) == (&of_watcher.0, of_watcher.1)
        && (newer || of_client.2 == of_watcher.2);
    (!same).then(|| format!("{of_client:?} {of_watcher:?}"))
}

#[tokio::test(start_paused = true)]
async fn the_relay_reports_what_the_client_reports() {
    let mut wrong = Vec::new();
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let name = fault.map_or("healthy", |fault| fault.name);
        let (whole, watched) = through(&Lab::of(fault), fault).await;
        assert_eq!(whole.trace.connections.len(), watched.len(), "{name}");
        let is_alone = watched.len() == 1;
        for (live, report) in whole.trace.connections.iter().zip(&watched) {
            let failure = live.phases.summaries().iter().find_map(|seen| Some(seen.failure?.kind.name()));
            wrong.extend(about_us(report).map(|told| format!("{name}: {told}")));
            let watched = &report.trace.connections[0];
            if !unseen(name, failure) {
                wrong.extend(difference(live, watched).map(|how| format!("{name}: {how}")));
                if is_alone {
                    wrong.extend(judged_otherwise(&whole, report).map(|how| format!("{name}: {how}")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), FAULTS.len(), wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn how_the_server_was_reached_is_told_as_by_a_trace() {
    for (answer, kind) in
        [(Answer::Refused, "refused"), (Answer::Unreachable, "unreachable"), (Answer::Silent, "timeout")]
    {
        let (live, watched) = through(&Lab::answering(answer), None).await;
        // The client reached the relay, and was reset when the server could not be reached or gave up before.
        assert_eq!(live.verdict.outcome, Outcome::Aborted, "{kind}");
        let connection = &watched[0].trace.connections[0];
        let connect = connection.phases.connect.as_ref().expect("TCP was tried");
        assert_eq!(connect.status, Status::Failed);
        assert_eq!(serde_json::to_value(connect.evidence.attempts[0].result).expect("JSON"), kind);
        assert_eq!(connect.failure.as_ref().map(|failure| failure.kind.name()), Some(kind));
        assert_eq!(watched[0].verdict.phase, Some(Phase::Connect));
        assert!(connection.phases.negotiate.is_none());
    }
}
