//! Each security protocol alone (MS-RDPBCGR 2.2.1.1.1), one a connection: what is selected without a choice.

use std::net::SocketAddr;

use crate::{
    codes::Phase,
    probe::{Hello, Plan, Versions},
    report::{Connection, Trace},
};

const HYBRID: u32 = 2;
const RDSTLS: u32 = 4;
const RDSAAD: u32 = 16;

/// Name and requestedProtocols.
const ALONE: [(&str, u32); 6] = [
    ("protocol-rdp", 0),
    ("protocol-ssl", 1),
    ("protocol-hybrid", HYBRID),
    ("protocol-hybrid-ex", 8),
    ("protocol-rdstls", RDSTLS),
    ("protocol-rdsaad", RDSAAD),
];

/// One connection a protocol, no deeper than what is to be seen.
pub fn plans(trace: &Trace, peer: &[SocketAddr]) -> Vec<Plan> {
    let seen = trace.connections.iter().any(has_credssp);
    let old = trace.described().is_some_and(Connection::has_old_suite);
    let hello = Hello::Handshake(if old { Versions::OldSuites } else { Versions::All }, true);
    let plan = |(name, protocol)| {
        let plan = Plan::posture(name, peer.to_vec(), protocol, depth(protocol, seen));
        Plan { hello: hello.clone(), ..plan }
    };
    ALONE.into_iter().map(plan).collect()
}

/// Without TLS the encryption is told in the MCS Connect Response; the version of CredSSP is asked for once.
fn depth(protocol: u32, credssp_seen: bool) -> Phase {
    match protocol {
        0 => Phase::Mcs,
        HYBRID if !credssp_seen => Phase::Credssp,
        // There the server speaks first.
        RDSTLS | RDSAAD => Phase::Credssp,
        _ => Phase::Negotiate,
    }
}

fn has_credssp(connection: &Connection) -> bool {
    connection.phases.credssp.as_ref().is_some_and(|record| record.evidence.version.is_some())
}
