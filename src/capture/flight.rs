//! Segments on their way: how long their acknowledgements take, how long the longest is that arrived, and which never did.

use std::collections::VecDeque;

use super::packet::Met;
use crate::flow::{At, LOST_AFTER, Vain, millis};

/// How many segments are watched at once; those that follow them are in the same window.
const MOST: usize = 1024;

/// A segment that nobody acknowledged yet.
#[derive(Clone, Copy, Debug)]
struct Sent {
    start: i64,
    end: i64,
    vain: Vain,
}

/// What one side sent, and what the other acknowledged.
#[derive(Debug, Default)]
pub(super) struct Flight {
    sent: VecDeque<Sent>,
    /// Up to where the other side has everything; none if it never said so.
    pub(super) acknowledged: Option<i64>,
    pub(super) longest_acknowledged: u32,
    pub(super) round_trip_ms: Option<f64>,
    /// Where segments end that were sent again and not acknowledged yet, and how many were since.
    again: VecDeque<i64>,
    pub(super) mended: u32,
    /// How many were sent again although they had been acknowledged.
    pub(super) repeated: u32,
    /// When the other side last answered with a RST.
    refused: Option<At>,
}

impl Flight {
    /// Notes a segment, or that it was sent again.
    pub(super) fn send(&mut self, start: i64, end: i64, met: Met) {
        if self.acknowledged.is_some_and(|acknowledged| end <= acknowledged) {
            // Captured after its acknowledgement.
            self.arrived(start, end);
        } else if self.sent.back().is_none_or(|last| last.end <= start) {
            if self.sent.len() < MOST {
                let vain = Vain::once((end - start) as u64, met.at, met.packet);
                self.sent.push_back(Sent { start, end, vain });
            }
        } else {
            let first = self.sent.partition_point(|sent| sent.end <= start);
            let again = self.sent.iter_mut().skip(first).take_while(|sent| sent.start < end);
            again.for_each(|sent| sent.vain.again(met.at, met.packet));
        }
    }

    /// Notes that what ends here was sent again.
    pub(super) fn repeat(&mut self, end: i64) {
        if self.acknowledged.is_some_and(|acknowledged| acknowledged >= end) {
            self.repeated += 1;
        } else if self.again.len() < MOST {
            self.again.push_back(end);
        }
    }

    /// The other side answers with a RST of its own.
    pub(super) fn refuse(&mut self, at: At) {
        self.refused = Some(at);
    }

    /// The other side has everything up to here.
    pub(super) fn acknowledge(&mut self, to: i64, at: At) {
        if self.acknowledged == Some(to) {
            self.deny(to, at);
        }
        if self.acknowledged.is_some_and(|acknowledged| acknowledged >= to) {
            return;
        }
        self.acknowledged = Some(to);
        let waiting = self.again.len();
        self.again.retain(|end| *end > to);
        self.mended += (waiting - self.again.len()) as u32;
        while let Some(sent) = self.sent.pop_front_if(|sent| sent.end <= to) {
            self.arrived(sent.start, sent.end);
            // Of one that was sent twice nobody knows which was acknowledged (Karn).
            if sent.vain.times == 1 {
                self.round_trip(sent.vain.first.0, at);
            }
        }
    }

    /// What the other side says long after a segment, it says of that segment too.
    fn deny(&mut self, to: i64, at: At) {
        let trip = (self.round_trip_ms.unwrap_or(0.0) * 1e6) as At;
        if let Some(first) = self.sent.front_mut().filter(|first| first.start >= to) {
            first.vain.denied |= at.saturating_sub(first.vain.first.0) >= LOST_AFTER.saturating_add(trip);
        }
    }

    /// Notes the time between a segment and its acknowledgement.
    pub(super) fn round_trip(&mut self, sent: At, acknowledged: At) {
        let milliseconds = millis(sent, acknowledged);
        self.round_trip_ms = Some(self.round_trip_ms.map_or(milliseconds, |known| known.min(milliseconds)));
    }

    /// The first segment that was never acknowledged. What is answered with a RST has arrived.
    pub(super) fn lost(&self) -> Option<Vain> {
        let vain = self.sent.front().map(|sent| sent.vain)?;
        self.refused.is_none_or(|refused| refused < vain.first.0).then_some(vain)
    }

    /// How many bytes of memory it takes.
    pub(super) fn held(&self) -> usize {
        self.sent.capacity() * size_of::<Sent>() + self.again.capacity() * size_of::<i64>()
    }

    fn arrived(&mut self, start: i64, end: i64) {
        self.longest_acknowledged = self.longest_acknowledged.max((end - start) as u32);
    }
}
