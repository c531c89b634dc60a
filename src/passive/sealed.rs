//! What encrypted records say by direction, number, size and time. All of it is inferred.

use crate::{
    flow::{At, Mark, Side, millis},
    report::Selected,
};

const APPLICATION_DATA: u8 = 23;
const ALERT: u8 = 21;
/// An AUTHENTICATE has at least the fixed part and both answers; no other message of a client before it is so long.
const SHORTEST_AUTHENTICATE: usize = 300;
/// A server that has sent so much has drawn something.
const DRAWN: usize = 32 * 1024;

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

    fn of(&self, side: Side) -> impl DoubleEndedIterator<Item = &Size> {
        self.records.iter().filter(move |(from, _, kind, _)| *from == side && *kind == APPLICATION_DATA)
    }

    /// When the last record came.
    pub(super) fn last(&self) -> Option<At> {
        self.records.last().map(|(_, mark, ..)| mark.at)
    }

    /// Whether the server ended TLS with an alert; TLS 1.3 hides which records are one.
    fn has_alert(&self) -> bool {
        !self.is_tls13
            && self.records.iter().any(|(side, _, kind, _)| *side == Side::Server && *kind == ALERT)
    }

    /// Whether a session followed, as it seems.
    pub(super) fn is_session(&self) -> bool {
        self.of(Side::Server).map(|(.., length)| length).sum::<usize>() >= DRAWN
    }

    /// Whether the connection ended inside CredSSP, as it seems: the client said at most so much.
    pub(super) fn ends_in_credssp(&self, selected: Selected) -> bool {
        selected.is_nla() && !self.is_session() && self.of(Side::Client).count() <= 3
    }

    /// One sentence about what crossed before this moment.
    pub(super) fn told(&self, selected: Selected, ended: Option<(Side, At)>) -> String {
        let (client, server) = (self.of(Side::Client), self.of(Side::Server));
        let counts = format!(
            "{} from the client and {} from the server crossed inside TLS",
            records(client.count()),
            records(server.count())
        );
        let end = ended.map_or_else(String::new, |(side, at)| self.end(selected, side, at));
        let alert = if self.has_alert() { "; the server sent an alert" } else { "" };
        format!("{counts}{alert}{end}")
    }

    fn end(&self, selected: Selected, side: Side, at: At) -> String {
        let who = if side == Side::Server { "the server" } else { "the client" };
        let Some((index, (_, mark, _, length))) = self.of(Side::Client).enumerate().last() else {
            return format!("; {who} ended the connection");
        };
        let proof = selected.is_nla() && index > 0 && *length >= SHORTEST_AUTHENTICATE;
        let size = if proof { ", which has the size of an AUTHENTICATE" } else { "" };
        let after = millis(mark.at, at);
        format!("; {who} ended the connection {after:.1} ms after message {} of the client{size}", index + 1)
    }
}

fn records(count: usize) -> String {
    match count {
        1 => "1 record".to_owned(),
        count => format!("{count} records"),
    }
}
