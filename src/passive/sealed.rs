//! What encrypted records say by direction, number, size and time. All of it is inferred.

use crate::{
    flow::{At, Mark, Side, millis},
    report::Selected,
};

const APPLICATION_DATA: u8 = 23;
const ALERT: u8 = 21;
/// An AUTHENTICATE has at least the fixed part and both answers; no other message of a client before it is so long.
const SHORTEST_AUTHENTICATE: usize = 300;
/// An alert of TLS 1.3: two bytes, the type and the tag (RFC 8446 section 5.2).
const SEALED_ALERT: usize = 2 + 1 + 16;

/// A record: who sent it, when, its type, and its length.
type Size = (Side, Mark, u8, usize);

/// The records after a handshake.
#[derive(Debug, Default)]
pub(super) struct Sealed {
    records: Vec<Size>,
    is_tls13: bool,
}

impl Sealed {
    /// In the order of time.
    pub(super) fn new(is_tls13: bool, mut records: Vec<Size>) -> Self {
        records.sort_by_key(|(_, mark, ..)| (mark.at, mark.packet));
        Self { records, is_tls13 }
    }

    /// The messages of a side.
    fn of(&self, side: Side) -> impl DoubleEndedIterator<Item = &Size> {
        let counts = |record: &&Size| record.2 == APPLICATION_DATA && !self.is_alert(record);
        self.records.iter().filter(counts).filter(move |(from, ..)| *from == side)
    }

    /// When the last record came.
    pub(super) fn last(&self) -> Option<At> {
        self.records.last().map(|(_, mark, ..)| mark.at)
    }

    /// Who left first, by an alert, or in TLS 1.3 by a record of its size.
    fn left(&self) -> Option<(Side, At)> {
        let alert = self.records.iter().find(|record| self.is_alert(record));
        alert.map(|(side, mark, ..)| (*side, mark.at))
    }

    fn is_alert(&self, (_, _, kind, length): &Size) -> bool {
        *kind == ALERT || self.is_tls13 && *length == SEALED_ALERT
    }

    /// One sentence about what crossed before this moment.
    pub(super) fn told(&self, selected: Selected, ended: Option<(Side, At)>) -> String {
        let (client, server) = (self.of(Side::Client), self.of(Side::Server));
        let counts = format!(
            "{} from the client and {} from the server crossed inside TLS",
            records(client.count()),
            records(server.count())
        );
        // A side that is gone is answered with an alert, and has left before it.
        let first = self.left().into_iter().chain(ended).min_by_key(|(_, at)| *at);
        let end = first.map_or_else(String::new, |(side, at)| self.end(selected, side, at));
        format!("{counts}{end}")
    }

    fn end(&self, selected: Selected, side: Side, at: At) -> String {
        let who = if side == Side::Server { "the server" } else { "the client" };
        let Some((index, (_, mark, _, length))) = self.of(Side::Client).enumerate().last() else {
            return format!("; {who} ended the connection");
        };
        let proof = selected.is_nla() && index > 0 && *length >= SHORTEST_AUTHENTICATE;
        let size = if proof { ", which has the size of an AUTHENTICATE," } else { "" };
        let is_after = |other: &Mark| (other.at, other.packet) > (mark.at, mark.packet) && other.at <= at;
        let answer = self.of(Side::Server).rfind(|(_, answer, ..)| is_after(answer));
        let Some((_, answer, _, length)) = answer else {
            let after = millis(mark.at, at);
            return format!(
                "; {who} ended the connection {after:.1} ms after message {} of the client{}",
                index + 1,
                size.trim_end_matches(',')
            );
        };
        // Whoever is let in sends its password next.
        let refused = if proof { ", as after a refusal" } else { "" };
        let after = millis(answer.at, at);
        format!(
            "; the server answered message {} of the client{size} with {length} B, and {who} ended the connection {after:.1} ms later{refused}",
            index + 1
        )
    }
}

fn records(count: usize) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}
