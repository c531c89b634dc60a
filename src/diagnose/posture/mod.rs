//! What `posture` was asked for: everything that the server accepts, put together from its many connections.

mod protocols;
mod rules;
mod tls;

pub(crate) use rules::RULES;

use crate::{
    codes::{FIRST_PATCHED_CREDSSP, Phase},
    report::{
        Connection, CredsspPosture, Exposure, NegotiateEvidence, POSTURE_CONNECTIONS, Posture, RdpSecurity,
        Status, Trace,
    },
};

/// The summary; none when it was not asked for.
pub(super) fn posture(trace: &Trace) -> Option<Posture> {
    if !trace.request.posture {
        return None;
    }
    let protocols = protocols::protocols(trace);
    let flags = negotiated(trace).find(|evidence| evidence.flags.is_some());
    let opened = trace.connections.iter().filter(|made| made.phases.connect.is_some());
    Some(Posture {
        connections: opened.count(),
        most: trace.request.posture_connections.unwrap_or(POSTURE_CONNECTIONS),
        unreached: unreached(trace),
        nla: protocols::nla(trace, &protocols),
        protocols,
        response_flags: flags.and_then(|evidence| evidence.flags),
        response_flag_names: flags.map(|evidence| evidence.flag_names.clone()).unwrap_or_default(),
        tls: tls::versions(trace),
        rdp_security: trace.connections.iter().find_map(rdp_security),
        credssp: credssp(trace),
    })
}

fn unreached(trace: &Trace) -> Option<Phase> {
    let ended = trace.described()?.phases.summaries().pop()?;
    let ended = Some(ended.phase).filter(|phase| ended.status == Status::Failed && *phase <= Phase::Tls)?;
    let mut all = trace.connections.iter().flat_map(|made| made.phases.summaries());
    let reached = all.any(|summary| summary.status == Status::Passed && summary.phase >= ended);
    (!reached).then_some(ended)
}

/// What each connection's negotiation saw.
fn negotiated(trace: &Trace) -> impl Iterator<Item = &NegotiateEvidence> {
    trace.connections.iter().filter_map(|made| made.phases.negotiate.as_ref()).map(|record| &record.evidence)
}

fn rdp_security(connection: &Connection) -> Option<RdpSecurity> {
    let negotiate = &connection.phases.negotiate.as_ref()?.evidence;
    let mcs = &connection.phases.mcs.as_ref()?.evidence;
    let method = mcs.encryption_method.filter(|_| negotiate.selected_code == Some(0))?;
    Some(RdpSecurity { method, level: mcs.encryption_level.unwrap_or_default() })
}

fn credssp(trace: &Trace) -> CredsspPosture {
    let mut seen = trace.connections.iter().filter_map(|made| made.phases.credssp.as_ref());
    let version = seen.find_map(|record| record.evidence.version);
    let cve_2018_0886 = match version {
        None => Exposure::Unknown,
        Some(version) if version < FIRST_PATCHED_CREDSSP => Exposure::Possible,
        Some(_) => Exposure::No,
    };
    CredsspPosture { version, cve_2018_0886 }
}
