//! What RDP-UDP in a capture comes to, as a trace tells it of a SYN of its own.

use super::{datagrams::Begun, walk::moment, watched::error};
use crate::{
    flow::millis,
    pdu::rdpudp::{Inside, Setup},
    report::{
        ConnectEvidence, Connection, Millis, PhaseRecord, Phases, Purpose, Status, Udp, UdpOutcome, Watched,
        WatchedUdp,
    },
};

const SILENT: &str = "no answer is in the capture, which does not say why: UDP may be dropped on the way, switched off on the \
                      server, or captured on one side only";

/// What several between the same hosts come to: the first that was answered is told, or else the first; all are counted.
pub(super) fn udp(all: &[Begun]) -> Option<Udp> {
    let told = all.iter().find(|begun| begun.answered.is_some()).or(all.first())?;
    let sum = |of: fn(&Begun) -> u32| all.iter().map(of).fold(0, u32::saturating_add);
    let connections = sum(|begun| begun.before[0].saturating_add(1));
    let answered = sum(|begun| begun.before[1].saturating_add(begun.answered.is_some().into()));
    let Setup { correlation_id, .. } = told.setup;
    let answer = told.answered.as_ref();
    let (outcome, why) = outcome(told);
    Some(Udp {
        outcome,
        why,
        address: Some(told.server),
        tries: told.tries,
        sent_bytes: told.length,
        correlation_id: correlation_id.map(hex::encode),
        elapsed_ms: Millis::rounded(millis(told.began, told.last)),
        round_trip_ms: answer.map(|answer| Millis::rounded(millis(0, answer.took))),
        version: answer.map(|answer| answer.setup.version),
        upstream_mtu: answer.map(|answer| answer.setup.upstream_mtu),
        downstream_mtu: answer.map(|answer| answer.setup.downstream_mtu),
        receive_window: answer.map(|answer| answer.setup.window),
        received_bytes: answer.map(|answer| answer.length),
        other_datagrams: 0,
        other_head: None,
        error: None,
        watched: Some(watched(told, connections, answered)),
    })
}

fn outcome(told: &Begun) -> (UdpOutcome, Option<String>) {
    match (&told.answered, &told.icmp) {
        (Some(_), _) => (UdpOutcome::Reachable, None),
        (None, Some(icmp)) => {
            (UdpOutcome::Closed, Some(format!("{} answers with {}", icmp.from, error(icmp))))
        }
        (None, None) => (UdpOutcome::Inconclusive, Some(SILENT.to_owned())),
    }
}

fn watched(told: &Begun, connections: u32, answered: u32) -> WatchedUdp {
    let Setup { version, upstream_mtu, downstream_mtu, has_cookie_hash, .. } = told.setup;
    let [from_client, from_server] = told.counts;
    let inside = told.inside.map(|inside| match inside {
        Inside::Tls => "tls".to_owned(),
        Inside::Dtls => "dtls".to_owned(),
    });
    WatchedUdp {
        client: told.client,
        packet: told.packet,
        offered_version: version,
        offered_upstream_mtu: upstream_mtu,
        offered_downstream_mtu: downstream_mtu,
        cookie_hash: has_cookie_hash,
        lossy: told.setup.is_lossy(),
        inside,
        from_client,
        from_server,
        connections,
        answered,
    }
}

/// The place of a connection over TCP that the capture does not hold.
pub(super) fn alone(first: &Begun) -> Connection {
    let connect = PhaseRecord {
        status: Status::Unseen,
        elapsed_ms: Millis::rounded(0.0),
        evidence: ConnectEvidence::default(),
        failure: None,
        stopped: Some(
            "RDP-UDP is in the capture, and no connection over TCP of its client to its server".to_owned(),
        ),
        inferred: None,
    };
    Connection {
        purpose: Purpose::Main,
        hop: None,
        phases: Phases { connect: Some(connect), ..Phases::default() },
        session: None,
        started: Some(moment(first.began)),
        local: Some(first.client),
        peer: Some(first.server),
        tcp: None,
        ended_by: None,
        watched: Some(Watched::default()),
        client: None,
        frames: Vec::new(),
        frames_omitted: 0,
    }
}
