//! What the answer over UDP, or none, means.

use super::{Facts, Rule};
use crate::{
    codes::Phase,
    report::{FindingCode, Severity, Udp, UdpOutcome},
};

const fn rule(code: FindingCode, severity: Severity, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity, phase: Phase::Connect, applies }
}

pub(super) const RULES: &[Rule] = &[
    rule(FindingCode::UdpClosed, Severity::Warning, closed),
    rule(FindingCode::UdpReachable, Severity::Info, reachable),
    rule(FindingCode::UdpInconclusive, Severity::Info, inconclusive),
    rule(FindingCode::UdpNotAsked, Severity::Info, not_asked),
];

fn ended<'a>(facts: &Facts<'a>, outcome: UdpOutcome) -> Option<&'a Udp> {
    facts.trace.udp.as_ref().filter(|udp| udp.outcome == outcome)
}

fn reachable(facts: &Facts<'_>) -> Option<String> {
    let udp = ended(facts, UdpOutcome::Reachable)?;
    let (version, address) = (udp.version?, udp.address?);
    let took = udp.round_trip_ms?.0;
    Some(format!("UDP {address} answers as RDP-UDP, version {}, after {took:.1} ms", version_name(version)))
}

fn version_name(version: u16) -> String {
    match version {
        0x0101 => "3".to_owned(),
        other => other.to_string(),
    }
}

fn closed(facts: &Facts<'_>) -> Option<String> {
    let udp = ended(facts, UdpOutcome::Closed)?;
    let said = udp.why.as_deref().unwrap_or("ICMP says so");
    Some(format!("UDP {} is closed, {said}: Remote Desktop stays on TCP", udp.address?))
}

fn inconclusive(facts: &Facts<'_>) -> Option<String> {
    let udp = ended(facts, UdpOutcome::Inconclusive)?;
    let why = udp.why.as_deref().unwrap_or("the time was over");
    Some(format!("UDP {} is undecided after {} SYN: {why}", udp.address?, udp.tries))
}

fn not_asked(facts: &Facts<'_>) -> Option<String> {
    let why = ended(facts, UdpOutcome::NotAsked)?.why.as_deref()?;
    Some(format!("UDP was not asked: {why}"))
}
