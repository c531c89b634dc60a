//! What Standard RDP Security has encrypted, opened: security headers, MACs and the fast path of one direction (MS-RDPBCGR
//! 2.2.8.1.1.2, 2.2.8.1.2, 2.2.9.1.2, 5.3.6).

use zeroize::Zeroizing;

use super::{
    Malformed, Reader,
    license_frame::SEC_LICENSE_PKT,
    mcs,
    security_keys::{KeyStream, MacKey, SessionKeys, Strength},
    x224::TPKT_VERSION,
};

/// SEC_EXCHANGE_PKT. SEC_LICENSE_ENCRYPT_SC is not set with it, so that the license exchange stays readable.
pub const SEC_EXCHANGE_PKT: u16 = 0x0001;
/// SEC_TRANSPORT_REQ.
pub const SEC_TRANSPORT_REQ: u16 = 0x0002;
/// SEC_TRANSPORT_RSP.
pub const SEC_TRANSPORT_RSP: u16 = 0x0004;
/// SEC_ENCRYPT.
pub const SEC_ENCRYPT: u16 = 0x0008;
/// SEC_INFO_PKT.
pub const SEC_INFO_PKT: u16 = 0x0040;
/// SEC_REDIRECTION_PKT.
pub const SEC_REDIRECTION_PKT: u16 = 0x0400;
/// SEC_SECURE_CHECKSUM: the MAC is salted.
pub const SEC_SECURE_CHECKSUM: u16 = 0x0800;
/// SEC_AUTODETECT_REQ.
pub const SEC_AUTODETECT_REQ: u16 = 0x1000;
/// SEC_AUTODETECT_RSP.
pub const SEC_AUTODETECT_RSP: u16 = 0x2000;
/// SEC_HEARTBEAT.
pub const SEC_HEARTBEAT: u16 = 0x4000;

/// FASTPATH_OUTPUT_SECURE_CHECKSUM in the two highest bits of fpOutputHeader, and the same of fpInputHeader: the MAC is salted.
const FAST_PATH_SECURE_CHECKSUM: u8 = 0x40;
/// FASTPATH_OUTPUT_ENCRYPTED and FASTPATH_INPUT_ENCRYPTED, there too.
const FAST_PATH_ENCRYPTED: u8 = 0x80;

/// PDUs of a server that carry a security header under TLS too, because it says what they are.
const NAMED_BY_SERVER: u16 =
    SEC_TRANSPORT_REQ | SEC_LICENSE_PKT | SEC_REDIRECTION_PKT | SEC_AUTODETECT_REQ | SEC_HEARTBEAT;
/// The same of a client.
const NAMED_BY_CLIENT: u16 = SEC_TRANSPORT_RSP | SEC_LICENSE_PKT | SEC_INFO_PKT | SEC_AUTODETECT_RSP;

/// Why a PDU cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unopened {
    /// It ends too early, or it is too long.
    Malformed(Malformed),
    /// Its MAC is not that of the decrypted data.
    WrongMac,
}

impl From<Malformed> for Unopened {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

/// Opens what one side sends; its keys are wiped when dropped.
pub struct Opener {
    mac: MacKey,
    stream: KeyStream,
    /// Flags that stay in a header, because they say what a PDU is.
    named: u16,
}

/// Both directions of a connection that is only watched.
pub struct Openers {
    /// Opens what the client sends.
    pub client: Opener,
    /// Opens what the server sends.
    pub server: Opener,
}

impl Openers {
    /// The openers of these randoms.
    ///
    /// # Errors
    /// The server's random is not 32 bytes long.
    pub fn new(
        strength: Strength,
        client_random: &Zeroizing<[u8; 32]>,
        server_random: &[u8],
    ) -> Result<Self, Malformed> {
        let SessionKeys { mac, outgoing, incoming } =
            SessionKeys::of(strength, client_random, server_random)?;
        let client = Opener { mac: mac.clone(), stream: outgoing, named: NAMED_BY_CLIENT };
        Ok(Self { client, server: Opener::of_server(mac, incoming) })
    }
}

impl Opener {
    /// Of what a server sends.
    pub(super) fn of_server(mac: MacKey, stream: KeyStream) -> Self {
        Self { mac, stream, named: NAMED_BY_SERVER }
    }

    /// What a frame would be under TLS, on the slow path and on the fast path.
    ///
    /// # Errors
    /// A header is cut short, or the MAC is wrong.
    pub fn open_frame(&mut self, frame: &[u8]) -> Result<Vec<u8>, Unopened> {
        if frame.first() != Some(&TPKT_VERSION) {
            return self.open_fast_path(frame);
        }
        let opened = mcs::with_user_data(frame, |user_data| self.open(user_data))?;
        Ok(opened.unwrap_or_else(|| frame.to_vec()))
    }

    /// What user data would be under TLS: decrypted, and without the security header if that says nothing.
    ///
    /// # Errors
    /// The header is cut short, or the MAC is wrong.
    pub fn open(&mut self, user_data: &[u8]) -> Result<Vec<u8>, Unopened> {
        let mut reader = Reader::new(user_data);
        let (flags, _flags_hi) = (reader.u16()?, reader.u16()?);
        let data = match flags & SEC_ENCRYPT {
            0 => reader.rest().to_vec(),
            _ => self.decrypt(flags & SEC_SECURE_CHECKSUM != 0, &mut reader)?,
        };
        if flags & self.named == 0 {
            return Ok(data);
        }
        let named = u32::from(flags & !(SEC_ENCRYPT | SEC_SECURE_CHECKSUM));
        Ok([&named.to_le_bytes()[..], &data].concat())
    }

    /// fpOutputHeader or fpInputHeader, the whole length in one byte or two, dataSignature, updates or events.
    fn open_fast_path(&mut self, frame: &[u8]) -> Result<Vec<u8>, Unopened> {
        let mut reader = Reader::new(frame);
        let (header, _length) = (reader.u8()?, reader.per_length()?);
        if header & FAST_PATH_ENCRYPTED == 0 {
            return Ok(frame.to_vec());
        }
        let updates = self.decrypt(header & FAST_PATH_SECURE_CHECKSUM != 0, &mut reader)?;
        let length = u16::try_from(updates.len() + 3).ok().filter(|length| *length < 0x8000);
        let length = length.ok_or_else(|| Malformed::new("a fast-path PDU of more than 32767 bytes"))?;
        let header = header & !(FAST_PATH_ENCRYPTED | FAST_PATH_SECURE_CHECKSUM);
        Ok([&[header][..], &(length | 0x8000).to_be_bytes(), &updates].concat())
    }

    /// Takes the MAC and the encryption off what is left.
    fn decrypt(&mut self, salted: bool, reader: &mut Reader<'_>) -> Result<Vec<u8>, Unopened> {
        let mac: [u8; 8] = reader.array()?;
        let count = salted.then(|| self.stream.count());
        let data = self.stream.apply(reader.rest());
        if self.mac.sign(&data, count) != mac {
            return Err(Unopened::WrongMac);
        }
        Ok(data)
    }
}

/// The encrypted random of a client in the user data of a Security Exchange PDU; none if it is another (2.2.1.10.1).
pub fn exchanged(user_data: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(user_data);
    let (flags, _flags_hi) = (reader.u16().ok()?, reader.u16().ok()?);
    let length = usize::try_from(reader.u32().ok()?).ok()?;
    (flags & SEC_EXCHANGE_PKT != 0).then(|| reader.bytes(length).ok()).flatten()
}
