//! Who ended a watched connection, in one line.

use super::cells;
use crate::report::{Connection, EndHow, EndSide, EndedBy, Status, Watched};

/// Who, how and when; none of a connection that never opened, or if another version named it so that this one does not know it.
pub(super) fn line(connection: &Connection) -> Option<String> {
    let ended = connection.ended_by.as_ref()?;
    let when = cells::duration(ended.at_ms);
    let (how, when) = (short(connection)?, when.trim());
    if ended.how == EndHow::Silence {
        return Some(format!("{how}, last packet after {when}"));
    }
    let sent = match ended.side.known()? {
        EndSide::Client | EndSide::Server => format!(", which had sent {} B", ended.after_bytes),
        EndSide::Path => other_ttl(ended).unwrap_or_default(),
        EndSide::Unknown => String::new(),
    };
    let packet = ended.packet.map_or_else(String::new, |packet| format!(", packet {packet}"));
    // Inside TLS the other side may have ended the session before.
    Some(format!("TCP {how}{sent}, after {when}{packet}"))
}

/// The TTL of what ended it, where its side's packets have another one.
fn other_ttl(ended: &EndedBy) -> Option<String> {
    let (ttl, usual) = ended.ttl.zip(ended.usual_ttl).filter(|(ttl, usual)| ttl != usual)?;
    Some(format!(", with TTL {ttl} instead of {usual}"))
}

/// Who and how alone.
pub(super) fn short(connection: &Connection) -> Option<String> {
    let ended = connection.ended_by.as_ref()?;
    let how = match ended.how.known()? {
        EndHow::Silence => return silence(connection).map(str::to_owned),
        EndHow::Rst => "reset (RST)",
        EndHow::Fin => "closed (FIN)",
    };
    let who = match ended.side.known()? {
        EndSide::Client => "by the client",
        EndSide::Server => "by the server",
        EndSide::Path => "from the path",
        EndSide::Unknown => "by an unknown side",
    };
    Some(format!("{how} {who}"))
}

/// What it means that no end is in the record.
fn silence(connection: &Connection) -> Option<&'static str> {
    let opened = connection.phases.connect.as_ref().is_some_and(|connect| connect.status == Status::Passed);
    let watched = connection.watched.as_ref();
    match watched {
        _ if !opened => None,
        Some(watched) if is_one_sided(watched) => Some("the record does not show its end"),
        Some(Watched { cut: true, .. }) => Some("the record ends while it is open"),
        _ => Some("nobody closed it"),
    }
}

fn is_one_sided(watched: &Watched) -> bool {
    watched.packet.is_some() && (watched.client.packets == 0) != (watched.server.packets == 0)
}
