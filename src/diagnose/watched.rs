//! What only a capture or a relay shows: what it lacks, who reset a connection, and segments that never arrive.

use super::{Facts, Rule};
use crate::{
    codes::Phase,
    report::{Connection, EndHow, EndSide, EndedBy, FindingCode, Severity, Status, Watched, WatchedSide},
};

/// A segment of so many bytes is a long one: what every path of IPv4 carries is shorter (RFC 791).
const LONG: u32 = 577;
/// A segment that was sent so often in vain is lost, and not late.
const SENT: u32 = 3;

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::ResetFromThePath, Severity::Error, Phase::Connect, reset_from_the_path),
    Rule::new(FindingCode::PathDropsLargePackets, Severity::Error, Phase::Connect, drops_large_packets),
    Rule::new(FindingCode::CaptureOneSided, Severity::Warning, Phase::Connect, one_sided),
    Rule::new(FindingCode::CaptureHasGaps, Severity::Warning, Phase::Connect, gaps),
    Rule::new(FindingCode::CaptureCut, Severity::Warning, Phase::Connect, cut),
];

fn watched<'a>(facts: &Facts<'a>) -> Option<(&'a Connection, &'a Watched)> {
    let made = facts.described?;
    Some((made, made.watched.as_ref()?))
}

/// Why a RST is not that of the end in whose name it came.
pub(super) fn reset_from_the_path(facts: &Facts<'_>) -> Option<String> {
    let (made, _) = watched(facts)?;
    let EndedBy { against, at_ms, packet, .. } =
        made.ended_by.as_ref().filter(|ended| ended.side == EndSide::Path)?;
    let place =
        packet.map_or_else(|| format!("after {:.1} ms", at_ms.0), |packet| format!("packet {packet}"));
    Some(format!("the RST ({place}) is not from the host in whose name it came: {}", against.join("; ")))
}

/// One direction whose long segments are lost, while shorter ones arrive.
pub(super) fn drops_large_packets(facts: &Facts<'_>) -> Option<String> {
    let (_, watched) = watched(facts).filter(|(_, watched)| one_sided_by(watched).is_none())?;
    let told = |who: &str, side: &WatchedSide| {
        let (length, sent) = (side.lost_segment?, side.lost_sent?);
        let shorter = side.longest_acknowledged > 0 && side.longest_acknowledged < length;
        (length >= LONG && sent >= SENT && shorter).then(|| {
            format!(
                "a segment of {length} B from the {who} was sent {sent} times and never acknowledged; the longest \
                 that was has {} B",
                side.longest_acknowledged
            )
        })
    };
    told("client", &watched.client).or_else(|| told("server", &watched.server))
}

/// The side that is missing.
fn one_sided_by(watched: &Watched) -> Option<&'static str> {
    let missing = |side: &WatchedSide, other: &WatchedSide| side.packets == 0 && other.packets > 1;
    let (client, server) = (&watched.client, &watched.server);
    match () {
        () if missing(server, client) && client.bytes > 0 => Some("server"),
        () if missing(client, server) => Some("client"),
        () => None,
    }
}

fn one_sided(facts: &Facts<'_>) -> Option<String> {
    let (_, watched) = watched(facts)?;
    let missing = one_sided_by(watched)?;
    Some(format!("no packet of the {missing} is in the capture, so that its answers can only be guessed"))
}

fn gaps(facts: &Facts<'_>) -> Option<String> {
    let (_, watched) = watched(facts).filter(|(_, watched)| one_sided_by(watched).is_none())?;
    let bytes = watched.client.missing_bytes + watched.server.missing_bytes;
    (bytes > 0).then(|| {
        format!("{bytes} B of the connection crossed and are not in the capture: it lost packets, or cut them short")
    })
}

/// A record that stops while the connection is open lacks at least who ended it, and why.
fn cut(facts: &Facts<'_>) -> Option<String> {
    let (made, watched) = watched(facts)?;
    let is_open = made.phases.connect.as_ref().is_some_and(|connect| connect.status == Status::Passed);
    let late = if watched.begins_late { Some("begins after the connection did") } else { None };
    // Whoever has ended the connection says no more, whether its other end is in the record or not. One direction alone may lack
    // the end.
    let goes_on = made.ended_by.as_ref().is_none_or(|ended| ended.how == EndHow::Silence)
        && one_sided_by(watched).is_none();
    let what = if watched.cut && goes_on && is_open { Some("ends before the connection does") } else { late };
    // A relay counts no packets.
    let record = if watched.packet.is_some() { "capture" } else { "record" };
    what.map(|what| format!("the {record} {what}"))
}
