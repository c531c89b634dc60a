//! What the record of a connection does not let anybody read, although it may have been well: what a server says after a record of
//! its client that does not open, and what its client understood.

use super::{
    super::track::{Closing, Word},
    Halt, Talk,
};
use crate::{
    codes::Phase,
    flow::Side,
    net::{CLOSE_NOTIFY, CLOSED_BY_SERVER, Framing},
    pdu::content_type::{APPLICATION_DATA, HANDSHAKE},
    report::FailureKind,
};

impl Talk<'_> {
    /// Whether this side is the server, and a record of the client that does not open comes before what it says next.
    pub(super) fn answers_unread(&self, side: Side) -> bool {
        // From the activation on the server's words are about themselves.
        let next = self.server.next().filter(|_| side == Side::Server && self.phase < Phase::Activate);
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

    /// The same, unless the client went on as if it could read what the server said in plain: then that is damaged in the record.
    pub(in crate::passive) fn unless_understood(&self, halt: Halt) -> Halt {
        let Halt::Failed(failure) = &halt else { return halt };
        let is_garbled =
            matches!(failure.kind, FailureKind::Malformed | FailureKind::NotTls | FailureKind::NotRdp);
        let goes_on = |record: &[u8]| matches!(record.first(), Some(&HANDSHAKE | &APPLICATION_DATA));
        let next = self.client.find(Framing::TlsRecord, goes_on).filter(|_| is_garbled && !self.tls);
        match next.is_some_and(|next| next.order() > self.heard.order()) {
            true => Halt::Unseen(format!(
                "what the server sent cannot be read in the record, but its client went on with it: the record is damaged \
                 here ({})",
                failure.detail
            )),
            false => halt,
        }
    }
}
