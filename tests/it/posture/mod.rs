//! What a server accepts: against the demo server, and against servers that a script makes.

mod page;
mod scripted;
mod verdict;

use std::sync::atomic::Ordering;

use rdptrace::{
    Report, Settings, Tracer, diagnose, render,
    report::{Answer, Exposure, Nla, Outcome, Severity},
    settings::{Account, Experiments, Security},
};

use crate::{
    faults::{trace, unlike},
    lab::{self, Lab, fault},
    program::{Served, rdptrace, text},
};
use scripted::{Refusal, Script, Scripted};

const MODERN: Script = Script {
    versions: &[0x0303, 0x0304],
    suites: Some(&[0x1301, 0xC02F, 0xC030, 0xC027]),
    refusal: Refusal::Alert,
    patience: usize::MAX,
};

async fn of_demo(name: Option<&str>) -> Report {
    let target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, &Settings::default(), &Lab::of(name.map(fault))).posture().await
}

async fn of_script(script: Script) -> (Report, Scripted) {
    let network = Scripted::new(script);
    let target = "host.example".parse().expect("a target");
    let report = Tracer::new(&target, &Settings::default(), &network).posture().await;
    (report, network)
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// Answer, and how many suites were accepted, refused and left open, from TLS 1.0 to TLS 1.3.
fn tls(report: &Report) -> Vec<(Answer, [usize; 3])> {
    let seen = report.posture.as_ref().expect("it was asked for").tls.iter();
    seen.map(|tls| (tls.answer, [tls.accepted.len(), tls.refused.len(), tls.unknown.len()])).collect()
}

fn answers(report: &Report) -> Vec<Answer> {
    let seen = report.posture.as_ref().expect("it was asked for");
    seen.protocols.iter().map(|one| one.answer).collect()
}

const NOTHING: (Answer, [usize; 3]) = (Answer::Refused, [0, 0, 0]);

#[tokio::test(start_paused = true)]
async fn a_healthy_server_is_known_after_few_connections() {
    use Answer::{Accepted, Refused};
    let report = of_demo(None).await;
    let seen = report.posture.as_ref().expect("it was asked for");
    assert_eq!((seen.nla, seen.connections), (Nla::Offered, 17));
    assert_eq!(seen.connections, report.trace.connections.len());
    assert_eq!(answers(&report), [Refused, Accepted, Accepted, Accepted, Refused, Refused]);
    assert_eq!(tls(&report), [NOTHING, NOTHING, (Accepted, [3, 72, 0]), (Accepted, [3, 0, 0])]);
    assert_eq!((seen.credssp.version, seen.credssp.cve_2018_0886), (Some(6), Exposure::No));
    assert_eq!(seen.response_flag_names, ["EXTENDED_CLIENT_DATA_SUPPORTED"]);
    assert_eq!(seen.rdp_security, None);
    assert_eq!(codes(&report), ["nla-not-required", "certificate-self-signed"]);
    assert!(report.certificate.is_some());
}

/// A server that ends the same request now and then refuses nothing by it.
#[tokio::test(start_paused = true)]
async fn what_an_unsteady_server_ends_without_a_word_is_not_refused() {
    let report = of_demo(Some("intermittent")).await;
    for one in report.posture.as_ref().expect("it was asked for").protocols.iter() {
        assert!(one.answer != Answer::Refused || one.failure_code.is_some(), "{one:?}");
    }
}

/// Nobody gets a logon screen where TLS fails, and nobody is told so.
#[tokio::test(start_paused = true)]
async fn a_server_without_nla_is_said_to_show_a_screen_only_after_tls() {
    for (name, shows) in [(None, true), (Some("tls-reset"), false)] {
        let settings = Settings::default().security(Security::Tls).experiments(Experiments::Off);
        let report = trace(name.map(fault), &settings).await;
        let found = report.findings.iter().find(|found| found.code.as_str() == "nla-not-required");
        assert_eq!(found.expect("it is without NLA").message.contains("logon screen"), shows, "{name:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn standard_rdp_security_shows_method_and_level() {
    let report = of_demo(Some("standard-security-only")).await;
    let seen = report.posture.as_ref().expect("it was asked for");
    assert_eq!(seen.nla, Nla::Absent);
    assert_eq!(seen.rdp_security.as_ref().map(|security| (security.method, security.level)), Some((2, 2)));
    assert!(seen.tls.is_empty(), "there is no TLS to ask for");
    assert_eq!(answers(&report)[0], Answer::Accepted);
    assert!(codes(&report).contains(&"standard-rdp-security"));
    assert!(!codes(&report).contains(&"rdp-security-accepted"));
}

#[tokio::test(start_paused = true)]
async fn an_old_credssp_can_be_vulnerable() {
    let report = of_demo(Some("credssp-old-version")).await;
    let seen = report.posture.as_ref().expect("it was asked for");
    assert_eq!((seen.credssp.version, seen.credssp.cve_2018_0886), (Some(2), Exposure::Possible));
    assert_eq!(codes(&report).iter().filter(|code| **code == "credssp-unpatched").count(), 1);
}

/// Version 5 is the first with the nonce that the attack needs to lack (MS-CSSP 3.1.5).
#[tokio::test(start_paused = true)]
async fn the_first_patched_credssp_is_not_told_as_open() {
    let seen = of_demo(Some("credssp-old-version")).await.trace;
    for (version, open) in [(2, 1), (4, 1), (5, 0), (6, 0)] {
        let mut trace = seen.clone();
        let met = trace.connections.iter_mut().filter_map(|made| made.phases.credssp.as_mut());
        met.for_each(|met| met.evidence.version = Some(version));
        let report = diagnose(trace);
        let told = codes(&report).iter().filter(|code| **code == "credssp-unpatched").count();
        assert_eq!(told, open, "version {version}");
    }
}

/// An account that was given all the same goes nowhere.
#[tokio::test(start_paused = true)]
async fn no_account_is_used() {
    let account = Account::new("demo", "demo");
    let settings = Settings::default().account(Some(account));
    let target = "rdsh01.corp.example".parse().expect("a target");
    let report = Tracer::new(&target, &settings, &Lab::of(None)).posture().await;
    let credssp = report.trace.connections.iter().filter_map(|made| made.phases.credssp.as_ref());
    assert!(credssp.into_iter().all(|record| !record.evidence.attempted));
    assert!(!report.trace.request.account);
}

#[tokio::test(start_paused = true)]
async fn a_server_with_tls_only_has_no_nla() {
    use Answer::{Accepted, Refused};
    let (report, network) = of_script(MODERN).await;
    assert_eq!(answers(&report), [Refused, Accepted, Refused, Refused, Refused, Refused]);
    assert_eq!(report.posture.as_ref().map(|seen| seen.nla), Some(Nla::Absent));
    assert_eq!(tls(&report), [NOTHING, NOTHING, (Accepted, [3, 72, 0]), (Accepted, [1, 2, 0])]);
    assert_eq!(network.opened.load(Ordering::SeqCst), report.trace.connections.len());
}

/// It answers a hello of TLS 1.2 with TLS 1.0, which is no TLS 1.2.
#[tokio::test(start_paused = true)]
async fn legacy_versions_and_weak_suites_are_found() {
    let old = Script { versions: &[0x0301], suites: Some(&[0x002F, 0x000A, 0x0005]), ..MODERN };
    let (report, _) = of_script(old).await;
    assert_eq!(report.verdict.outcome, Outcome::Aborted, "no modern client can talk to it");
    assert_eq!(tls(&report), [(Answer::Accepted, [3, 13, 0]), NOTHING, NOTHING, NOTHING]);
    let said = codes(&report);
    assert!(said.contains(&"tls-legacy-only") && !said.contains(&"tls-legacy-accepted"), "{said:?}");
    assert!(!said.contains(&"unexplained-failure"), "it is explained: {said:?}");
    let weak = report.findings.iter().find(|finding| finding.code.as_str() == "tls-weak-suite-accepted");
    let said = &weak.expect("3DES and RC4 are weak").message;
    assert!(said.contains("3DES") && said.contains("RC4"), "{said}");
    // The run has answered what was asked, so only findings fail it.
    let failures = |threshold| {
        let mut xml = Vec::new();
        render::junit(&report, threshold, &mut xml).expect("memory takes everything");
        text(&xml).matches("<failure").count()
    };
    assert_eq!((failures(None), failures(Some(Severity::Error))), (0, 1));
    let state = |threshold| render::State::of(&report, threshold);
    assert_eq!((state(None), state(Some(Severity::Error))), (render::State::Ok, render::State::Critical));
}

/// The cap holds where everything is accepted, and what was not asked for is not called refused.
#[tokio::test(start_paused = true)]
async fn never_more_than_25_connections_and_two_at_once() {
    for refusal in [Refusal::Alert, Refusal::Close] {
        let greedy = Script { versions: &[0x0301, 0x0302, 0x0303, 0x0304], suites: None, ..MODERN };
        let (report, network) = of_script(Script { refusal, ..greedy }).await;
        assert_eq!(network.opened.load(Ordering::SeqCst), 25);
        assert_eq!(report.posture.as_ref().map(|seen| seen.connections), Some(25));
        assert_eq!(network.most.load(Ordering::SeqCst), 2);
        for (answer, [accepted, refused, open]) in tls(&report) {
            assert!(answer == Answer::Accepted && accepted > 0 && open > 0, "{:?}", tls(&report));
            assert_eq!(refused, 0);
        }
        assert!(codes(&report).contains(&"tls-legacy-accepted"));
        // Each kind of suite was found, the weak ones too.
        let kinds = report.posture.as_ref().expect("it was asked for").tls[2].accepted.join(" ");
        for kind in ["_ECDHE_", "_DHE_", "TLS_RSA_WITH_AES", "_3DES_", "_RC4_"] {
            assert!(kinds.contains(kind), "{kind}: {kinds}");
        }
    }
}

/// An end without a word is a refusal only if the server still answers afterwards, for which it is asked again.
#[tokio::test(start_paused = true)]
async fn a_server_that_closes_without_a_word_refuses() {
    let (report, _) = of_script(Script { refusal: Refusal::Close, ..MODERN }).await;
    assert_eq!(
        tls(&report),
        [NOTHING, NOTHING, (Answer::Accepted, [3, 72, 0]), (Answer::Accepted, [1, 2, 0])]
    );
    let mut purposes = report.trace.connections.iter().map(|made| made.purpose.to_string());
    let last = purposes.rfind(|purpose| purpose.starts_with("posture:"));
    assert_eq!(last.as_deref(), Some("posture:tls-again"));
}

/// A server that has had enough refuses nothing.
#[tokio::test(start_paused = true)]
async fn a_server_that_stops_to_answer_is_unknown() {
    let (report, network) = of_script(Script { patience: 8, ..MODERN }).await;
    let unknown = (Answer::Unknown, [0, 0, 0]);
    assert_eq!(tls(&report), [unknown, unknown, (Answer::Accepted, [1, 0, 74]), unknown]);
    assert!(network.opened.load(Ordering::SeqCst) < 25);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_speak_rdp_is_left_alone() {
    let report = of_demo(Some("ssh")).await;
    assert_eq!(report.trace.connections.len(), 1);
    let closed = Lab::answering(lab::Answer::Refused);
    let target = "rdsh01.corp.example".parse().expect("a target");
    let report = Tracer::new(&target, &Settings::default(), &closed).posture().await;
    assert_eq!(report.trace.connections.len(), 1);
    assert_eq!(report.posture.as_ref().map(|seen| seen.nla), Some(Nla::Unknown));
}

/// A ticket has eighty columns; a stored report gives the same summary.
#[tokio::test(start_paused = true)]
async fn the_section_is_narrow_and_the_report_can_be_judged_again() {
    for name in [None, Some("standard-security-only"), Some("tls-reset"), Some("ssh")] {
        let report = of_demo(name).await;
        let mut page = Vec::new();
        render::text(&report, &mut page).expect("memory takes everything");
        let page = anstream::adapter::strip_bytes(&page).into_vec();
        let page = text(&page);
        // Lines that are to be copied are not folded, and are the only ones.
        let copied =
            |line: &&str| ["  FreeRDP", "  Remmina", "  Guacamole"].iter().any(|lead| line.starts_with(lead));
        assert!(page.lines().filter(|line| !copied(line)).all(|line| line.chars().count() <= 80), "{page}");
        assert!(page.contains("Posture      ") && page.contains("none with an account"), "{page}");
        let stored = serde_json::to_value(&report).expect("JSON");
        let read: Report = serde_json::from_value(stored.clone()).expect("a report");
        assert_eq!(serde_json::to_value(diagnose(read.trace)).expect("JSON"), stored);
    }
}

/// Whatever a server does, the run ends in its time and what was not answered is neither accepted nor refused.
#[tokio::test(start_paused = true)]
async fn every_fault_ends_in_time() {
    for fault in unlike() {
        let report = of_demo(Some(fault.name)).await;
        let (elapsed, made) = (report.trace.elapsed_ms.0, report.trace.connections.len());
        assert!(elapsed < 60_500.0 && made <= 25, "{}: {elapsed} ms, {made} connections", fault.name);
        let answered =
            |phase: &str| !["connect", "negotiate"].contains(&phase) || fault.expect.kind.is_empty();
        let known = answers(&report).iter().any(|answer| *answer != Answer::Unknown);
        assert!(known || !answered(fault.expect.phase), "{}", fault.name);
    }
}

#[test]
fn exit_codes_tell_findings_and_where_nothing_was_reached() {
    let code = |fault: &str, fail_on: &str| {
        let arguments: &[&str] = if fault.is_empty() { &[] } else { &["--fault", fault] };
        let server = Served::start(arguments);
        let output = rdptrace(&["posture", &server.1, "--fail-on", fail_on, "--format", "json"]);
        assert!(output.stdout.starts_with(b"{"), "{}", text(&output.stderr));
        output.status.code()
    };
    assert_eq!(code("", "error"), Some(0));
    assert_eq!(code("", "warning"), Some(1));
    assert_eq!(code("standard-security-only", "error"), Some(1));
    assert_eq!(code("standard-security-only", "never"), Some(0));
    assert_eq!(code("mcs-refused", "error"), Some(0));
    assert_eq!(code("credssp-garbage", "error"), Some(1));
    assert_eq!(code("ssh", "never"), Some(13));
    assert_eq!(code("tls-reset", "never"), Some(14));
}

#[tokio::test(start_paused = true)]
async fn a_port_that_waits_for_http_is_named_and_left_alone() {
    let report = of_demo(Some("http-waiting")).await;
    let purposes: Vec<String> =
        report.trace.connections.iter().map(|made| made.purpose.to_string()).collect();
    assert_eq!(purposes, ["main", "posture:http-request"]);
    assert!(codes(&report).contains(&"not-an-rdp-server"));
    assert!(answers(&report).iter().all(|answer| *answer == Answer::Unknown));
}
