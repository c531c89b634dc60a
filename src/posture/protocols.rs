//! Each security protocol alone (MS-RDPBCGR 2.2.1.1.1), one a connection: what is selected without a choice.

use std::net::SocketAddr;

use crate::{
    codes::{Phase, Protocols},
    probe::{Hello, Plan, Versions},
    report::{Connection, ExperimentKind, Trace},
};

/// One connection a protocol, no deeper than what is to be seen.
pub(super) fn plans(trace: &Trace, peer: &[SocketAddr]) -> Vec<Plan> {
    let seen = trace.connections.iter().any(has_credssp);
    let old = trace.described().is_some_and(Connection::has_old_suite);
    let hello = Hello::Handshake(if old { Versions::OldSuites } else { Versions::All });
    let plan = |kind: ExperimentKind| {
        let protocol = kind.alone()?;
        let plan = Plan::posture(&kind.to_string(), peer.to_vec(), protocol, depth(protocol, seen));
        Some(Plan { hello: hello.clone(), ..plan })
    };
    ExperimentKind::ALONE.into_iter().filter_map(plan).collect()
}

/// Without TLS the encryption is told in the MCS Connect Response; the version of CredSSP is asked for once.
fn depth(protocol: Protocols, credssp_seen: bool) -> Phase {
    match protocol {
        Protocols::RDP => Phase::Mcs,
        Protocols::HYBRID if !credssp_seen => Phase::Credssp,
        first if first.has(Protocols::SERVER_SPEAKS_FIRST) => Phase::Credssp,
        _ => Phase::Negotiate,
    }
}

fn has_credssp(connection: &Connection) -> bool {
    connection.phases.credssp.as_ref().is_some_and(|record| record.evidence.version.is_some())
}
