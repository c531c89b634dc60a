//! Every fault of the demo server is localised to the phase, kind and code that its row names.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use rdptrace::{
    Report, Settings, Target, Tracer,
    codes::Phase,
    internal::{
        demo::{self, Expect, FAULTS, Fault},
        net::Recording,
    },
    render,
    report::{Outcome, Purpose},
    settings::{Account, Experiments, Security},
};

use tokio::sync::OnceCell;

use crate::{
    lab::{Lab, fault},
    passive,
};

/// Lines of a screen, on which whoever has to act at once reads where it ends, why and what to do.
pub(crate) const SCREEN: usize = 42;

/// The settings under which the rows of the table hold.
pub(crate) fn settings() -> Settings {
    let account = Account::new(demo::USER, demo::PASSWORD);
    Settings::default()
        .account(Some(account))
        .until(Some(Phase::Licensing))
        .server_name(Some(demo::DNS_COMPUTER.to_owned()))
}

/// The same, as deep as this fault wants it.
pub(crate) fn settings_for(fault: Option<&'static Fault>) -> Settings {
    let until = fault.map_or(Phase::Licensing, Fault::depth);
    let screenshot = fault.is_some_and(Fault::is_in_session);
    settings().until(Some(until)).take_session(true).screenshot(screenshot)
}

/// The same in this network. A password is only sent to a server that is known.
fn settings_in(lab: &Lab, fault: Option<&'static Fault>) -> Settings {
    let settings = settings_for(fault);
    match fault.is_some_and(Fault::logs_on) {
        true => settings.security(Security::Tls).log_on(true).expected_thumbprint(Some(lab.thumbprint())),
        false => settings,
    }
}

/// One fault of everything that a row expects, for what costs a trace of its own for each.
pub(crate) fn unlike() -> impl Iterator<Item = &'static Fault> {
    let mut seen = BTreeSet::new();
    let expected =
        |expect: &'static Expect| (expect.phase, expect.kind, expect.code, expect.finding, expect.cause);
    FAULTS.iter().filter(move |fault| seen.insert(expected(&fault.expect)))
}

pub(crate) async fn trace(fault: Option<&'static Fault>, settings: &Settings) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, settings, &Lab::of(fault)).run().await
}

/// What a trace of this fault tells under the settings of its row. Many tests read the same reports, so each is made once.
pub(crate) async fn told_of(fault: Option<&'static Fault>) -> Report {
    both_of(fault).await.0
}

/// The same, and what a record of that trace tells.
pub(crate) async fn both_of(fault: Option<&'static Fault>) -> Both {
    let name = fault.map_or("", |fault| fault.name);
    let made = Arc::clone(TOLD.lock().expect("nothing panics while it is held").entry(name).or_default());
    let make = async || {
        let (lab, target) = (Lab::of(fault), "rdsh01.corp.example".parse().expect("a target"));
        let recording = Recording::of(&lab);
        let live = Tracer::new(&target, &settings_in(&lab, fault), &recording).run().await;
        (live, passive::read(&recording.take()))
    };
    made.get_or_init(make).await.clone()
}

/// A report, and that of the record.
type Both = (Report, Report);

/// The reports by the name of their fault.
static TOLD: Mutex<BTreeMap<&str, Arc<OnceCell<Both>>>> = Mutex::new(BTreeMap::new());

pub(crate) fn lines(report: &Report) -> usize {
    let mut page = Vec::new();
    render::text(report, &mut page).expect("memory takes everything");
    String::from_utf8(page).expect("text").lines().count()
}

/// What is wrong with a report, measured by a row of the table.
fn difference(report: &Report, expect: &Expect) -> Option<String> {
    let verdict = &report.verdict;
    let phase = verdict.phase.map_or("", Phase::name);
    let failure = verdict.failure.as_ref();
    let kind = failure.map_or("", |failure| failure.kind.name());
    let code = failure.and_then(|failure| failure.code);
    let finding =
        expect.finding.is_none_or(|code| report.findings.iter().any(|found| found.code.as_str() == code));
    let same_place = expect.kind.is_empty() && expect.phase.is_empty() || phase == expect.phase;
    let same_code = expect.code.is_none_or(|expected| code == Some(expected.into()));
    let cause = report.causes.first().map(|cause| cause.code.as_str());
    let right = same_place && kind == expect.kind && same_code && finding && cause == expect.cause;
    (!right).then(|| format!("{phase} {kind} {code:?} by {cause:?} in place of {expect:?}"))
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_macros, reason = "the figure is for whoever runs the tests")]
async fn every_fault_is_found_where_it_is_with_its_cause() {
    let mut wrong = Vec::new();
    for fault in FAULTS {
        let report = told_of(Some(fault)).await;
        wrong.extend(difference(&report, &fault.expect).map(|text| format!("{}: {text}", fault.name)));
        let lines = lines(&report);
        wrong.extend((lines > SCREEN).then(|| format!("{}: {lines} lines of text", fault.name)));
    }
    let found = FAULTS.len() - wrong.len();
    println!("{found} of {} faults are found: phase, kind, code and first cause", FAULTS.len());
    assert!(wrong.is_empty(), "{found} of {} faults are found: {wrong:#?}", FAULTS.len());
}

#[tokio::test(start_paused = true)]
async fn a_failed_phase_is_never_without_an_error_finding() {
    for fault in FAULTS {
        let report = told_of(Some(fault)).await;
        if report.verdict.outcome == Outcome::Aborted {
            let explained =
                report.findings.iter().any(|found| found.severity == rdptrace::report::Severity::Error);
            assert!(explained, "{}", fault.name);
        }
    }
}

/// A silent, a trickling and a flooding server end within the phase's time, in virtual time to the millisecond.
#[tokio::test(start_paused = true)]
async fn servers_that_never_answer_end_at_the_phase_deadline() {
    let silent = [
        "negotiate-silence",
        "negotiate-trickle",
        "tls-silence",
        "credssp-silence",
        "mcs-silence",
        "licensing-silence",
        "message-channel-flood",
        "unknown-channel-flood",
        "activate-silence",
        "finalization-silence",
        "activate-flood",
    ];
    for name in silent {
        let settings = settings_for(Some(fault(name))).experiments(Experiments::Off);
        let report = trace(Some(fault(name)), &settings).await;
        let elapsed = report.trace.elapsed_ms.0;
        assert!((10_000.0..10_300.0).contains(&elapsed), "{name} took {elapsed} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_the_run_cuts_the_phase_short() {
    let settings = settings().deadline(std::time::Duration::from_secs(3));
    let report = trace(Some(fault("mcs-silence")), &settings).await;
    let elapsed = report.trace.elapsed_ms.0;
    assert!((3_000.0..3_300.0).contains(&elapsed), "{elapsed}");
}

/// Two at once from the tenth second on, three seconds each: the last two are cut short, and the others not begun.
#[tokio::test(start_paused = true)]
async fn no_experiment_begins_after_the_deadline_of_the_run() {
    let settings = settings().deadline(std::time::Duration::from_secs(15));
    let report = trace(Some(fault("negotiate-silence")), &settings).await;
    let connections = &report.trace.connections;
    assert_eq!(connections.len(), 1 + 4);
    assert!(connections.iter().all(|made| made.phases.connect.as_ref().is_some_and(|c| c.failure.is_none())));
    assert!((15_000.0..15_300.0).contains(&report.trace.elapsed_ms.0), "{}", report.trace.elapsed_ms.0);
}

/// A server that wants a client certificate says so after a handshake of TLS 1.3; what ends sooner proves nothing.
#[tokio::test(start_paused = true)]
async fn experiments_wait_for_an_alert_that_comes_after_the_handshake() {
    let report = trace(Some(fault("tls-client-certificate")), &settings()).await;
    let repeats = report.trace.connections.iter().filter(|made| made.purpose.to_string().contains("repeat-"));
    let failed = repeats.map(|made| made.phases.tls.as_ref().is_some_and(|tls| tls.failure.is_some()));
    assert_eq!(failed.collect::<Vec<_>>(), [true; 5]);
}

/// The record of frames stays small however long a server goes on.
#[tokio::test(start_paused = true)]
async fn a_flood_leaves_a_bounded_report() {
    let report = trace(Some(fault("unknown-channel-flood")), &settings()).await;
    let connection = &report.trace.connections[0];
    assert_eq!(connection.frames.len(), 48);
    assert!(connection.frames_omitted > 1000, "{}", connection.frames_omitted);
}

#[tokio::test(start_paused = true)]
async fn the_retry_offers_what_the_server_demanded_and_the_verdict_describes_it() {
    let report = trace(Some(fault("standard-security-only")), &settings()).await;
    let purposes: Vec<Purpose> = report.trace.connections.iter().map(|c| c.purpose.clone()).collect();
    assert_eq!(purposes, [Purpose::Main, Purpose::Retry]);
    assert_eq!((report.verdict.outcome, report.verdict.reached), (Outcome::Passed, Some(Phase::Licensing)));
    let asked = &report.trace.connections[1].phases.negotiate.as_ref().expect("negotiated").evidence;
    assert_eq!(asked.requested_code, 0);
}

#[tokio::test(start_paused = true)]
async fn without_auto_there_is_no_retry() {
    let settings = settings().security(rdptrace::settings::Security::Tls);
    let report = trace(Some(fault("standard-security-only")), &settings).await;
    assert_eq!(report.trace.traced().count(), 1);
    assert_eq!(report.verdict.phase, Some(Phase::Negotiate));
}
