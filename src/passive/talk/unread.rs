//! What a server says after a record of its client that the keys do not open: nobody knows what it answers.

use super::{
    super::track::{Closing, Word},
    Talk,
};
use crate::{
    flow::Side,
    net::{CLOSE_NOTIFY, CLOSED_BY_SERVER},
};

impl Talk<'_> {
    /// Whether this side is the server, and a record of the client that does not open comes before what it says next.
    pub(super) fn answers_unread(&self, side: Side) -> bool {
        let next = self.server.next().filter(|_| side == Side::Server);
        self.client.shut.zip(next).is_some_and(|(shut, next)| shut.order() < next.order())
    }

    /// Whether such a record comes before this word, which tells nothing by number.
    pub(super) fn ends_unread(&self, closing: Closing) -> bool {
        let is_told = match closing.word {
            Word::Alert(code) => code != CLOSE_NOTIFY,
            Word::Channel(status) => !matches!(status, 0 | CLOSED_BY_SERVER),
            Word::End | Word::Answer(_) | Word::Lost | Word::Unreadable => false,
        };
        !is_told && self.client.shut.is_some_and(|shut| shut.order() < closing.mark.order())
    }

    /// Goes on in a session, in which the server's words answer none of the client's.
    pub(in crate::passive) fn begins_session(&mut self) {
        self.client.shut = None;
    }
}
