//! Every way in which the leg to and through a gateway ends is told apart, and is the gateway's.

use std::sync::atomic::Ordering::SeqCst;

use rdptrace::{
    Report, Target, Tracer,
    codes::Phase,
    report::{Credentials, FailureKind, Outcome},
    settings::{Anchors, Token},
};

use super::{
    lab::{Lab, anonymous, with_account},
    rows::{Row, ntlm, rows},
    script::Script,
};

/// The reports of all faults.
pub(crate) async fn reports() -> Vec<Report> {
    let mut reports = Vec::new();
    for row in rows() {
        reports.push(Lab::new(row.script).trace(row.gateway).await);
    }
    reports.extend(unreached().await.into_iter().map(|(_, report)| report));
    reports
}

/// A gateway without a name, without a port and with another service on it, by what has to be its cause.
async fn unreached() -> [(&'static str, Report); 3] {
    let (mut nameless, mut closed, mut foreign) = (Lab::new(ntlm()), Lab::new(ntlm()), Lab::new(ntlm()));
    (nameless.nameless, closed.closed, foreign.foreign) = (true, true, true);
    [
        ("gateway-name-not-found", nameless.trace(anonymous()).await),
        ("gateway-unreachable", closed.trace(anonymous()).await),
        ("gateway-tls-failed", foreign.trace(anonymous()).await),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_not_reached_has_one_cause_with_what_to_do() {
    for (code, report) in unreached().await {
        let causes: Vec<&str> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
        assert_eq!(causes, [code], "{}", report.verdict.summary);
        let cause = &report.causes[0];
        assert!(!cause.confirm.is_empty() && !cause.fix.is_empty(), "{code}");
    }
}

async fn difference(row: &Row) -> Option<String> {
    let lab = Lab::new(row.script.clone());
    let report = lab.trace(row.gateway.clone()).await;
    let verdict = &report.verdict;
    let failure = verdict.failure.as_ref();
    let found = report.findings.iter().any(|finding| finding.code.as_str() == row.finding);
    let cause = report.causes.first().map(|cause| cause.code.as_str());
    let seen = (
        verdict.outcome == Outcome::Aborted && verdict.phase == Some(Phase::Gateway),
        verdict.step.as_deref(),
        failure.map(|failure| failure.kind),
        failure.and_then(|failure| failure.code),
        found,
        cause,
        verdict.gateway_credentials,
        lab.seen.proofs.load(SeqCst) <= 1,
        report.trace.connections.len(),
    );
    let code = row.code;
    let expected =
        (true, Some(row.step), Some(row.kind), code, true, row.cause, Some(row.credentials), true, 1);
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
    (seen != expected).then(|| format!("{}: {seen:?} {codes:?} {}", row.about, verdict.summary))
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_macros, reason = "the figure is for whoever runs the tests")]
async fn every_gateway_fault_is_found_in_its_step_with_its_cause() {
    let rows = rows();
    let mut wrong = Vec::new();
    for row in &rows {
        wrong.extend(difference(row).await);
    }
    let found = rows.len() - wrong.len();
    println!(
        "{found} of {} gateway faults are found: step, kind, code, finding, first cause, credentials",
        rows.len()
    );
    assert!(wrong.is_empty(), "{found} of {} gateway faults are found: {wrong:#?}", rows.len());
}

/// mstsc says so of a password that was judged; who could not be asked by this program may be asked by it.
#[tokio::test(start_paused = true)]
async fn only_a_refused_password_is_one_for_mstsc() {
    for report in reports().await {
        let verdict = &report.verdict;
        let label = verdict.mstsc.as_ref().is_some_and(|label| label.code == "0x3000001");
        let refused = verdict.gateway_credentials == Some(Credentials::Refused);
        let token = verdict.step.as_deref() == Some("tunnel");
        assert_eq!(label, refused && !token, "{}", verdict.summary);
    }
}

/// Its code speaks of the server behind it.
#[tokio::test(start_paused = true)]
async fn what_the_gateway_cannot_reach_is_the_server() {
    let lab = Lab::new(Script { channel: 0x59DD, ..Script::default() });
    let detail = lab.trace(anonymous()).await.verdict.failure.expect("it failed").detail;
    assert!(detail.contains("could not connect to the server"), "{detail}");
}

/// What answers them waits for whoever does not read it, and then nothing more is read either.
#[tokio::test(start_paused = true)]
async fn pings_without_an_end_take_no_memory_without_an_end() {
    let lab = Lab::new(Script { flood: true, ..Script::default() });
    let report = lab.trace(anonymous()).await;
    let failure = report.verdict.failure.as_ref().map(|failure| failure.kind);
    assert_eq!((report.verdict.step.as_deref(), failure), (Some("handshake"), Some(FailureKind::Timeout)));
    let taken = lab.seen.flooded.load(SeqCst);
    assert!(taken < 1 << 20, "{taken} B were taken");
}

/// Neither the gateway nor the server has been asked for, and mstsc asks no proxy on the direct way.
#[tokio::test(start_paused = true)]
async fn a_proxy_that_is_not_there_is_nobody_else() {
    for (closed, nameless, ended) in [(true, false, "connect"), (false, true, "resolve")] {
        let mut lab = Lab::new(ntlm());
        (lab.proxied, lab.closed, lab.nameless) = (true, closed, nameless);
        let through = lab.settings(anonymous());
        let directly = lab.settings(anonymous()).gateway(None);
        for settings in [through, directly] {
            let target: Target = "rdsh01.corp.example".parse().expect("a target");
            let report = Tracer::new(&target, &settings, &lab).run().await;
            let verdict = &report.verdict;
            let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
            assert_eq!(codes, ["proxy-unreachable"], "{}", verdict.summary);
            assert!(verdict.summary.contains("the proxy proxy.corp.example:3128"), "{}", verdict.summary);
            let place = verdict.step.as_deref().or(verdict.phase.map(Phase::name));
            assert_eq!((place, verdict.mstsc.is_some()), (Some(ended), false), "{}", verdict.summary);
            let causes: Vec<&str> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
            assert_eq!(causes, ["proxy-unreachable"]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn faults_of_the_gateways_certificate_are_its_own() {
    let codes = |report: &Report| -> Vec<String> {
        report.findings.iter().map(|finding| finding.code.to_string()).collect()
    };
    let lab = Lab::named(ntlm(), "other.example");
    assert_eq!(codes(&lab.trace(anonymous()).await), ["gateway-certificate-name-mismatch"]);
    let lab = Lab::new(ntlm());
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let untrusting = lab.settings(anonymous()).anchors(Anchors::default());
    let report = Tracer::new(&target, &untrusting, &lab).run().await;
    assert_eq!(codes(&report), ["gateway-certificate-untrusted"]);
}

/// The gateway tells that the server is gone; it is still the server that ended the connection. No experiment follows: each
/// would take one of the gateway's places.
#[tokio::test(start_paused = true)]
async fn what_the_server_does_behind_a_gateway_stays_the_servers() {
    let lab = Lab::new(Script { server: Some("negotiate-close"), ..Script::default() });
    let report = lab.trace(anonymous()).await;
    let verdict = &report.verdict;
    assert_eq!(
        (verdict.phase, verdict.step.as_deref()),
        (Some(Phase::Negotiate), None),
        "{}",
        verdict.summary
    );
    assert_eq!(verdict.failure.as_ref().map(|failure| failure.kind), Some(FailureKind::Closed));
    assert_eq!((report.trace.connections.len(), lab.seen.connections.load(SeqCst)), (1, 1));
}

/// A retry goes through the gateway again, and only where nothing is used twice by that.
#[tokio::test(start_paused = true)]
async fn a_retry_uses_no_account_of_the_gateway_again() {
    let script = |schemes| Script { server: Some("standard-security-only"), schemes, ..Script::default() };
    let lab = Lab::new(script(vec![]));
    let report = lab.trace(anonymous()).await;
    assert_eq!(report.trace.connections.len(), 2);
    assert_eq!(report.verdict.reached, Some(Phase::Licensing), "{}", report.verdict.summary);
    let lab = Lab::new(script(vec!["NTLM"]));
    let report = lab.trace(with_account()).await;
    assert_eq!((report.trace.connections.len(), lab.seen.proofs.load(SeqCst)), (1, 1));
    assert_eq!(report.verdict.phase, Some(Phase::Negotiate), "{}", report.verdict.summary);
}

/// A token takes its place.
#[tokio::test(start_paused = true)]
async fn an_account_that_the_gateway_does_not_ask_for_is_told() {
    let told = |report: &Report| {
        report.findings.iter().any(|found| found.code.as_str() == "gateway-account-not-used")
    };
    let report = Lab::new(Script::default()).trace(with_account()).await;
    assert!(told(&report), "{:?}", report.findings);
    assert_eq!(report.verdict.gateway_credentials, Some(Credentials::NotAttempted));
    let lab = Lab::new(Script { token: Some("token"), ..Script::default() });
    let token = Some(Token("token".to_owned().into()));
    let report = lab.trace(with_account().token(token)).await;
    assert!(!told(&report), "{:?}", report.findings);
    assert_eq!(report.verdict.gateway_credentials, Some(Credentials::Verified));
}

/// Basic would show the password to whoever holds that certificate.
#[tokio::test(start_paused = true)]
async fn a_password_is_not_shown_over_a_certificate_that_is_not_right() {
    let lab = Lab::named(Script { schemes: vec!["Basic realm=\"x\""], ..Script::default() }, "other.example");
    let report = lab.trace(with_account()).await;
    let verdict = &report.verdict;
    assert_eq!((verdict.outcome, verdict.step.as_deref()), (Outcome::Stopped, Some("auth")));
    assert!(report.findings.iter().any(|finding| finding.code.as_str() == "gateway-account-not-used"));
    assert_eq!(lab.seen.proofs.load(SeqCst), 0);
    let lab = Lab::named(Script::default(), "other.example");
    let token = Token("eyJ0b2tlbg".to_owned().into());
    let report = lab.trace(anonymous().token(Some(token))).await;
    let verdict = &report.verdict;
    assert_eq!((verdict.outcome, verdict.step.as_deref()), (Outcome::Stopped, Some("tunnel")));
    assert_eq!(verdict.gateway_credentials, Some(Credentials::NotAttempted));
    assert!(report.findings.iter().any(|finding| finding.code.as_str() == "gateway-account-not-used"));
}
