//! Each security protocol alone, and what that says of NLA (MS-RDPBCGR 2.2.1.1.1, 5.4.5).
//!
//! NLA is required only if it was selected and both ways around it, TLS alone and Standard RDP Security alone, were
//! refused.

use super::negotiated;
use crate::report::{
    Answer, Connection, FailureKind, NegotiateEvidence, Nla, PhaseRecord, ProtocolPosture, Purpose, Selected,
    Trace,
};

/// In the order in which they are shown.
const ALONE: [u32; 6] = [0, 1, 2, 8, 4, 16];

/// RDSTLS and RDS AAD Auth, where the server speaks first.
const SPEAKS_FIRST: [u32; 2] = [4, 16];

/// What became of each protocol.
pub(super) fn protocols(trace: &Trace) -> Vec<ProtocolPosture> {
    ALONE.into_iter().map(|code| protocol(trace, code)).collect()
}

fn protocol(trace: &Trace, code: u32) -> ProtocolPosture {
    let made = trace
        .connections
        .iter()
        .enumerate()
        .find(|(_, made)| posture(made).is_some_and(|record| record.evidence.requested_code == code));
    let asked = made.and_then(|(index, made)| Some((index, posture(made)?)));
    let failure = asked.and_then(|(_, record)| record.failure.as_ref());
    let phases = made.map(|(_, made)| &made.phases);
    let said = phases.and_then(|phases| phases.credssp.as_ref());
    let tls = phases.and_then(|phases| phases.tls.as_ref()?.failure.as_ref());
    let unsaid = said.and_then(|record| record.failure.as_ref()).or(tls);
    ProtocolPosture {
        protocol: Selected::from_code(code),
        code,
        answer: asked.map_or(Answer::Unknown, |(index, record)| answer(trace, index, record, code)),
        selected_code: asked.and_then(|(_, record)| record.evidence.selected_code),
        failure: failure.map(|failure| failure.kind),
        failure_code: failure.and_then(|failure| failure.code),
        failure_name: failure.and_then(|failure| failure.name.clone()),
        rdstls: said.and_then(|record| record.evidence.rdstls),
        rdsaad: said.and_then(|record| record.evidence.rdsaad),
        unsaid: unsaid.filter(|_| SPEAKS_FIRST.contains(&code)).map(|failure| failure.kind),
    }
}

fn posture(connection: &Connection) -> Option<&PhaseRecord<NegotiateEvidence>> {
    let is_posture = matches!(connection.purpose, Purpose::Posture(_));
    requested(connection).filter(|_| is_posture)
}

/// A request of HTTP asks for no protocol.
fn requested(connection: &Connection) -> Option<&PhaseRecord<NegotiateEvidence>> {
    connection.phases.negotiate.as_ref().filter(|record| !record.evidence.requested.is_empty())
}

fn answer(trace: &Trace, index: usize, record: &PhaseRecord<NegotiateEvidence>, code: u32) -> Answer {
    match (record.evidence.selected_code, record.failure.as_ref().map(|failure| failure.kind)) {
        (Some(selected), _) if selected == code => Answer::Accepted,
        (Some(_), _) => Answer::Refused,
        (None, Some(FailureKind::NegotiationFailure | FailureKind::Disconnect)) => Answer::Refused,
        (None, Some(kind)) if kind.is_cut() && answers_after(trace, index) && is_steady(trace) => {
            Answer::Refused
        }
        _ => Answer::Unknown,
    }
}

/// Whether the server answered a later connection, so that it was not the connections that it had enough of.
fn answers_after(trace: &Trace, index: usize) -> bool {
    let later = trace.connections[index + 1..].iter().filter_map(posture);
    later.into_iter().any(|record| record.evidence.selected_code.is_some())
}

/// Whether no request was ended without a word that was answered another time.
fn is_steady(trace: &Trace) -> bool {
    let records = || trace.connections.iter().filter_map(requested);
    let ended = |record: &&PhaseRecord<NegotiateEvidence>| {
        record.failure.as_ref().is_some_and(|failure| failure.kind.is_cut())
    };
    let answered =
        |code| negotiated(trace).any(|seen| seen.requested_code == code && seen.selected_code.is_some());
    !records().filter(ended).any(|record| answered(record.evidence.requested_code))
}

/// Required only if both ways around it were asked for and refused.
pub(super) fn nla(trace: &Trace, protocols: &[ProtocolPosture]) -> Nla {
    let selected =
        |wanted: fn(Selected) -> bool| negotiated(trace).any(|seen| seen.selected.is_some_and(wanted));
    let refused = |codes: &[u32]| {
        protocols.iter().filter(|one| codes.contains(&one.code)).all(|one| one.answer == Answer::Refused)
    };
    let with = selected(Selected::is_nla);
    let without = selected(|selected| matches!(selected, Selected::Rdp | Selected::Tls));
    match (with, without) {
        (true, true) => Nla::Offered,
        (true, false) if refused(&[0, 1]) => Nla::Required,
        (false, true) if refused(&[2, 8]) => Nla::Absent,
        _ => Nla::Unknown,
    }
}
