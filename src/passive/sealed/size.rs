//! One record, by its size.

use std::ops::RangeInclusive;

use crate::{
    flow::{Mark, Side},
    pdu::content_type::{ALERT, APPLICATION_DATA},
};

/// An alert of TLS 1.3: two bytes, the type and the tag (RFC 8446 section 5.2).
const SEALED_ALERT: usize = 2 + 1 + 16;

/// A TSRequest with a version and an errorCode alone. Whatever lets the exchange go on is longer: a CHALLENGE, a ticket's answer, a
/// proof of the key, even one that is too short.
pub(super) const STATUS: RangeInclusive<usize> = 13..=20;

/// What may hold a status with something beside it, or a proof that is cut short.
pub(super) const SHORT: RangeInclusive<usize> = 13..=40;

/// A session ticket that a server can find its session by, or open (RFC 8446 section 4.6.1).
pub(super) const SHORTEST_TICKET: usize = 41;

/// What a message of a server may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::passive) enum Ticket {
    No,
    /// It may also be an answer.
    Maybe,
    Yes,
}

/// What is known of a record.
#[derive(Clone, Debug)]
pub(in crate::passive) struct Size {
    pub side: Side,
    pub mark: Mark,
    pub kind: u8,
    pub length: usize,
    /// How many bytes it can hold; none if the suite does not tell.
    pub plain: Option<RangeInclusive<usize>>,
    pub ticket: Ticket,
}

impl Size {
    /// One of this side, of this type.
    pub(in crate::passive) fn new(
        side: Side,
        mark: Mark,
        kind: u8,
        length: usize,
        plain: Option<RangeInclusive<usize>>,
    ) -> Self {
        Self { side, mark, kind, length, plain, ticket: Ticket::No }
    }

    pub(super) fn is_alert(&self, is_tls13: bool) -> bool {
        self.kind == ALERT || is_tls13 && self.length == SEALED_ALERT
    }

    pub(super) fn is_message(&self, is_tls13: bool) -> bool {
        self.kind == APPLICATION_DATA && !self.is_alert(is_tls13)
    }

    /// Whether what it holds can have one of these lengths.
    pub(super) fn fits(&self, lengths: &RangeInclusive<usize>) -> bool {
        self.plain
            .as_ref()
            .is_some_and(|plain| plain.start() <= lengths.end() && plain.end() >= lengths.start())
    }
}
