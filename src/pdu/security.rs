//! The client's side of Standard RDP Security: the Security Exchange PDU, the security headers and the encryption of the fast
//! path (MS-RDPBCGR 2.2.1.10, 2.2.8.1.1.2, 2.2.9.1.2).

use std::fmt;

use zeroize::Zeroizing;

use super::{
    Malformed, Reader,
    license_frame::SEC_LICENSE_PKT,
    mcs,
    rsa::{self, RsaPublicKey},
    security_keys::SessionKeys,
    x224::TPKT_VERSION,
};

pub use super::security_keys::Strength;

/// SEC_EXCHANGE_PKT. SEC_LICENSE_ENCRYPT_SC is not set with it, so that the license exchange stays readable.
pub const SEC_EXCHANGE_PKT: u16 = 0x0001;
/// SEC_TRANSPORT_REQ.
pub const SEC_TRANSPORT_REQ: u16 = 0x0002;
/// SEC_ENCRYPT.
pub const SEC_ENCRYPT: u16 = 0x0008;
/// SEC_REDIRECTION_PKT.
pub const SEC_REDIRECTION_PKT: u16 = 0x0400;
/// SEC_SECURE_CHECKSUM: the MAC is salted.
pub const SEC_SECURE_CHECKSUM: u16 = 0x0800;
/// SEC_AUTODETECT_REQ.
pub const SEC_AUTODETECT_REQ: u16 = 0x1000;
/// SEC_HEARTBEAT.
pub const SEC_HEARTBEAT: u16 = 0x4000;

/// FASTPATH_OUTPUT_SECURE_CHECKSUM in the two highest bits of fpOutputHeader: the MAC is salted.
const FAST_PATH_SECURE_CHECKSUM: u8 = 0x40;
/// FASTPATH_OUTPUT_ENCRYPTED, there too.
const FAST_PATH_ENCRYPTED: u8 = 0x80;

/// PDUs that carry a security header under TLS too, because it says what they are.
const NAMED_BY_HEADER: u16 =
    SEC_TRANSPORT_REQ | SEC_LICENSE_PKT | SEC_REDIRECTION_PKT | SEC_AUTODETECT_REQ | SEC_HEARTBEAT;

/// Why a server's PDU cannot be opened.
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

/// The keys and counters of one connection; wiped when dropped, never printed.
pub struct ClientSecurity {
    exchange: Vec<u8>,
    keys: SessionKeys,
}

impl ClientSecurity {
    /// Derives the keys, and encrypts the client's random with the server's key.
    ///
    /// # Errors
    /// The server's random is not 32 bytes long, or its key cannot encrypt ([`rsa::encrypt`]).
    pub fn new(
        strength: Strength,
        server_random: &[u8],
        key: &RsaPublicKey,
        client_random: [u8; 32],
    ) -> Result<Self, Malformed> {
        let client_random = Zeroizing::new(client_random);
        let server_random = server_random.try_into().map_err(|_| {
            Malformed(format!("a server random of {} bytes, 32 expected", server_random.len()))
        })?;
        let encrypted = rsa::encrypt(key, &client_random[..])?;
        let length = u32::try_from(encrypted.len()).expect("the modulus is bounded");
        let header = u32::from(SEC_EXCHANGE_PKT).to_le_bytes();
        let exchange = [&header[..], &length.to_le_bytes(), &encrypted].concat();
        Ok(Self { exchange, keys: SessionKeys::derive(strength, &client_random, server_random) })
    }

    /// The Security Exchange PDU, as user data.
    pub fn exchange(&self) -> &[u8] {
        &self.exchange
    }

    /// Encrypts user data that begins with a basic security header; the MAC is not salted, which every server takes.
    ///
    /// # Errors
    /// There is no such header.
    pub fn seal(&mut self, user_data: &[u8]) -> Result<Vec<u8>, Malformed> {
        let mut reader = Reader::new(user_data);
        let (flags, flags_hi) = (reader.u16()? | SEC_ENCRYPT, reader.u16()?);
        let mac = self.keys.mac.sign(reader.rest(), None);
        let encrypted = self.keys.outgoing.apply(reader.rest());
        Ok([&flags.to_le_bytes()[..], &flags_hi.to_le_bytes(), &mac, &encrypted].concat())
    }

    /// What a server's frame would be under TLS, on the slow path and on the fast path.
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

    /// What a server's user data would be under TLS: decrypted, and without the security header where that says nothing.
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
        if flags & NAMED_BY_HEADER == 0 {
            return Ok(data);
        }
        let named = u32::from(flags & !(SEC_ENCRYPT | SEC_SECURE_CHECKSUM));
        Ok([&named.to_le_bytes()[..], &data].concat())
    }

    /// fpOutputHeader, the whole length in one byte or two, dataSignature, updates.
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
        let count = salted.then(|| self.keys.incoming.count());
        let data = self.keys.incoming.apply(reader.rest());
        if self.keys.mac.sign(&data, count) != mac {
            return Err(Unopened::WrongMac);
        }
        Ok(data)
    }
}

impl fmt::Debug for ClientSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSecurity").finish_non_exhaustive()
    }
}
