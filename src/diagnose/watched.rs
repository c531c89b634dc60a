//! What only a capture or a relay shows: what it lacks, who reset a connection, and segments that never arrive.

use super::{Facts, Rule};
use crate::{
    codes::Phase,
    report::{
        Connection, EndHow, EndSide, EndedBy, FindingCode, InVain, Severity, Status, Watched, WatchedIcmp,
        WatchedSide,
    },
};

/// A segment of so many bytes is a long one: what every path of IPv4 carries is shorter (RFC 791).
const LONG: u32 = 577;
/// Options take so much of a segment at most (RFC 9293 section 3.1).
const OPTIONS: u32 = 40;
/// What systems begin with.
const INITIAL_TTLS: [u8; 3] = [64, 128, 255];
/// A segment that was sent so often in vain is lost, and not late.
const SENT: u32 = 3;

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::ResetFromThePath, Severity::Error, Phase::Connect, reset_from_the_path),
    Rule::new(FindingCode::PathDropsLargePackets, Severity::Error, Phase::Connect, drops_large_packets),
    Rule::new(FindingCode::PacketsNeverArrive, Severity::Error, Phase::Connect, never_arrive),
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
    let Watched { client, server, .. } = watched;
    let long = |who, side, other| long_segment(who, side).filter(|_| !loses_short(other));
    let lost = |who, side, other| long(who, side, other).or_else(|| long_hole(who, side, other));
    let lost = lost("client", client, server).or_else(|| lost("server", server, client))?;
    Some(format!("{lost}{}", told_of_length(watched)))
}

/// Whether this side sends again what the other had acknowledged: acknowledgements are lost too, and no packet is shorter.
fn loses_short(side: &WatchedSide) -> bool {
    side.repeated.is_some_and(|repeated| repeated >= SENT)
}

/// One that was sent again and again.
fn long_segment(who: &str, side: &WatchedSide) -> Option<String> {
    let (length, sent, arrived) = (side.lost_segment?, side.lost_sent?, side.longest_acknowledged);
    (length >= LONG && sent >= SENT && (1..length).contains(&arrived)).then(|| {
        format!(
            "a segment of {length} B from the {who} was sent {sent} times and never acknowledged; the longest that \
             was has {arrived} B"
        )
    })
}

/// Bytes for a full segment that the other side asks for in vain, although shorter ones come.
fn long_hole(who: &str, side: &WatchedSide, other: &WatchedSide) -> Option<String> {
    let hole = lasting(side.never_arrived.as_ref())?;
    let mss = [side.mss, other.mss].into_iter().flatten().min().map_or(0, u32::from);
    let (full, arrived) = (mss.saturating_sub(OPTIONS).max(LONG), side.longest_segment);
    (hole.bytes >= full.into() && (1..full).contains(&arrived)).then(|| {
        format!(
            "{} B from the {who} never arrived, and what follows them did: for {} the other side acknowledged only \
             what is before them; the longest segment that arrived has {arrived} B",
            hole.bytes,
            seconds(hole)
        )
    })
}

/// What routers say of packets that are too long for them.
fn told_of_length(watched: &Watched) -> String {
    let long = |icmp: &&WatchedIcmp| icmp.mtu.is_some();
    let Some((first, mtu)) = watched.icmp.iter().find(long).and_then(|icmp| Some((icmp, icmp.mtu?))) else {
        return String::new();
    };
    let times = match watched.icmp.iter().filter(long).count() {
        1 => String::new(),
        times => format!(", {times} times"),
    };
    let from = first.error.from.map_or_else(|| "a router".to_owned(), |from| from.to_string());
    format!("; {from} says that it passes on at most {mtu} B ({}{times})", first.error)
}

/// What was sent, and never confirmed for so long that it is lost.
pub(super) fn never_arrive(facts: &Facts<'_>) -> Option<String> {
    let (_, watched) = watched(facts).filter(|(_, watched)| one_sided_by(watched).is_none())?;
    if drops_large_packets(facts).is_some() {
        return None;
    }
    let beside = beside(watched);
    let sides = [("server", &watched.server, "client"), ("client", &watched.client, "server")];
    let told: Vec<String> =
        sides.iter().filter_map(|(who, side, other)| in_vain(who, side, other, beside)).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// The side beside which the capture was made: no router has counted down the TTL of its packets, and one has that of the other's.
fn beside(watched: &Watched) -> Option<&'static str> {
    let is_whole = |side: &WatchedSide| side.ttl.map(|ttl| INITIAL_TTLS.contains(&ttl));
    match (is_whole(&watched.client)?, is_whole(&watched.server)?) {
        (true, false) => Some("client"),
        (false, true) => Some("server"),
        _ => None,
    }
}

/// The side beside which a capture saw arrive what the other sent in vain: nothing of that side says that it is there.
pub(super) fn unanswered_by(facts: &Facts<'_>) -> Option<&'static str> {
    let (_, watched) = watched(facts).filter(|(_, watched)| watched.icmp.is_empty())?;
    never_arrive(facts)?;
    let of = |side: &WatchedSide| side.in_vain.as_ref().is_some_and(|sent| !sent.denied);
    match beside(watched)? {
        "client" => of(&watched.server).then_some("client"),
        _ => of(&watched.client).then_some("server"),
    }
}

/// That packets behind bytes that never arrived do arrive, and that each of them is shorter.
pub(super) fn shorter_arrives(facts: &Facts<'_>) -> Option<String> {
    let (_, watched) = watched(facts)?;
    let is_shorter = |side: &&WatchedSide| {
        lasting(side.never_arrived.as_ref()).is_some_and(|hole| hole.bytes > side.longest_segment.into())
    };
    let side = [&watched.server, &watched.client].into_iter().find(is_shorter)?;
    Some(format!("shorter packets of the same side came after them, with {} B at most", side.longest_segment))
}

/// Whether nothing of the side that confirms nothing shows that it is still there.
pub(super) fn is_mute(facts: &Facts<'_>) -> bool {
    let of = |side: &WatchedSide| {
        side.keep_alives.is_some() || side.in_vain.as_ref().is_some_and(|sent| !sent.denied)
    };
    watched(facts).is_some_and(|(_, watched)| of(&watched.client) || of(&watched.server))
}

/// That a RST came otherwise than the packets of its side do, which alone proves nothing.
pub(super) fn other_ttl(facts: &Facts<'_>) -> Option<String> {
    let (made, _) = watched(facts)?;
    let ended = made.ended_by.as_ref().filter(|ended| ended.how == EndHow::Rst)?;
    let (ttl, usual) = ended.ttl.zip(ended.usual_ttl).filter(|(ttl, usual)| ttl != usual)?;
    Some(format!(
        "the RST has a TTL of {ttl}, the other packets of its side {usual}, which alone proves nothing"
    ))
}

/// How often the segment was sent that was sent in vain most often.
pub(super) fn most_in_vain(facts: &Facts<'_>) -> Option<u32> {
    let (_, watched) = watched(facts)?;
    [&watched.client, &watched.server].into_iter().filter_map(|side| Some(side.in_vain.as_ref()?.times)).max()
}

fn in_vain(who: &str, side: &WatchedSide, other: &str, beside: Option<&str>) -> Option<String> {
    let sent = side.in_vain.as_ref().map(|sent| {
        format!(
            "the {who} sent {} B {} times in {}{} and was never told that they had arrived; {}",
            sent.bytes,
            sent.times,
            seconds(sent),
            packets(sent),
            seen_from(sent, other, beside)
        )
    });
    let hole = lasting(side.never_arrived.as_ref()).map(|hole| {
        format!(
            "{} B from the {who} never arrived: for {} the {other} acknowledged only what is before them{}",
            hole.bytes,
            seconds(hole),
            packets(hole)
        )
    });
    let asked = side.keep_alives.as_ref().map(|asked| {
        format!(
            "the {other} answered none of {} keep-alives in {}{}",
            asked.times,
            seconds(asked),
            packets(asked)
        )
    });
    sent.or(hole).or(asked)
}

/// What can be known of it where the capture was made.
fn seen_from(sent: &InVain, other: &str, beside: Option<&str>) -> String {
    match beside {
        _ if sent.denied => format!("what the {other} sent later says that it has not got them"),
        Some(beside) if beside == other => format!(
            "they came as far as the capture, which the TTLs say was made beside the {other}, and nothing answered them"
        ),
        Some(beside) => format!(
            "the TTLs say that the capture was made beside the {beside}, where nobody sees whether they or the answers \
             were lost"
        ),
        None => "whether they or the answers were lost is not in the capture".to_owned(),
    }
}

/// What was missing for a second: what is missing for less may be late.
fn lasting(hole: Option<&InVain>) -> Option<&InVain> {
    hole.filter(|hole| hole.over_ms.0 >= 1000.0)
}

fn seconds(vain: &InVain) -> String {
    format!("{:.1} s", vain.over_ms.0 / 1000.0)
}

/// Where the capture shows it.
fn packets(vain: &InVain) -> String {
    match (vain.first_packet, vain.last_packet) {
        (Some(first), Some(last)) => format!(" (packets {first} to {last})"),
        _ => String::new(),
    }
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
    Some(format!("no packet of the {missing} is in the capture, so that what it said can only be guessed"))
}

fn gaps(facts: &Facts<'_>) -> Option<String> {
    let (_, watched) = watched(facts).filter(|(_, watched)| one_sided_by(watched).is_none())?;
    let sum = |of: fn(&WatchedSide) -> u64| of(&watched.client) + of(&watched.server);
    let unsettled = sum(|side| side.unsettled_bytes);
    let crossed = sum(|side| side.missing_bytes).saturating_sub(unsettled);
    let crossed = (crossed > 0).then(|| {
        format!("{crossed} B of the connection crossed and are not in the capture: it lost packets, or cut them short")
    });
    let unsettled = (unsettled > 0).then(|| {
        format!("{unsettled} B are not in the capture, and nothing in it says whether the path or the capture lost them")
    });
    match (crossed, unsettled) {
        (Some(crossed), Some(unsettled)) => Some(format!("{crossed}; {unsettled}")),
        (crossed, unsettled) => crossed.or(unsettled),
    }
}

/// A record that stops while the connection is open lacks at least who ended it, and why.
fn cut(facts: &Facts<'_>) -> Option<String> {
    let (made, watched) = watched(facts)?;
    let is_open = made
        .phases
        .connect
        .as_ref()
        .is_some_and(|connect| matches!(connect.status, Status::Passed | Status::Unseen));
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
