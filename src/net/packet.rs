//! Where one packet of a gateway ends and the next begins (MS-TSGU 2.2.10.1), whatever way they are written.
//!
//! Every packet becomes one WebSocket message, or one chunk, however TLS inside writes it. Windows sends no other
//! kind, and some gateways skip what follows the first packet of a message.

use crate::pdu::tsgu::{HEADER, packet_length};

/// Cuts what is written into whole packets. Windows sends each in a message of its own, and some gateways read one a message.
#[derive(Debug, Default)]
pub(super) struct Cut {
    begun: Vec<u8>,
}

impl Cut {
    /// Takes some of `bytes`, at least one, and the packet that is whole by them.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, Option<Vec<u8>>) {
        let missing = self.length().unwrap_or(HEADER).saturating_sub(self.begun.len());
        let count = bytes.len().min(missing.max(1));
        self.begun.extend_from_slice(&bytes[..count]);
        let whole = self.length() == Some(self.begun.len());
        (count, whole.then(|| std::mem::take(&mut self.begun)))
    }

    /// The length of the packet under way, once its header is there. What is none, after a write that was broken off, is not
    /// held back.
    fn length(&self) -> Option<usize> {
        packet_length(&self.begun).unwrap_or(Some(self.begun.len()))
    }
}
