//! A relay in front of an RD Gateway without WebSocket: the two connections of a client are one report.

use std::time::Duration;

use rdptrace::{
    Report, Settings, Target,
    internal::demo::{DNS_COMPUTER, gateway},
    report::{Connection, Status},
};

use tokio::time::Instant;

use super::{difference, relayed};
use crate::demo_gateway::Lab;

fn lab(fault: &str) -> (Lab, Settings) {
    let fault = gateway::find(fault).expect("a fault");
    let lab = Lab::of(Some(fault));
    let settings = lab.settings(fault.entry);
    (lab, settings)
}

/// What a trace through the relay reports, and what the relay does.
async fn through(fault: &str) -> (Report, Vec<Report>) {
    let (lab, settings) = lab(fault);
    let reached: Target = format!("{}:443", gateway::NAME).parse().expect("a target");
    let target: Target = DNS_COMPUTER.parse().expect("a target");
    relayed(&lab, &reached, &target, settings).await
}

/// Each step of the gateway that was seen to pass.
fn passed(connection: &Connection) -> Vec<&str> {
    let steps = connection.phases.gateway.as_ref().expect("a gateway").evidence.steps.summaries();
    let passed = steps.iter().filter(|step| step.status == Status::Passed);
    passed.map(|step| step.step.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn two_connections_to_a_gateway_are_one_report() {
    let (live, reports) = through("gateway-upgrade-stripped").await;
    assert_eq!(reports.len(), 1, "{reports:#?}");
    let (live, watched) = (&live.trace.connections[0], &reports[0].trace.connections[0]);
    assert_eq!(difference(live, watched), None);
    assert_eq!(passed(watched), passed(live));
    let through = &watched.phases.gateway.as_ref().expect("a gateway").evidence;
    assert_eq!(through.transport.as_ref().map(|way| way.as_str()), Some("http"));
}

/// The server behind the gateway is the target, and each certificate is to be for its own server.
#[tokio::test(start_paused = true)]
async fn a_server_behind_the_gateway_is_judged_by_its_own_name() {
    for fault in ["gateway-upgrade-stripped", "gateway-negotiate"] {
        let (_, reports) = through(fault).await;
        let report = &reports[0];
        let target = report.trace.target.as_ref().expect("a target");
        assert_eq!((target.host.as_str(), target.port), (DNS_COMPUTER, 3389), "{fault}");
        let codes: Vec<_> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert!(!codes.iter().any(|code| code.contains("name")), "{fault}: {codes:?}");
    }
}

/// A client that has left before its second connection asked for anything is reported at once: no other can come.
#[tokio::test(start_paused = true)]
async fn one_of_two_connections_is_reported_once_no_other_is_open() {
    for fault in ["gateway-second-connection", "gateway-second-certificate", "gateway-second-without-key"] {
        let begin = Instant::now();
        let (_, reports) = through(fault).await;
        assert!(!reports.is_empty(), "{fault}");
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(50), "{fault}: {took:?}");
    }
}
