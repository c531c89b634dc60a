//! Who ended a watched connection, in one line.

use super::cells;
use crate::report::{EndHow, EndSide, EndedBy};

/// Who, how and when; none if another version named it so that this one does not know it.
pub(super) fn line(ended: &EndedBy) -> Option<String> {
    let when = cells::duration(ended.at_ms);
    let when = when.trim();
    let how = match ended.how.known()? {
        EndHow::Silence => return Some(format!("nobody closed it, last packet after {when}")),
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
