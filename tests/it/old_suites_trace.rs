//! Which connection is described where a second ClientHello with older suites was tried, and how far that one goes.

use rdptrace::{
    Settings,
    codes::Phase,
    report::{Connection, Credentials, Outcome, Purpose, Report, Severity},
    settings::{Experiments, Security},
};

use crate::{
    faults::{settings, trace},
    junit::junit,
    lab::fault,
};

async fn of(name: &str, settings: &Settings) -> Report {
    trace(Some(fault(name)), settings).await
}

fn purposes(report: &Report) -> Vec<&Purpose> {
    report.trace.traced().map(|made| &made.purpose).collect()
}

fn has(report: &Report, code: &str) -> bool {
    report.findings.iter().any(|finding| finding.code.as_str() == code)
}

fn used_account(made: &Connection) -> bool {
    made.phases.credssp.as_ref().is_some_and(|record| record.evidence.attempted)
}

/// Whatever was asked for but Standard RDP Security, and with the account in the second connection alone.
#[tokio::test(start_paused = true)]
async fn older_suites_are_gone_on_with_as_deep_as_any() {
    for name in ["tls-cbc-suites-only", "tls-cbc-suites-only-reset"] {
        for security in [Security::Auto, Security::Nla, Security::Tls] {
            let report = of(name, &settings().security(security)).await;
            assert_eq!(report.verdict.outcome, Outcome::Passed, "{name} {}", report.verdict.summary);
            assert_eq!(report.verdict.reached, Some(Phase::Licensing));
            assert_eq!(report.trace.connections.len(), 2, "{name}");
            assert_eq!(purposes(&report), [&Purpose::Main, &Purpose::Retry]);
            assert!(!used_account(&report.trace.connections[0]));
            assert_eq!(used_account(&report.trace.connections[1]), security != Security::Tls);
            assert!(has(&report, "tls-old-suites") && report.causes.is_empty());
            assert!(report.certificate.is_some() && report.verdict.mstsc.is_none());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn experiments_blame_nobody_for_older_suites() {
    for name in ["tls-cbc-suites-only", "tls-cbc-suites-only-reset"] {
        let report = of(name, &settings().experiments(Experiments::All)).await;
        assert_eq!(report.verdict.outcome, Outcome::Passed, "{name}");
        let wrong: Vec<_> =
            report.findings.iter().filter(|found| found.severity == Severity::Error).collect();
        assert!(wrong.is_empty() && report.causes.is_empty(), "{name} {wrong:#?}");
        let again =
            report.trace.connections.iter().filter(|made| made.purpose.to_string().contains("repeat-"));
        assert!(again.clone().count() > 0 && again.into_iter().all(Connection::has_old_suite), "{name}");
    }
}

/// A server that takes a current suite in the second connection refused something else in the first: nothing is shown to it.
#[tokio::test(start_paused = true)]
async fn a_current_suite_in_the_second_hello_ends_it() {
    let report = of("tls-version-intolerant", &settings()).await;
    assert_eq!(purposes(&report), [&Purpose::Main, &Purpose::Retry]);
    let retry = &report.trace.connections[1].phases;
    assert!(retry.tls.as_ref().is_some_and(|tls| tls.failure.is_none()) && retry.credssp.is_none());
    assert_eq!(report.verdict.phase, Some(Phase::Tls));
    assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
    assert!(has(&report, "tls-version-intolerant") && !has(&report, "tls-old-suites"));
}

/// The report and its test cases are about the first connection; the second stays in the report.
#[tokio::test(start_paused = true)]
async fn a_second_hello_in_vain_changes_no_verdict() {
    let report = of("tls-reset", &settings()).await;
    assert_eq!(purposes(&report), [&Purpose::Main, &Purpose::Retry]);
    assert_eq!(report.trace.described().map(|made| &made.purpose), Some(&Purpose::Main));
    assert_eq!(report.verdict.reached, Some(Phase::Negotiate));
    let cases = junit(&report, Some(Severity::Error));
    let failed = cases.split("<testcase ").filter(|case| case.contains("<failure"));
    let phases: Vec<&str> = failed
        .filter(|case| case.contains("name=\"main tls\"") || case.contains("name=\"retry tls\""))
        .collect();
    assert_eq!(phases.len(), 1, "{cases}");
    assert!(phases[0].contains("main") && cases.contains("tried once more, in vain"), "{cases}");
}

/// Silence, a version that is refused and an end after the ServerHello ask for no other suites.
#[tokio::test(start_paused = true)]
async fn nothing_else_is_tried_again() {
    for name in ["tls-silence", "tls-half-flight", "tls-internal-error", "negotiate-close"] {
        let report = of(name, &settings()).await;
        assert_eq!(purposes(&report), [&Purpose::Main], "{name}");
    }
}

/// The limit is this program's in the verdict; what the server did stays in the phase.
#[tokio::test(start_paused = true)]
async fn what_is_left_of_old_tls_is_a_limit_of_ours() {
    let old = "mstsc connects where Windows still allows such a version, FreeRDP with OpenSSL 3 does not";
    let ours = "mstsc and FreeRDP connect to this server; rdptrace does not speak its suites";
    for (name, code, ours) in
        [("tls-legacy-only", "tls-legacy-only", old), ("tls-old-suites-only", "tls-no-common-suite", ours)]
    {
        let report = of(name, &settings()).await;
        let failure = report.verdict.failure.as_ref().expect("a failure");
        assert_eq!(failure.kind.name(), "tls_unsupported", "{name}");
        assert!(failure.detail.starts_with(ours) && report.verdict.summary.contains(ours), "{name}");
        assert!(report.verdict.mstsc.is_none() && has(&report, code), "{name}");
        let causes: Vec<&str> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
        assert_eq!(causes, ["rdptrace-lacks-suites"], "{name}");
        let seen = report.trace.connections[0].phases.tls.as_ref().and_then(|tls| tls.failure.as_ref());
        assert_eq!(seen.map(|failure| failure.kind.name()), Some("tls_alert"), "{name}");
        // Without the hello that shows it nobody is accused either.
        let blind = of(name, &settings().experiments(Experiments::Off)).await;
        let certain =
            blind.causes.iter().any(|cause| cause.likelihood != rdptrace::report::Likelihood::Possible);
        assert!(!certain && blind.verdict.mstsc.is_none(), "{name} {:#?}", blind.causes);
    }
}
