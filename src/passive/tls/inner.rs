//! The handshake messages of TLS 1.3 that are encrypted (RFC 8446 section 4).

use crate::pdu::{Malformed, Reader};

const CERTIFICATE: u8 = 11;
const CERTIFICATE_REQUEST: u8 = 13;
const FINISHED: u8 = 20;
const KEY_UPDATE: u8 = 24;
const MAX_MESSAGE: usize = 64 * 1024;
const MAX_CHAIN: usize = 16;

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
        if self.pending.len() + content.len() > MAX_MESSAGE {
            self.pending.clear();
            return;
        }
        self.pending.extend_from_slice(content);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        while let Some(([kind, length @ ..], after)) = rest.split_first_chunk::<4>() {
            let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            let Some((body, after)) = after.split_at_checked(length) else { break };
            rest = after;
            match *kind {
                CERTIFICATE => self.chain = chain(body).unwrap_or_default(),
                CERTIFICATE_REQUEST => self.certificate_requested = true,
                FINISHED => self.is_finished = true,
                KEY_UPDATE => self.updates = true,
                _ => {}
            }
        }
        self.pending = rest.to_vec();
    }
}

/// certificate_request_context, then certificates with their extensions.
fn chain(body: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut reader = Reader::new(body);
    let context = reader.u8()?;
    reader.bytes(context.into())?;
    let _whole = length24(&mut reader)?;
    let mut chain = Vec::new();
    while !reader.is_empty() && chain.len() < MAX_CHAIN {
        let length = length24(&mut reader)?;
        chain.push(reader.bytes(length)?.to_vec());
        let extensions = reader.u16_be()?;
        reader.bytes(extensions.into())?;
    }
    Ok(chain)
}

fn length24(reader: &mut Reader<'_>) -> Result<usize, Malformed> {
    Ok(usize::from(reader.u8()?) << 16 | usize::from(reader.u16_be()?))
}
