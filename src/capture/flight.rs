//! Segments on their way: how long their acknowledgements take, how long the longest is that arrived, and which never did.

use std::collections::VecDeque;

use super::packet::Met;
use crate::flow::{At, Vain, millis};

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

    /// The other side has everything up to here.
    pub(super) fn acknowledge(&mut self, to: i64, at: At) {
        if self.acknowledged.is_some_and(|acknowledged| acknowledged >= to) {
            return;
        }
        self.acknowledged = Some(to);
        while let Some(sent) = self.sent.pop_front_if(|sent| sent.end <= to) {
            self.arrived(sent.start, sent.end);
            // Of one that was sent twice nobody knows which was acknowledged (Karn).
            if sent.vain.times == 1 {
                self.round_trip(sent.vain.first.0, at);
            }
        }
    }

    /// Notes the time between a segment and its acknowledgement.
    pub(super) fn round_trip(&mut self, sent: At, acknowledged: At) {
        let milliseconds = millis(sent, acknowledged);
        self.round_trip_ms = Some(self.round_trip_ms.map_or(milliseconds, |known| known.min(milliseconds)));
    }

    /// The first segment that was never acknowledged.
    pub(super) fn lost(&self) -> Option<Vain> {
        self.sent.front().map(|sent| sent.vain)
    }

    /// How many bytes of memory it takes.
    pub(super) fn held(&self) -> usize {
        self.sent.capacity() * size_of::<Sent>()
    }

    fn arrived(&mut self, start: i64, end: i64) {
        self.longest_acknowledged = self.longest_acknowledged.max((end - start) as u32);
    }
}
