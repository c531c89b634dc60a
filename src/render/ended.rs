//! Who ended a watched connection, in one line.

use super::cells;
use crate::report::{Connection, EndHow, EndSide, Status, Watched};

/// Who, how and when; none of a connection that never opened, or if another version named it so that this one does not know it.
pub(super) fn line(connection: &Connection) -> Option<String> {
    let ended = connection.ended_by.as_ref()?;
    let when = cells::duration(ended.at_ms);
    let when = when.trim();
    let how = match ended.how.known()? {
        EndHow::Silence => {
            return silence(connection).map(|what| format!("{what}, last packet after {when}"));
        }
        EndHow::Rst => "reset (RST)",
        EndHow::Fin => "closed (FIN)",
    };
    let who = match ended.side.known()? {
        EndSide::Client => format!("by the client, which had sent {} B", ended.after_bytes),
        EndSide::Server => format!("by the server, which had sent {} B", ended.after_bytes),
        EndSide::Path => "from the path".to_owned(),
        EndSide::Unknown => "by an unknown side".to_owned(),
    };
    let packet = ended.packet.map_or_else(String::new, |packet| format!(", packet {packet}"));
    Some(format!("{how} {who}, after {when}{packet}"))
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
