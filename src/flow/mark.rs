//! When the bytes of one direction came, of which so many are kept.

use super::At;

/// The most bytes of a direction that are kept from its beginning; of what follows only the end is, and all is counted.
pub const MOST_BYTES: usize = 256 * 1024;

/// From this offset on the bytes came at this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Offset in the kept bytes.
    pub offset: usize,
    /// When.
    pub at: At,
    /// In which packet, counted from 1; 0 if nothing counts packets.
    pub packet: u64,
}

impl Mark {
    /// What orders it among those of both directions.
    pub fn order(self) -> (At, u64) {
        (self.at, self.packet)
    }
}
