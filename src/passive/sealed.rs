//! What encrypted records say by direction, number, size and time. All of it is inferred.

mod credssp;
mod size;
mod tickets;

pub(super) use credssp::{Ending, Shown};
pub(super) use size::Size;
use size::Ticket;

use super::track::LeftOut;
use crate::{
    flow::{At, Mark, Side, millis},
    report::Selected,
};

/// An AUTHENTICATE has at least the fixed part and both answers; no other message of a client before it is so long.
const SHORTEST_AUTHENTICATE: usize = 300;
/// What a server says before a session is active is shorter: its settings, a license with certificates, its capabilities.
const SHORTEST_SESSION: usize = 16 * 1024;

/// Who left, when, and in which packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaving {
    pub side: Side,
    pub when: (At, u64),
}

/// A server that denies somebody ends the connection no later than this, in milliseconds; one that waits for its client does later.
const DENIES_WITHIN: f64 = 1_000.0;

impl Leaving {
    /// Whether nobody was waited for after this answer.
    fn is_right_after(&self, answer: &Size) -> bool {
        millis(answer.mark.at, self.when.0) <= DENIES_WITHIN
    }
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
        records.sort_by_key(|record| record.mark.order());
        Self { records, left_out, is_tls13 }
    }

    /// Tells the tickets of TLS 1.3 from answers by the shortest round trip, in milliseconds.
    pub(super) fn with_tickets(mut self, round_trip: Option<f64>) -> Self {
        if self.is_tls13 {
            let is_message = |record: &&mut Size| record.is_message(true);
            let mut messages: Vec<&mut Size> = self.records.iter_mut().filter(is_message).collect();
            tickets::find(&mut messages, round_trip);
        }
        self
    }

    /// The messages of both sides that are no tickets.
    fn messages(&self) -> impl DoubleEndedIterator<Item = &Size> {
        self.records.iter().filter(|record| record.is_message(self.is_tls13) && record.ticket != Ticket::Yes)
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
            .find(|record| record.side == side && record.is_alert(self.is_tls13))
            .map(|record| record.mark)
    }

    /// Who left first, with an alert or without.
    fn first_to_leave(&self, ended: Option<Leaving>) -> Option<Leaving> {
        let alerts = [Side::Client, Side::Server].into_iter();
        let alerts = alerts.filter_map(|side| Some(Leaving { side, when: self.left(side)?.order() }));
        // A side that is gone is answered with an alert, and has left before it.
        alerts.chain(ended).min_by_key(|leaving| leaving.when)
    }

    /// One sentence about what crossed before this moment.
    pub(super) fn told(&self, selected: Selected, ended: Option<Leaving>) -> String {
        let counts = format!(
            "{} from the client and {} from the server crossed inside TLS",
            self.counted(Side::Client),
            self.counted(Side::Server)
        );
        let first = self.first_to_leave(ended);
        let end = first.map_or_else(String::new, |leaving| self.end(selected, leaving));
        format!("{counts}{end}")
    }

    /// Whether more crossed than what leads to a session, or may have crossed where bytes are missing.
    pub(super) fn shows_session(&self) -> bool {
        let said: usize = self.of(Side::Server).map(|record| record.length).sum();
        said > SHORTEST_SESSION || self.left_out.iter().any(|one| *one != LeftOut::Records(0))
    }

    /// How many messages of a side there are, tickets too.
    fn counted(&self, side: Side) -> String {
        let is_counted = |one: &&Size| one.side == side && one.is_message(self.is_tls13);
        let kept = self.records.iter().filter(is_counted).count() as u64;
        match self.left_out[usize::from(side == Side::Server)] {
            LeftOut::Records(0) if kept == 1 => "1 record".to_owned(),
            LeftOut::Records(more) => format!("{} records", kept + more),
            LeftOut::Unknown => format!("more than {kept} records"),
        }
    }

    fn end(&self, selected: Selected, leaving: Leaving) -> String {
        let Leaving { side, when } = leaving;
        let who = if side == Side::Server { "the server" } else { "the client" };
        let how = self.farewell(leaving);
        let before = self.of(Side::Client).take_while(|said| said.mark.order() <= when);
        let Some((index, Size { mark, length, .. })) = before.enumerate().last() else {
            return format!("; {who} ended the connection{how}{}", self.unasked(side));
        };
        let message = format!("message {} of the client", index + 1);
        let in_credssp = selected.is_nla() && index > 0 && self.turns().is_some();
        let proof = in_credssp && *length >= SHORTEST_AUTHENTICATE;
        let size = if proof { ", which has the size of an AUTHENTICATE" } else { "" };
        let is_after = |other: &Mark| other.order() > mark.order() && other.order() <= when;
        let Some(answer) = self.of(Side::Server).rfind(|answer| is_after(&answer.mark)) else {
            let after = millis(mark.at, when.0);
            return format!("; {who} ended the connection{how} {after:.1} ms after {message}{size}");
        };
        let (after, length) = (millis(answer.mark.at, when.0), answer.length);
        let ended = format!("{who} ended the connection{how} {after:.1} ms later");
        if answer.ticket == Ticket::Maybe {
            return format!(
                "; after {message} the server sent {length} B, a session ticket of TLS 1.3 or an answer, and {ended}"
            );
        }
        let close = if proof { "," } else { "" };
        let reason = self.reason(selected, leaving, answer).filter(|_| selected.is_nla()).unwrap_or_default();
        format!("; the server answered {message}{size}{close} with {length} B, and {ended}{reason}")
    }

    /// What an end before any message of the client may mean. In TLS 1.3 a server judges the client's part of the handshake when the
    /// client takes it for done already.
    fn unasked(&self, side: Side) -> &'static str {
        match side {
            Side::Server if self.is_tls13 && self.of(Side::Client).next().is_some() => {
                " before the first message of the client: it may have refused the client's part of the handshake, as one does \
                 that wants a client certificate, so that tls may be what failed"
            }
            Side::Server | Side::Client => "",
        }
    }

    /// With what this side said that it leaves, if it did.
    fn farewell(&self, leaving: Leaving) -> &'static str {
        match self.left(leaving.side) {
            Some(mark) if mark.order() == leaving.when && self.is_tls13 => {
                " with a record of the size of an alert"
            }
            Some(mark) if mark.order() == leaving.when => " with an alert, of which most say goodbye,",
            _ => "",
        }
    }
}
