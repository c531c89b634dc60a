//! Session tickets of TLS 1.3, which a server sends without being asked as soon as it has the client's Finished (RFC 8446 section
//! 4.6.1), so that they cross with what the client says first.

use super::size::{SHORTEST_TICKET, Size, Ticket};
use crate::flow::{Side, millis};

/// Tells them from answers among the messages of both sides; `round_trip` is the shortest way from a segment of the client to its
/// acknowledgement, in milliseconds.
pub(super) fn find(messages: &mut [&mut Size], round_trip: Option<f64>) {
    let first = messages.iter().position(|one| one.side == Side::Client).unwrap_or(messages.len());
    let (early, rest) = messages.split_at_mut(first);
    early.iter_mut().for_each(|one| one.ticket = Ticket::Yes);
    let [said, rest @ ..] = rest else { return };
    let turn = rest.iter().position(|one| one.side == Side::Client).unwrap_or(rest.len());
    let answers = &mut rest[..turn];
    // Sooner than anything comes back it was sent before the client's message arrived.
    let is_soon = |one: &Size| round_trip.is_some_and(|way| millis(said.mark.at, one.mark.at) < way / 2.0);
    let soon = answers.iter().take_while(|one| is_soon(one)).count();
    answers[..soon].iter_mut().for_each(|one| one.ticket = Ticket::Yes);
    let rest = &mut answers[soon..];
    // A server sends all its tickets at once, and a status is shorter than one.
    let (true, Some(length)) = (early.is_empty() && soon == 0, rest.first().map(|one| one.length)) else {
        return;
    };
    if rest[0].plain.as_ref().is_none_or(|plain| *plain.start() < SHORTEST_TICKET) {
        return;
    }
    // They are of one length; what comes after them is the answer.
    let alike = rest.iter().take_while(|one| one.length == length).count();
    let ticket = if alike < rest.len() { Ticket::Yes } else { Ticket::Maybe };
    rest[..alike].iter_mut().for_each(|one| one.ticket = ticket);
}
