//! A posture says no less than a trace of the same server, and asks on as far as it may.

use rdptrace::{
    Report, Settings, Tracer, diagnose, render,
    report::{Likelihood, Outcome, Purpose},
    settings::Security,
};

use super::{
    MODERN, codes, of_demo, of_script,
    scripted::{Refusal, Script, Scripted},
};
use crate::{faults::unlike, lab::Lab};

#[tokio::test(start_paused = true)]
async fn a_verdict_is_always_there_and_causes_where_the_connection_failed() {
    for (name, cause) in [
        (None, None),
        (Some("tls-close"), Some("certificate-unusable")),
        (Some("negotiate-close"), Some("wrong-service-on-port")),
        (Some("ssh"), Some("wrong-service-on-port")),
    ] {
        let report = of_demo(name).await;
        let mut page = Vec::new();
        render::text(&report, &mut page).expect("memory takes everything");
        assert!(String::from_utf8_lossy(&page).contains("Verdict"), "{name:?}");
        assert_eq!(report.causes.first().map(|cause| cause.code.as_str()), cause, "{name:?}");
        assert!(report.causes.iter().all(|cause| cause.likelihood != Likelihood::Certain), "{name:?}");
    }
}

/// Whatever fails before an account is used has the first cause of a trace, where there are connections for its experiments.
#[tokio::test(start_paused = true)]
async fn a_failure_has_the_first_cause_that_a_trace_gives_it() {
    let mut wrong = Vec::new();
    let settings = Settings::default();
    let many = Settings::default().posture_connections(Some(60));
    for fault in unlike() {
        let target = "rdsh01.corp.example".parse().expect("a target");
        let traced = Box::pin(Tracer::new(&target, &settings, &Lab::of(Some(fault))).run()).await;
        let seen = Box::pin(Tracer::new(&target, &many, &Lab::of(Some(fault))).posture()).await;
        let first =
            |report: &Report| report.causes.first().map(|cause| (cause.code.to_string(), cause.likelihood));
        // Hellos of its own that nobody answered speak against what a trace would say of these.
        let unsure = ["tls-half-flight", "tls-ssl3-only"].contains(&fault.name);
        if !unsure && traced.verdict.outcome == Outcome::Aborted && first(&traced) != first(&seen) {
            wrong.push(format!("{}: {:?} in place of {:?}", fault.name, first(&seen), first(&traced)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn more_connections_tell_what_the_usual_number_leaves_open() {
    let many = Script { versions: &[0x0301, 0x0302, 0x0303, 0x0304], suites: None, ..MODERN };
    let mut left = Vec::new();
    for most in [None, Some(100)] {
        let settings = Settings::default().posture_connections(most);
        let target = "host.example".parse().expect("a target");
        let report = Tracer::new(&target, &settings, &Scripted::new(many)).posture().await;
        let seen = report.posture.expect("it was asked for");
        assert!(seen.connections <= most.unwrap_or(25), "{}", seen.connections);
        left.push(seen.tls.iter().map(|tls| tls.unknown.len()).sum::<usize>());
    }
    assert!(left[0] > 0 && left[1] < left[0], "{left:?}");
}

/// Where the connection that is described came to no CredSSP, only those beside it tell of its version.
#[tokio::test(start_paused = true)]
async fn an_old_credssp_beside_the_described_connection_is_told_once() {
    let seen = of_demo(Some("credssp-old-version")).await.trace;
    for (version, open) in [(4, 1), (5, 0)] {
        let mut trace = seen.clone();
        let mut beside = trace.connections[0].clone();
        beside.purpose = Purpose::Posture("protocol-hybrid".to_owned());
        beside.phases.credssp.as_mut().expect("it met CredSSP").evidence.version = Some(version);
        trace.connections[0].phases.credssp = None;
        trace.connections.push(beside);
        let report = diagnose(trace);
        let told = codes(&report).iter().filter(|code| **code == "credssp-unpatched").count();
        assert_eq!(told, open, "version {version}");
    }
}

/// An alert is a refusal, so nobody is asked again whether the server still answers.
#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_by_alert_is_not_asked_again() {
    let again = |report: &Report| {
        let mut all = report.trace.connections.iter().map(|made| made.purpose.to_string());
        all.any(|purpose| purpose == "posture:tls-again")
    };
    assert!(!again(&of_script(MODERN).await.0));
    assert!(again(&of_script(Script { refusal: Refusal::Close, ..MODERN }).await.0));
}

/// The version of CredSSP is asked for where the traced connection was not to use it.
#[tokio::test(start_paused = true)]
async fn credssp_is_asked_for_beside_a_connection_without_it() {
    for security in [Security::Tls, Security::Nla] {
        let target = "rdsh01.corp.example".parse().expect("a target");
        let settings = Settings::default().security(security);
        let report = Tracer::new(&target, &settings, &Lab::of(None)).posture().await;
        let seen = report.posture.as_ref().expect("it was asked for");
        assert_eq!(seen.credssp.version, Some(6), "{security:?}");
    }
}
