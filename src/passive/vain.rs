//! What one side sent and the other never confirmed: packets between the two are lost, and nobody was silent.

use super::ended;
use crate::{
    flow::{At, Flow, Side, Vain},
    report::{Failure, FailureKind, Speaker},
};

/// Of which side nothing arrives, and since which packet.
fn found(flow: &Flow) -> Option<(Side, Vain)> {
    let of = |kind: fn(&Flow, Side) -> Option<Vain>| {
        [Side::Server, Side::Client].into_iter().find_map(|side| Some((side, kind(flow, side)?)))
    };
    let lacking = |flow: &Flow, side| flow.stream(side).packets.never_arrived.filter(Vain::is_lost);
    of(|flow, side| flow.stream(side).packets.in_vain)
        .or_else(|| of(lacking))
        .or_else(|| of(|flow, side| flow.stream(side).packets.keep_alives))
}

/// The failure that a connection has between whose ends packets are lost, and when it ended.
pub(super) fn failure(flow: &Flow) -> Option<(Failure, At)> {
    let (side, vain) = found(flow)?;
    let (who, other) = match side {
        Side::Client => ("the client", "the server"),
        Side::Server => ("the server", "the client"),
    };
    let packet = Some(vain.first.1).filter(|packet| *packet > 0);
    let since = packet.map_or_else(String::new, |packet| format!(" from packet {packet} on"));
    let detail = match (vain.bytes, vain.times) {
        (0, _) => {
            format!("nothing came from {other} any more: it did not answer {} keep-alives{since}", vain.times)
        }
        (bytes, 0) => format!("{bytes} B that {who} sent never reached {other}"),
        // What follows it may have arrived.
        (bytes, times) if vain.denied => {
            format!("{bytes} B that {who} sent {times} times{since} never reached {other}")
        }
        (bytes, times) => {
            format!("{other} never acknowledged {bytes} B that {who} sent {times} times{since}")
        }
    };
    let end = ended::first(flow).map_or(flow.watched, |(_, end)| end.at);
    Some((Failure::new(FailureKind::Timeout, detail).of(Speaker::Path), end))
}
