//! Who ended a connection, and what speaks for somebody on the path.

use crate::{
    flow::{End, Flow, How, Reset, Side, Stream, millis},
    report::{EndHow, EndSide, EndedBy, Millis},
};

/// TTLs of one host differ by this much at most, by the routes its packets take.
const SAME_ROUTE: u8 = 3;

/// The first end of either direction.
pub(super) fn first(flow: &Flow) -> Option<(Side, End)> {
    let ends = [(Side::Client, flow.from_client.end), (Side::Server, flow.from_server.end)];
    let ends = ends.into_iter().filter_map(|(side, end)| Some((side, end?)));
    ends.min_by_key(|(_, end)| (end.at, end.packet))
}

/// Who ended it first.
pub(super) fn by(flow: &Flow) -> EndedBy {
    let Some((side, end)) = first(flow) else { return silence(flow) };
    let stream = flow.stream(side);
    let reset = stream.packets.reset.as_ref().filter(|_| end.how == How::Rst);
    let against = reset.map(|reset| against(reset, stream, side)).unwrap_or_default();
    let who = match side {
        _ if !against.is_empty() => EndSide::Path,
        Side::Client => EndSide::Client,
        Side::Server => EndSide::Server,
    };
    EndedBy {
        side: who.into(),
        how: if end.how == How::Rst { EndHow::Rst } else { EndHow::Fin }.into(),
        at_ms: Millis::rounded(millis(flow.began, end.at)),
        packet: Some(end.packet).filter(|_| flow.packet > 0),
        after_bytes: stream.total,
        ttl: reset.map(|reset| reset.ttl),
        usual_ttl: stream.packets.ttl,
        mac: reset.and_then(|reset| reset.mac).map(mac),
        usual_mac: stream.packets.mac.map(mac),
        against,
    }
}

fn silence(flow: &Flow) -> EndedBy {
    EndedBy {
        side: EndSide::Unknown.into(),
        how: EndHow::Silence.into(),
        at_ms: Millis::rounded(millis(flow.began, flow.last)),
        packet: None,
        after_bytes: flow.from_server.total,
        ttl: None,
        usual_ttl: flow.from_server.packets.ttl,
        mac: None,
        usual_mac: flow.from_server.packets.mac.map(mac),
        against: Vec::new(),
    }
}

/// What says that a RST is not its host's. A TTL alone proves nothing: another one must say so too.
fn against(reset: &Reset, stream: &Stream, side: Side) -> Vec<String> {
    let who = if side == Side::Client { "client" } else { "server" };
    let Some(usual) = stream.packets.ttl.filter(|usual| *usual != reset.ttl) else { return Vec::new() };
    let is_far = usual.abs_diff(reset.ttl) > SAME_ROUTE;
    let mut said = if is_far { differs(reset, stream, who) } else { Vec::new() };
    // A side that goes on as before has not sent a RST that came otherwise, however small the difference is.
    if reset.followed && (is_far || !stream.packets.ttl_varies) {
        said.push(format!("the {who} went on after it"));
    }
    if !said.is_empty() {
        said.insert(0, format!("its TTL is {}, that of the {who}'s packets {usual}", reset.ttl));
    }
    said
}

/// What differs beside the TTL.
fn differs(reset: &Reset, stream: &Stream, who: &str) -> Vec<String> {
    let mut said = Vec::new();
    if let (Some(from), Some(usual)) = (reset.mac, stream.packets.mac)
        && from != usual
    {
        said.push(format!("it came from {}, the {who}'s packets from {}", mac(from), mac(usual)));
    }
    if let (Some(id), Some(before)) = (reset.ip_id, stream.packets.ip_id)
        && before > 0
        && id.wrapping_sub(before) > 1000
    {
        said.push(format!("its IP identification is {id}, that of the {who}'s packet before it {before}"));
    }
    if reset.off_sequence != 0 {
        said.push(format!("its sequence number is off by {}", reset.off_sequence));
    }
    said
}

fn mac(bytes: [u8; 6]) -> String {
    bytes.map(|byte| format!("{byte:02x}")).join(":")
}
