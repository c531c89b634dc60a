//! A failure carries who was at the other end, by whichever way it came.

use rdptrace::{
    Report,
    codes::Phase,
    report::{Failure, FailureKind, Speaker},
};

use crate::{
    cause_numbers::{failure, of},
    faults,
};

fn ended(report: &Report) -> &Failure {
    report.verdict.failure.as_ref().expect("it failed")
}

#[tokio::test(start_paused = true)]
async fn whoever_ends_a_connection_is_named_as_a_value() {
    let mut proxies = crate::proxy::reports().await;
    proxies.retain(|report| {
        report.causes.first().is_some_and(|cause| cause.code.as_str().starts_with("proxy-"))
    });
    assert!(!proxies.is_empty());
    for report in &proxies {
        assert_eq!(ended(report).speaker, Speaker::Proxy, "{}", report.verdict.summary);
    }
    let gateways = Box::pin(crate::gateway::faults::reports()).await;
    let at_gateway: Vec<_> =
        gateways.iter().filter(|report| report.verdict.phase == Some(Phase::Gateway)).collect();
    assert!(at_gateway.len() > 20, "{}", at_gateway.len());
    for report in at_gateway {
        assert_eq!(ended(report).speaker, Speaker::Gateway, "{}", report.verdict.summary);
    }
    assert_eq!(ended(&crate::kerberos::refused().await).speaker, Speaker::Kdc);
    for name in ["tls-close", "negotiate-silence", "credssp-garbage", "mcs-reset"] {
        assert_eq!(ended(&of(name).await).speaker, Speaker::Server, "{name}");
    }
}

/// Nothing is known to have come out of TLS: who changes a record on the way breaks it so.
#[tokio::test(start_paused = true)]
async fn what_breaks_tls_itself_is_not_said_to_be_the_server_s_for_sure() {
    let mut trace = faults::trace(Some(crate::lab::fault("mcs-garbage")), &faults::settings()).await.trace;
    let end = failure(&mut trace);
    assert_eq!(end.kind, FailureKind::Malformed);
    end.received = None;
    let report = rdptrace::diagnose(trace);
    let told = |code: &str| report.causes.iter().find(|cause| cause.code.as_str() == code).expect("a cause");
    let server = told("server-not-conforming");
    assert!(!server.because.iter().any(|text| text.contains("nobody on the way")), "{server:#?}");
    assert!(told("stream-altered").because[0].contains("changed on the way"));
}
