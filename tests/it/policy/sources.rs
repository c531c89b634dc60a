//! Reports that promises are held against.

use rdptrace::{Report, Settings, Trace, Tracer, codes::Phase, diagnose};
use serde_json::{Value, json};

use crate::{
    faults::{settings, told_of, trace},
    lab::{Lab, fault},
};

/// Where a report comes from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// The healthy server, traced with its account.
    Healthy,
    /// One with this fault.
    Fault(&'static str),
    /// The posture of one with this fault, or with none.
    Posture(Option<&'static str>),
    /// The healthy server, traced until connect.
    Short,
    /// The first one, whose trace is changed so.
    Changed(fn(&mut Value)),
}

impl Source {
    /// The report, without promises.
    pub(super) async fn report(self) -> Report {
        match self {
            Self::Healthy => told_of(None).await,
            Self::Fault(name) => told_of(Some(fault(name))).await,
            Self::Posture(name) => posture(name).await,
            Self::Short => trace(None, &settings().until(Some(Phase::Connect))).await,
            Self::Changed(change) => changed(&told_of(None).await, change),
        }
    }
}

async fn posture(name: Option<&'static str>) -> Report {
    let target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, &Settings::default(), &Lab::of(name.map(fault))).posture().await
}

fn changed(report: &Report, change: fn(&mut Value)) -> Report {
    let mut trace = serde_json::to_value(&report.trace).expect("a trace is JSON");
    change(&mut trace);
    diagnose(serde_json::from_value::<Trace>(trace).expect("a trace"))
}

/// What a phase of the first connection saw.
pub(super) fn seen<'t>(trace: &'t mut Value, phase: &str) -> &'t mut Value {
    &mut trace["connections"][0]["phases"][phase]
}

/// Of the certificate.
pub(super) fn certificate(trace: &mut Value) -> &mut Value {
    &mut seen(trace, "tls")["evidence"]["certificate"]
}

/// RDP-UDP with this outcome.
pub(super) fn udp(trace: &mut Value, outcome: &str) {
    trace["udp"] = json!({
        "outcome": outcome, "why": null, "address": "192.0.2.5:3389", "tries": 3, "sent_bytes": 1232,
        "correlation_id": null, "elapsed_ms": 1.0, "round_trip_ms": null, "version": null, "upstream_mtu": null,
        "downstream_mtu": null, "receive_window": null, "received_bytes": null, "other_datagrams": 0,
        "other_head": null, "error": null,
    });
}

/// A gateway on the way, whose channel ended so.
pub(super) fn gateway(trace: &mut Value, channel: &str) {
    let step = |status: &str, evidence: Value| json!({ "status": status, "elapsed_ms": 1.0, "evidence": evidence, "failure": null, "stopped": null });
    let mut tls = seen(trace, "tls").clone();
    tls["evidence"]["sni"] = json!("gw.corp.example");
    let steps = json!({
        "tls": tls,
        "auth": step("passed", json!({ "attempted": true, "accepted": true })),
        "handshake": step("passed", json!({})),
        "channel": step(channel, json!({})),
    });
    let gateway = json!({ "host": "gw.corp.example", "port": 443, "account": true, "steps": steps });
    *seen(trace, "gateway") = step("passed", gateway);
}

/// A KDC that gave a ticket, or not.
pub(super) fn kdc(trace: &mut Value, ticket: bool) {
    seen(trace, "credssp")["evidence"]["kdc"] = json!({
        "host": "dc01.corp.example", "address": null, "transport": "tcp", "ticket": ticket, "exchanges": [],
        "service_principal": "TERMSRV/rdsh01.corp.example", "clock_skew_seconds": null, "elapsed_ms": null,
    });
}

/// What a check of the machine showed.
pub(super) fn check(trace: &mut Value, status: &str) {
    trace["local"] = json!([{
        "code": "clock-synchronized", "role": "client", "status": status, "observed": null, "message": "what was seen",
    }]);
}
