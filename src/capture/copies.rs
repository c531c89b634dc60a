//! Tells the copies of packets that a mirror port makes from packets that were sent again.

use std::{collections::VecDeque, mem::size_of};

use super::packet::Segment;
use crate::flow::At;

/// Copies are captured no further apart.
const WITHIN: u64 = 1_000_000;

/// Among how many packets a copy is looked for.
const MOST: usize = 16;

/// The last packets of one direction.
#[derive(Debug, Default)]
pub(super) struct Copies(VecDeque<(At, Print)>);

/// What the copies of a packet have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Print {
    id: Option<u16>,
    sequence: u32,
    ack: Option<u32>,
    length: usize,
    flags: [bool; 3],
}

impl Copies {
    /// Whether this packet came a moment ago; if not, it is remembered.
    pub(super) fn has(&mut self, segment: &Segment<'_>) -> bool {
        let at = segment.met.at;
        let print = Print {
            id: segment.ip_id.filter(|id| *id != 0),
            sequence: segment.sequence,
            ack: segment.ack,
            length: segment.payload.len() + segment.missing as usize,
            flags: [segment.syn, segment.fin, segment.rst],
        };
        // Without an identification one of several acknowledgements looks like a copy, unless it came at the same time: such are
        // in a file that was merged with itself.
        let within = match print.id.is_none() && print.length == 0 && print.flags == [false; 3] {
            true => 0,
            false => WITHIN,
        };
        self.0.retain(|(recent, _)| at.abs_diff(*recent) <= WITHIN);
        let copy = self.0.iter().any(|(recent, other)| *other == print && at.abs_diff(*recent) <= within);
        if !copy {
            if self.0.len() == MOST {
                self.0.pop_front();
            }
            self.0.push_back((at, print));
        }
        copy
    }

    /// How many bytes of memory they take.
    pub(super) fn held(&self) -> usize {
        self.0.capacity() * size_of::<(At, Print)>()
    }
}
