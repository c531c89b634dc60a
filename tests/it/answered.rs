//! An alert is an answer, and no acceptance: both are counted, and either can show what a hello must not have.

use rdptrace::{
    Report, diagnose,
    report::{ExperimentKind, Failure, FailureKind, Likelihood, Purpose, Status, Trace},
};

use crate::{
    faults::{settings_for, trace},
    lab::fault,
};

async fn of(name: &str) -> Report {
    trace(Some(fault(name)), &settings_for(Some(fault(name)))).await
}

/// The same trace, in which whatever passed TLS was refused there with an alert.
fn refused(mut trace: Trace) -> Report {
    for made in trace.connections.iter_mut().filter(|made| !made.purpose.is_traced()) {
        let Some(tls) = made.phases.tls.as_mut().filter(|tls| tls.status == Status::Passed) else { continue };
        let alert = Failure::new(FailureKind::TlsAlert, "the server sent the fatal alert 40");
        (tls.status, tls.failure) =
            (Status::Failed, Some(alert.with_code(40_u32, Some("handshake_failure"))));
        tls.evidence.bytes_received = 7;
        tls.evidence.thumbprints = None;
    }
    diagnose(trace)
}

fn finds(report: &Report, code: &str) -> bool {
    report.findings.iter().any(|finding| finding.code.as_str() == code)
}

fn because(report: &Report) -> Vec<&str> {
    report.causes.iter().flat_map(|cause| &cause.because).map(String::as_str).collect()
}

/// Lengths, versions and names that are answered with alerts, beside others that get nothing back.
#[tokio::test(start_paused = true)]
async fn an_alert_beside_silence_shows_what_a_hello_must_not_have() {
    for name in ["tls-large-hello-dropped", "tls-version-intolerant", "tls-name-refused"] {
        let report = of(name).await;
        assert!(finds(&report, name), "{name}");
        let report = refused(report.trace);
        assert!(finds(&report, name), "{name}: {:#?}", report.findings);
        assert!(report.causes.iter().all(|cause| cause.likelihood != Likelihood::Certain), "{name}");
    }
}

/// What is refused was not lost.
#[tokio::test(start_paused = true)]
async fn a_long_hello_that_is_refused_was_not_dropped() {
    let mut trace = of("tls-large-hello-dropped").await.trace;
    let is_large = |purpose: &Purpose| match purpose {
        Purpose::Experiment(name) => name.is(ExperimentKind::LargeHello),
        _ => false,
    };
    let large = trace.connections.iter_mut().find(|made| is_large(&made.purpose)).expect("it was made");
    let tls = large.phases.tls.as_mut().expect("it got there");
    tls.failure = Some(Failure::new(FailureKind::TlsAlert, "alert 50").with_code(50_u32, None));
    tls.evidence.bytes_received = 7;
    assert!(!finds(&diagnose(trace), "tls-large-hello-dropped"));
}

#[tokio::test(start_paused = true)]
async fn answers_and_acceptances_are_counted_apart() {
    let alerts = "6 other ClientHellos were answered with alerts, none was accepted";
    for (name, told) in [
        ("tls-internal-error", alerts),
        ("tls-close", "none of 6 other ClientHellos was answered"),
        ("tls-silence", "none of 5 other ClientHellos was answered"),
        ("tls-garbage", "6 other ClientHellos were answered, none was accepted"),
    ] {
        let report = of(name).await;
        let said = because(&report);
        let any = said.iter().any(|said| said.contains("other ClientHellos"));
        assert!(said.contains(&told) || !any && name == "tls-garbage", "{name}: {said:#?}");
    }
}

/// Who refuses another Connection Request by number is a Remote Desktop server all the same.
#[tokio::test(start_paused = true)]
async fn a_refusal_by_number_is_an_answer_to_a_connection_request() {
    let report = of("negotiate-close").await;
    assert!(report.causes.iter().any(|cause| cause.code.as_str() == "wrong-service-on-port"));
    let mut trace = report.trace;
    for made in &mut trace.connections {
        let alone =
            matches!(&made.purpose, Purpose::Experiment(name) if name.is(ExperimentKind::ProtocolSsl));
        let Some(negotiate) = made.phases.negotiate.as_mut().filter(|_| alone) else { continue };
        let refusal = Failure::new(FailureKind::NegotiationFailure, "failure 5").with_code(5_u32, None);
        negotiate.failure = Some(refusal);
    }
    let report = diagnose(trace);
    assert!(
        report.causes.iter().all(|cause| cause.code.as_str() != "wrong-service-on-port"),
        "{:#?}",
        report.causes
    );
    assert!(finds(&report, "negotiation-offer-refused"));
}
