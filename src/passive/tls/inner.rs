//! The handshake messages of TLS 1.3 that are encrypted (RFC 8446 section 4).

use crate::pdu::{
    Reader,
    handshake::{CERTIFICATE, CERTIFICATE_REQUEST, MAX_MESSAGE, chain_tls13, message},
};

const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;

/// What one direction has said inside.
#[derive(Debug, Default)]
pub(super) struct Inner {
    pub chain: Vec<Vec<u8>>,
    pub certificate_requested: bool,
    /// Whether Finished has come, after which the traffic secret is another.
    pub is_finished: bool,
    /// Whether the last record asks for new keys.
    pub updates: bool,
    pending: Vec<u8>,
}

impl Inner {
    /// Takes the content of a record; what cannot be read says nothing.
    pub(super) fn take(&mut self, content: &[u8]) {
        self.updates = false;
        let mut pending = std::mem::take(&mut self.pending);
        if pending.len() + content.len() > MAX_MESSAGE {
            return;
        }
        pending.extend_from_slice(content);
        let mut reader = Reader::new(&pending);
        while let Ok(Some((kind, body))) = message(&mut reader) {
            match kind {
                CERTIFICATE => self.chain = chain_tls13(body).unwrap_or_default(),
                CERTIFICATE_REQUEST => self.certificate_requested = true,
                FINISHED => self.is_finished = true,
                KEY_UPDATE => self.updates = true,
                _ => {}
            }
        }
        self.pending = reader.rest().to_vec();
    }
}
