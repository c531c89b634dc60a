//! What answers a ClientHello, as far as it crosses in plain (RFC 8446 4.1.3, 5.1 and 6, RFC 5246 7.4).

use super::{
    Malformed, Reader,
    content_type::{ALERT, HANDSHAKE},
    handshake::{CERTIFICATE, CERTIFICATE_REQUEST, MAX_MESSAGE, SERVER_HELLO_DONE, chain, message},
    hello::{SUPPORTED_VERSIONS, TLS_1_3},
};

const SERVER_HELLO: u8 = 2;
const SERVER_KEY_EXCHANGE: u8 = 12;
const KEY_SHARE: u16 = 51;
/// The random of a HelloRetryRequest (RFC 8446 4.1.3).
const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2,
    0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];
/// ECCurveType (RFC 8422 5.4).
const NAMED_CURVE: u8 = 3;

/// What the server has said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The version that the server selected.
    pub version: Option<u16>,
    /// The suite that it selected.
    pub suite: Option<u16>,
    /// The server's random.
    pub random: Option<[u8; 32]>,
    /// Whether the server asked for another hello and has not answered that yet (RFC 8446 4.1.4).
    pub is_retry: bool,
    /// The numbers of the extensions.
    pub extensions: Vec<u16>,
    /// The group of an exchange with ECDHE; with DHE up to TLS 1.2 it means nothing.
    pub group: Option<u16>,
    /// The chain, DER; up to TLS 1.2 it crosses in plain.
    pub chain: Vec<Vec<u8>>,
    /// Whether the server asked for a client certificate.
    pub client_certificate_requested: bool,
    /// The description of a fatal alert.
    pub alert: Option<u8>,
    /// Whether nothing more comes in plain.
    pub is_complete: bool,
    /// The beginning of a message whose end has not come.
    pending: Vec<u8>,
}

impl Answer {
    /// Takes a whole record.
    ///
    /// # Errors
    /// It is no TLS record, or a message in it cannot be read.
    pub fn take(&mut self, record: &[u8]) -> Result<(), Malformed> {
        let mut reader = Reader::new(record);
        let kind = reader.u8()?;
        let (_version, _length) = (reader.u16_be()?, reader.u16_be()?);
        match (kind, reader.rest()) {
            (ALERT, [_level, description]) => {
                self.alert = Some(*description);
                self.is_complete = true;
                Ok(())
            }
            (HANDSHAKE, messages) => {
                if self.pending.len() + messages.len() > MAX_MESSAGE {
                    return Err(Malformed(format!("a TLS message of more than {MAX_MESSAGE} bytes")));
                }
                self.pending.extend(messages);
                self.messages()
            }
            _ => Err(Malformed(format!("a TLS record of type {kind} where the ServerHello belongs"))),
        }
    }

    fn messages(&mut self) -> Result<(), Malformed> {
        let pending = std::mem::take(&mut self.pending);
        let mut reader = Reader::new(&pending);
        loop {
            let rest = reader.rest();
            let Some((kind, body)) = message(&mut reader)? else {
                rest.clone_into(&mut self.pending);
                return Ok(());
            };
            match kind {
                SERVER_HELLO => self.server_hello(body)?,
                CERTIFICATE => self.chain = chain(body)?,
                SERVER_KEY_EXCHANGE => self.group = named_curve(body),
                CERTIFICATE_REQUEST => self.client_certificate_requested = true,
                SERVER_HELLO_DONE => self.is_complete = true,
                _ => {}
            }
        }
    }

    /// legacy_version, random, session id, suite, compression method, extensions.
    fn server_hello(&mut self, body: &[u8]) -> Result<(), Malformed> {
        let mut reader = Reader::new(body);
        let mut version = reader.u16_be()?;
        let random = reader.array()?;
        self.random = Some(random);
        self.is_retry = random == HELLO_RETRY_REQUEST;
        self.extensions.clear();
        let session = usize::from(reader.u8()?);
        reader.bytes(session)?;
        self.suite = Some(reader.u16_be()?);
        reader.u8()?;
        if let Ok(length) = reader.u16_be() {
            let mut extensions = Reader::new(reader.bytes(length.into())?);
            while !extensions.is_empty() {
                let (kind, length) = (extensions.u16_be()?, extensions.u16_be()?);
                let content = extensions.bytes(length.into())?;
                self.extensions.push(kind);
                match kind {
                    SUPPORTED_VERSIONS => version = Reader::new(content).u16_be()?,
                    KEY_SHARE => self.group = Reader::new(content).u16_be().ok(),
                    _ => {}
                }
            }
        }
        self.version = Some(version);
        // In TLS 1.3 everything after it is encrypted.
        self.is_complete |= version == TLS_1_3;
        Ok(())
    }
}

fn named_curve(body: &[u8]) -> Option<u16> {
    match body {
        [NAMED_CURVE, high, low, ..] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}
