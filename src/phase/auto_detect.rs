//! Network characteristics detection: what the server measures, and what it is answered (MS-RDPBCGR 1.3.9, 3.2.5.14).

use crate::{
    net::Instant,
    pdu::message_channel::{self, Measuring, Message},
};

/// A bandwidth that is being measured.
#[derive(Debug, Default)]
pub(crate) struct AutoDetect {
    since: Option<Instant>,
    /// Whether all that comes is counted.
    everything: bool,
    bytes: u32,
}

impl AutoDetect {
    /// Counts a frame that came, whatever it is.
    pub(crate) fn received(&mut self, frame: &[u8]) {
        if self.everything {
            self.count(u32::try_from(frame.len()).unwrap_or(u32::MAX));
        }
    }

    /// Takes a message; what it is answered with, if it wants an answer. Other messages than auto-detect requests want none.
    pub(crate) fn answer(&mut self, message: Message) -> Option<Vec<u8>> {
        match message {
            Message::RoundTrip { sequence } => Some(message_channel::round_trip(sequence)),
            Message::BandwidthStart { when } => {
                *self =
                    Self { since: Some(Instant::now()), everything: when == Measuring::Continuous, bytes: 0 };
                None
            }
            Message::BandwidthPayload { bytes } => {
                self.payload(bytes);
                None
            }
            Message::BandwidthStop { sequence, when, bytes } => {
                self.payload(bytes);
                Some(self.results(sequence, when))
            }
            _ => None,
        }
    }

    /// What came in no time came in a millisecond: servers divide by it.
    fn results(&mut self, sequence: u16, when: Measuring) -> Vec<u8> {
        let elapsed = self.since.map_or(0, |since| since.elapsed().as_millis());
        let milliseconds = u32::try_from(elapsed).unwrap_or(u32::MAX).max(1);
        let results = message_channel::bandwidth(sequence, when, milliseconds, self.bytes);
        *self = Self::default();
        results
    }

    /// Counts a payload, unless its frame is counted anyway.
    fn payload(&mut self, bytes: u32) {
        if !self.everything {
            self.count(bytes);
        }
    }

    fn count(&mut self, bytes: u32) {
        self.bytes = self.bytes.saturating_add(bytes);
    }
}
