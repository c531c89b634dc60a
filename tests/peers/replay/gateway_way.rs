//! The whole way through an RD Gateway of Windows Server 2022, up to the confirm of the host behind it.

use rdptrace::{
    Settings, Target, Tracer,
    codes::Phase,
    report::{FailureKind, GatewayEvidence, PhaseRecord, Status},
    settings::{Account, Experiments, Gateway},
};

use super::{
    gateway::{KERBEROS, NTLM, RESTRICTED, UDP_PORT},
    gateway_script::GatewayScript,
    network::{NAME, Player},
    recording::Recording,
};

/// Through the gateway up to the confirm of the server behind it.
async fn crossed(name: &str) -> Option<PhaseRecord<GatewayEvidence>> {
    let script = GatewayScript::new(&Recording::open(name)?.inside_tls(0));
    let mut gateway = Gateway::new(rdptrace::Endpoint::new(NAME, 443));
    gateway.account = Some(Account::new("alice", "secret").of_domain(Some("CORP".into())));
    let settings = Settings::default()
        .until(Some(Phase::Negotiate))
        .gateway(Some(gateway))
        .experiments(Experiments::Off);
    let target: Target = "host.recorded.example".parse().expect("a target");
    let trace = Tracer::new(&target, &settings, &Player::new(script)).trace().await;
    let mut phases = trace.connections.into_iter().next().expect("a connection").phases;
    let gateway = phases.gateway.take().expect("the gateway");
    if gateway.status == Status::Passed {
        let negotiate = phases.negotiate.expect("a negotiation");
        assert_eq!((negotiate.status, negotiate.evidence.selected_code), (Status::Passed, Some(8)), "{name}");
    }
    Some(gateway)
}

#[tokio::test]
async fn the_way_through_the_gateway() {
    for name in [NTLM, KERBEROS] {
        let Some(gateway) = crossed(name).await else { continue };
        assert_eq!(gateway.status, Status::Passed, "{name}: {:?}", gateway.failure);
        let steps = &gateway.evidence.steps;
        assert!(steps.auth.as_ref().is_some_and(|auth| auth.evidence.accepted), "{name}");
        let channel = &steps.channel.as_ref().expect("a channel").evidence;
        assert_eq!((channel.udp_port, channel.udp_cookie), (Some(UDP_PORT), true), "{name}");
    }
}

#[tokio::test]
async fn an_account_that_the_gateway_restricts() {
    let Some(gateway) = crossed(RESTRICTED).await else { return };
    let failure = gateway.failure.expect("a refusal");
    assert_eq!((failure.kind, failure.code), (FailureKind::HttpStatus, Some(401)), "{failure:?}");
    assert!(failure.detail.contains("401 User Account Restricted"), "{failure:?}");
    assert!(gateway.evidence.steps.auth.is_some_and(|auth| auth.evidence.attempted));
}
