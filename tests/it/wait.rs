//! Waiting for a host, in virtual time: how often, how long, and what becomes of the account.

use std::{
    future::pending,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rdptrace::{
    Ended, Observer, Report, Settings, Target, Tracer,
    codes::Phase,
    render,
    report::{Connection, Credentials, FailureKind, LicensingOutcome, Outcome},
    settings::{Account, LicensePolicy, Security},
    wait,
    wait::{Next, Patience, Tried, Watcher},
};
use tokio::time::Instant;

use crate::{
    faults::settings,
    lab::{Answer, Lab, fault},
};

/// What followed each try and whether it used the account, and how many tries were issued a license.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<Vec<(Next, bool)>>, AtomicUsize);

impl Observer for Tries {
    fn phase(&self, _phase: Phase) {}
}

impl Watcher for Tries {
    fn tried(&self, tried: &Tried<'_>) {
        let mut seen = self.0.lock().expect("no test panics in here");
        seen.push((tried.next, tried.report.trace.connections.iter().any(sent_a_secret)));
        assert_eq!(tried.number, seen.len() as u64);
        let issued =
            tried.report.trace.connections.iter().filter(|connection| was_issued_a_license(connection));
        self.1.fetch_add(issued.count(), Ordering::SeqCst);
    }
}

/// Only frames with a secret are recorded without their first bytes.
fn sent_a_secret(connection: &Connection) -> bool {
    let secret = |phase| connection.frames.iter().any(|frame| frame.phase == phase && frame.head.is_none());
    secret(Phase::Credssp)
}

fn was_issued_a_license(connection: &Connection) -> bool {
    let licensing = connection.phases.licensing.as_ref();
    licensing.is_some_and(|record| record.evidence.outcome == Some(LicensingOutcome::NewLicense))
}

struct Waited {
    report: Report,
    seconds: f64,
    asked: usize,
    tries: Vec<(Next, bool)>,
    licenses: usize,
}

impl Waited {
    fn uses_of_the_account(&self) -> usize {
        self.tries.iter().filter(|(_, used)| *used).count()
    }
}

async fn waited(seconds: u64, settings: &Settings, answers: &'static [Answer]) -> Waited {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let lab = Lab::answering(Answer::InTurn(answers));
    let patience = Patience { time: Duration::from_secs(seconds), jitter: || 0.0 };
    let (tries, begin) = (Tries::default(), Instant::now());
    let report = wait(Tracer::new(&target, settings, &lab), patience, &tries, pending()).await;
    Waited {
        report: whole(report),
        seconds: begin.elapsed().as_secs_f64(),
        asked: lab.asked.load(Ordering::SeqCst),
        licenses: tries.1.load(Ordering::SeqCst),
        tries: tries.0.into_inner().expect("no test panics in here"),
    }
}

/// The report of a wait that nothing interrupts.
pub(crate) fn whole(ended: Ended) -> Report {
    let Ended::Whole(report) = ended else { panic!("it was interrupted") };
    report
}

fn without_account() -> Settings {
    settings().account(None).until(None)
}

fn faulty(name: &str) -> Answer {
    Answer::Demo(Some(fault(name)))
}

const DEMO: Answer = Answer::Demo(None);

/// Pauses of 1, 2 and 4 seconds; in virtual time a try takes none.
#[tokio::test(start_paused = true)]
async fn a_host_that_refuses_for_a_while_is_reached() {
    const REFUSED: Answer = Answer::Refused;
    let waited = waited(60, &without_account(), &[REFUSED, REFUSED, REFUSED, DEMO]).await;
    assert_eq!((waited.asked, waited.seconds), (4, 7.0));
    assert_eq!(waited.report.verdict.outcome, Outcome::Stopped);
    let wait = waited.report.trace.wait.expect("it was waited for");
    assert_eq!((wait.tries, wait.elapsed_ms.0), (4, 7000.0));
    let seen: Vec<_> = wait.timeline.iter().map(|e| (e.at_ms.0, e.phase, e.kind)).collect();
    let refused = |at| (at, Some(Phase::Connect), Some(FailureKind::Refused));
    assert_eq!(seen, [refused(0.0), refused(1000.0), refused(3000.0), (7000.0, Some(Phase::Credssp), None)]);
}

#[tokio::test(start_paused = true)]
async fn a_role_that_appears_later_is_waited_for_to_the_phase_that_was_asked_for() {
    let answers = vec![Answer::Unreachable, faulty("ssh"), faulty("license-server-missing"), DEMO].leak();
    let settings = settings().account(None).security(Security::Tls);
    let waited = waited(60, &settings, answers).await;
    assert_eq!((waited.asked, waited.seconds), (4, 7.0));
    assert_eq!(waited.report.verdict.outcome, Outcome::Passed);
    assert_eq!(waited.report.verdict.reached, Some(Phase::Licensing));
}

/// Nothing secret is sent before the server has shown its CHALLENGE; then there is one authenticated try, at once.
#[tokio::test(start_paused = true)]
async fn the_account_is_used_exactly_once_and_only_when_credssp_answers() {
    let waited = waited(60, &settings(), &[Answer::Refused, Answer::Refused, DEMO]).await;
    let again = |seconds| (Next::Again(Duration::from_secs(seconds)), false);
    assert_eq!(waited.tries, [again(1), again(2), (Next::WithAccount, false), (Next::Done, true)]);
    assert_eq!((waited.asked, waited.seconds), (4, 3.0));
    assert_eq!(waited.report.verdict.credentials, Credentials::Verified);
}

#[tokio::test(start_paused = true)]
async fn whatever_follows_the_use_of_the_account_ends_the_wait() {
    let cases = [
        ("logon-failure", Credentials::Refused),
        ("account-locked", Credentials::Refused),
        ("no-logon-servers", Credentials::NotVerifiable),
        ("credssp-close-after-authenticate", Credentials::NotVerifiable),
        ("early-authorization-denied", Credentials::Verified),
        ("mcs-refused", Credentials::Verified),
        ("license-server-missing", Credentials::Verified),
    ];
    for (name, credentials) in cases {
        let waited = waited(600, &settings(), vec![faulty(name)].leak()).await;
        assert_eq!((waited.asked, waited.uses_of_the_account()), (2, 1), "{name}");
        assert_eq!(waited.report.verdict.outcome, Outcome::Aborted, "{name}");
        assert_eq!(waited.report.verdict.credentials, credentials, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_tried_once() {
    let account = Account::new("demo", "wrong");
    let waited = waited(600, &settings().account(Some(account)), &[DEMO]).await;
    assert_eq!((waited.asked, waited.uses_of_the_account()), (2, 1));
    assert_eq!(waited.report.verdict.credentials, Credentials::Refused);
}

/// A host that goes down again before AUTHENTICATE was sent has not used the account up.
#[tokio::test(start_paused = true)]
async fn an_account_that_was_not_used_can_be_used_later() {
    let waited = waited(60, &settings(), &[DEMO, Answer::Refused, Answer::Refused, DEMO]).await;
    assert_eq!((waited.asked, waited.uses_of_the_account()), (5, 1));
    assert_eq!(waited.report.verdict.outcome, Outcome::Passed);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_nla_is_ready_when_it_passes() {
    let tls = settings().security(Security::Tls);
    let waited = waited(60, &tls, &[Answer::Refused, DEMO]).await;
    assert_eq!((waited.asked, waited.uses_of_the_account()), (3, 0));
    assert_eq!(waited.report.verdict.outcome, Outcome::Passed);
    assert!(waited.report.findings.iter().any(|finding| finding.code.as_str() == "credentials-not-verified"));
}

/// The try that finds a server without NLA ready goes no further into licensing than the default.
#[tokio::test(start_paused = true)]
async fn a_license_is_consumed_once() {
    let settings = settings().license(LicensePolicy::Complete).security(Security::Tls);
    let waited = waited(60, &settings, vec![faulty("license-request")].leak()).await;
    assert_eq!((waited.asked, waited.report.verdict.outcome), (2, Outcome::Passed));
    assert_eq!(waited.report.trace.request.license, "complete");
    assert_eq!(waited.licenses, 1);
}

/// Ten seconds of silence, pauses of 1, 2 and 4, and the last try two seconds before the end.
#[tokio::test(start_paused = true)]
async fn when_the_time_is_over_the_report_is_that_of_the_last_try() {
    let waited = waited(20, &settings(), &[Answer::Silent, Answer::Refused]).await;
    assert_eq!(waited.report.verdict.phase, Some(Phase::Connect));
    assert_eq!(waited.report.verdict.failure.as_ref().map(|f| f.kind), Some(FailureKind::Refused));
    assert_eq!(waited.report.verdict.credentials, Credentials::NotAttempted);
    assert_eq!(waited.tries.last().map(|(next, _)| *next), Some(Next::TimeOver));
    assert_eq!(waited.seconds, 18.0);
}

/// What tells a limit of this program from a fault of the host is asked after the last try.
#[tokio::test(start_paused = true)]
async fn a_failure_that_is_left_gets_its_experiments() {
    let waited = waited(10, &without_account(), vec![faulty("tls-legacy-only")].leak()).await;
    let causes: Vec<&str> = waited.report.causes.iter().map(|cause| cause.code.as_str()).collect();
    assert_eq!(causes, ["rdptrace-lacks-suites"]);
    let tries = waited.report.trace.wait.as_ref().map(|wait| wait.tries);
    assert_eq!(tries, Some(waited.tries.len() as u64));
}

#[tokio::test(start_paused = true)]
async fn a_try_lasts_no_longer_than_the_wait() {
    let waited = waited(3, &without_account(), &[Answer::Silent]).await;
    assert_eq!((waited.asked, waited.seconds), (1, 3.0));
    assert_eq!(waited.report.verdict.failure.map(|f| f.kind), Some(FailureKind::Timeout));
}

/// CredSSP does not occur without NLA, so the phase that was asked for is not reached.
#[tokio::test(start_paused = true)]
async fn a_phase_that_does_not_occur_is_not_reached() {
    let settings = without_account().until(Some(Phase::Credssp)).security(Security::Tls);
    let waited = waited(10, &settings, &[DEMO]).await;
    assert_eq!(waited.report.verdict.outcome, Outcome::Stopped);
    assert_eq!(waited.seconds, 9.0);
    let wait = waited.report.trace.wait.expect("it was waited for");
    assert!(wait.timeline.iter().all(|entry| entry.phase == Some(Phase::Tls)), "{wait:?}");
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_keeps_its_first_and_last_tries_and_pauses_fifteen_seconds() {
    let waited = waited(3600, &without_account(), &[Answer::Refused]).await;
    let wait = waited.report.trace.wait.expect("it was waited for");
    assert_eq!((wait.tries, wait.timeline.len()), (244, 30));
    let at: Vec<f64> = wait.timeline.iter().map(|entry| entry.at_ms.0 / 1000.0).collect();
    assert_eq!(at[..7], [0.0, 1.0, 3.0, 7.0, 15.0, 30.0, 45.0]);
    assert_eq!(at[27..], [3570.0, 3585.0, 3598.0]);
}

/// A test report shows how long the host took.
#[tokio::test(start_paused = true)]
async fn junit_tells_how_the_host_was_waited_for() {
    let waited = waited(60, &without_account(), &[Answer::Refused, Answer::Refused, DEMO]).await;
    let mut bytes = Vec::new();
    render::junit(&waited.report, None, &mut bytes).expect("memory takes everything");
    let text = String::from_utf8(bytes).expect("text");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).expect("a suite");
    assert_eq!(suite.attribute("time"), Some("3.00000"));
    let said = suite.last_element_child().and_then(|node| node.text()).expect("system-out");
    assert!(
        said.ends_with("waited 3.0 s, 3 tries\n0.0 s to 1.0 s: connect refused\n3.0 s: stopped in credssp"),
        "{said}"
    );
}

/// The account is for the pinned certificate alone: a server with another one is not ready for it, and no try promises it.
#[tokio::test(start_paused = true)]
async fn a_server_with_another_certificate_is_not_ready() {
    let pinned = settings().expected_thumbprint(Some("0123456789".repeat(4))).until(None);
    let waited = waited(10, &pinned, &[DEMO]).await;
    assert_eq!(waited.uses_of_the_account(), 0);
    assert!(waited.tries.iter().all(|(next, _)| *next != Next::WithAccount), "{:?}", waited.tries);
    assert_eq!((waited.tries.last().map(|(next, _)| *next), waited.seconds), (Some(Next::TimeOver), 9.0));
    assert_eq!(waited.report.verdict.credentials, Credentials::NotAttempted);
    assert!(waited.report.verdict.summary.contains("the account is kept until"), "it was given");
    assert!(
        waited.report.findings.iter().any(|found| found.code.as_str() == "certificate-thumbprint-mismatch")
    );
}

/// Jitter only makes a pause shorter, by a quarter at most.
#[tokio::test(start_paused = true)]
async fn jitter_shortens_a_pause() {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let lab = Lab::answering(Answer::InTurn(&[Answer::Refused, Answer::Refused, DEMO]));
    let patience = Patience { time: Duration::from_secs(60), jitter: || 1.0 };
    let settings = without_account();
    let tracer = Tracer::new(&target, &settings, &lab);
    let report = wait(tracer, patience, &Tries::default(), pending()).await;
    let report = whole(report);
    assert_eq!(report.trace.wait.expect("it was waited for").elapsed_ms.0, 2250.0);
    assert!((0..100).all(|_| (0.0..=1.0).contains(&rdptrace::wait::random())));
}
