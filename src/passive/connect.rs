//! How the connection was opened (RFC 9293 section 3.5).

use std::net::SocketAddr;

use super::{
    talk::{Halt, Passing, Talk},
    watched::error,
};
use crate::{
    flow::{How, Icmp, millis},
    report::{Attempt, AttemptResult, ConnectEvidence, Failure, FailureKind, Millis, RejectedBy},
};

/// A SYN is sent again after so long (RFC 6298 section 2.1), in nanoseconds.
const ANSWER_DUE: i64 = 1_000_000_000;

/// Reads the handshake of TCP; a connection that was open before the record begins has passed it.
pub(super) fn run(talk: &mut Talk<'_>, evidence: &mut ConnectEvidence) -> Passing<()> {
    let flow = talk.flow;
    if flow.is_leftover() {
        let why = "the record holds only what is left of it: one end no longer knew the connection";
        return Err(Halt::Unseen(why.to_owned()));
    }
    let opening = &flow.opening;
    let began = opening.syn.unwrap_or(flow.began);
    let spoke = flow.from_server.total > 0 || flow.from_client.total > 0;
    let asks_once = opening.syn.is_some() && opening.syn_ack.is_none() && !spoke && opening.syn_retries == 0;
    let is_answered = !flow.icmp.is_empty() || flow.from_server.end.is_some();
    if asks_once && !is_answered && flow.watched.saturating_sub(began) < ANSWER_DUE {
        return Err(Halt::Unseen("the record ends right after the SYN, before an answer was due".to_owned()));
    }
    let result = match opening.syn_ack {
        _ if opening.syn.is_none() => Ok(flow.began),
        Some(at) => Ok(opening.ack.unwrap_or(at)),
        None if spoke => Ok(flow.began),
        None => Err(refused(talk)),
    };
    talk.now = *result.as_ref().unwrap_or(&flow.icmp.first().map_or(flow.last, |icmp| icmp.at));
    let (kind, told) = match &result {
        Ok(_) => (AttemptResult::Connected, None),
        Err(failure) => (outcome(failure.kind), Some(failure.detail.clone())),
    };
    let icmp = flow.icmp.first().filter(|_| kind == AttemptResult::Unreachable);
    evidence.peer = result.is_ok().then_some(flow.server);
    let elapsed_ms = Millis::rounded(millis(began, talk.now));
    evidence.attempts.push(Attempt {
        address: flow.server,
        result: kind,
        started_ms: Millis::rounded(0.0),
        elapsed_ms,
        error: told,
        rejected_by: icmp.map(|icmp| rejected_by(icmp, flow.server)),
        icmp: icmp.map(error),
    });
    result.map(|_| ()).map_err(Halt::Failed)
}

/// Why no SYN was answered.
fn refused(talk: &Talk<'_>) -> Failure {
    let flow = talk.flow;
    if let Some(icmp) = flow.icmp.first() {
        let detail = format!("{} answered with {}", icmp.from, error(icmp));
        return Failure::new(FailureKind::Unreachable, detail);
    }
    if flow.from_server.end.is_some_and(|end| end.how == How::Rst) {
        return Failure::new(FailureKind::Refused, "the connection was refused with a RST");
    }
    let waited = millis(flow.began, flow.last) / 1000.0;
    let retries = match flow.opening.syn_retries {
        0 => ", sent once".to_owned(),
        1 => format!(", sent twice, for {waited:.1} s"),
        more => format!(", sent {} times, for {waited:.1} s", more + 1),
    };
    Failure::new(FailureKind::Timeout, format!("nothing answered the SYN{retries}"))
}

/// Whether the server's own address said so.
fn rejected_by(icmp: &Icmp, server: SocketAddr) -> RejectedBy {
    if icmp.from == server.ip() { RejectedBy::Host } else { RejectedBy::Router }
}

fn outcome(kind: FailureKind) -> AttemptResult {
    match kind {
        FailureKind::Refused => AttemptResult::Refused,
        FailureKind::Unreachable => AttemptResult::Unreachable,
        _ => AttemptResult::Timeout,
    }
}
