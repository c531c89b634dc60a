//! What encrypted records say by direction, number, size and time. All of it is inferred.

mod credssp;

use std::ops::RangeInclusive;

pub(super) use credssp::{Ending, Shown};

use crate::{
    flow::{At, Mark, Side, millis},
    pdu::content_type::{ALERT, APPLICATION_DATA},
    report::Selected,
};

/// An AUTHENTICATE has at least the fixed part and both answers; no other message of a client before it is so long.
const SHORTEST_AUTHENTICATE: usize = 300;
/// What a server says before a session is active is shorter: its settings, a license with certificates, its capabilities.
const SHORTEST_SESSION: usize = 16 * 1024;
/// An alert of TLS 1.3: two bytes, the type and the tag (RFC 8446 section 5.2).
const SEALED_ALERT: usize = 2 + 1 + 16;

/// What is known of a record.
#[derive(Clone, Debug)]
pub(super) struct Size {
    pub side: Side,
    pub mark: Mark,
    pub kind: u8,
    pub length: usize,
    /// How many bytes it can hold; none if the suite does not tell.
    pub plain: Option<RangeInclusive<usize>>,
}

impl Size {
    /// Whether what it holds can have one of these lengths.
    fn fits(&self, lengths: &RangeInclusive<usize>) -> bool {
        self.plain
            .as_ref()
            .is_some_and(|plain| plain.start() <= lengths.end() && plain.end() >= lengths.start())
    }
}

/// How many records of a side are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeftOut {
    Records(u64),
    /// Bytes are missing, in which headers may have been.
    Unknown,
}

/// The records after a handshake.
#[derive(Debug)]
pub(super) struct Sealed {
    records: Vec<Size>,
    /// Of the client, and of the server.
    left_out: [LeftOut; 2],
    is_tls13: bool,
}

impl Sealed {
    /// In the order of time.
    pub(super) fn new(is_tls13: bool, mut records: Vec<Size>, left_out: [LeftOut; 2]) -> Self {
        records.sort_by_key(|record| (record.mark.at, record.mark.packet));
        Self { records, left_out, is_tls13 }
    }

    /// The messages of both sides.
    fn messages(&self) -> impl DoubleEndedIterator<Item = &Size> {
        self.records.iter().filter(|record| record.kind == APPLICATION_DATA && !self.is_alert(record))
    }

    /// The messages of a side.
    fn of(&self, side: Side) -> impl DoubleEndedIterator<Item = &Size> {
        self.messages().filter(move |record| record.side == side)
    }

    /// When the last record came.
    pub(super) fn last(&self) -> Option<At> {
        self.records.last().map(|record| record.mark.at)
    }

    /// When this side said that it leaves: by an alert, or in TLS 1.3 by a record of its size.
    pub(super) fn left(&self, side: Side) -> Option<Mark> {
        self.records
            .iter()
            .find(|record| record.side == side && self.is_alert(record))
            .map(|record| record.mark)
    }

    fn is_alert(&self, record: &Size) -> bool {
        record.kind == ALERT || self.is_tls13 && record.length == SEALED_ALERT
    }

    /// Who left first, with an alert or without.
    fn first_to_leave(&self, ended: Option<(Side, At)>) -> Option<(Side, At)> {
        let alerts = [Side::Client, Side::Server].into_iter();
        let alerts = alerts.filter_map(|side| Some((side, self.left(side)?.at)));
        // A side that is gone is answered with an alert, and has left before it.
        alerts.chain(ended).min_by_key(|(_, at)| *at)
    }

    /// One sentence about what crossed before this moment.
    pub(super) fn told(&self, selected: Selected, ended: Option<(Side, At)>) -> String {
        let counts = format!(
            "{} from the client and {} from the server crossed inside TLS",
            self.counted(Side::Client),
            self.counted(Side::Server)
        );
        let first = self.first_to_leave(ended);
        let end = first.map_or_else(String::new, |(side, at)| self.end(selected, side, at));
        format!("{counts}{end}")
    }

    /// Whether more crossed than what leads to a session, or may have crossed where bytes are missing.
    pub(super) fn shows_session(&self) -> bool {
        let said: usize = self.of(Side::Server).map(|record| record.length).sum();
        said > SHORTEST_SESSION || self.left_out.iter().any(|one| *one != LeftOut::Records(0))
    }

    /// How many messages of a side there are.
    fn counted(&self, side: Side) -> String {
        let kept = self.of(side).count() as u64;
        match self.left_out[usize::from(side == Side::Server)] {
            LeftOut::Records(0) if kept == 1 => "1 record".to_owned(),
            LeftOut::Records(more) => format!("{} records", kept + more),
            LeftOut::Unknown => format!("more than {kept} records"),
        }
    }

    fn end(&self, selected: Selected, side: Side, at: At) -> String {
        let who = if side == Side::Server { "the server" } else { "the client" };
        let Some((index, Size { mark, length, .. })) = self.of(Side::Client).enumerate().last() else {
            return format!("; {who} ended the connection");
        };
        let proof = selected.is_nla() && index > 0 && *length >= SHORTEST_AUTHENTICATE;
        let size = if proof { ", which has the size of an AUTHENTICATE," } else { "" };
        let is_after = |other: &Mark| (other.at, other.packet) > (mark.at, mark.packet) && other.at <= at;
        let answer = self.of(Side::Server).rfind(|answer| is_after(&answer.mark));
        let Some(Size { mark: answer, length, .. }) = answer else {
            let after = millis(mark.at, at);
            return format!(
                "; {who} ended the connection {after:.1} ms after message {} of the client{}",
                index + 1,
                size.trim_end_matches(',')
            );
        };
        let refused = match () {
            // Whoever is let in sends its password next.
            () if proof => ", as after a refusal",
            () if selected == Selected::NlaEx && self.is_early_result() => {
                ", as one does that is denied, or only tests an account"
            }
            () => "",
        };
        let after = millis(answer.at, at);
        format!(
            "; the server answered message {} of the client{size} with {length} B, and {who} ended the connection {after:.1} ms later{refused}",
            index + 1
        )
    }
}
