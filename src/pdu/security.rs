//! The client's side of Standard RDP Security: the Security Exchange PDU, and the security headers of what it sends
//! (MS-RDPBCGR 2.2.1.10, 2.2.8.1.1.2).

use std::fmt;

use zeroize::Zeroizing;

use super::{
    Malformed, Reader,
    rsa::{self, RsaPublicKey},
    security_keys::{KeyStream, MacKey, SessionKeys},
    security_open::Opener,
};

pub use super::{
    security_keys::Strength,
    security_open::{
        SEC_AUTODETECT_REQ, SEC_AUTODETECT_RSP, SEC_ENCRYPT, SEC_EXCHANGE_PKT, SEC_HEARTBEAT, SEC_INFO_PKT,
        SEC_REDIRECTION_PKT, SEC_SECURE_CHECKSUM, SEC_TRANSPORT_REQ, SEC_TRANSPORT_RSP, Unopened,
    },
};

/// The keys and counters of one connection; wiped when dropped, never printed.
pub struct ClientSecurity {
    exchange: Vec<u8>,
    mac: MacKey,
    outgoing: KeyStream,
    incoming: Opener,
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
        let keys = SessionKeys::of(strength, &client_random, server_random)?;
        let encrypted = rsa::encrypt(key, &client_random[..])?;
        let length = u32::try_from(encrypted.len()).expect("the modulus is bounded");
        let header = u32::from(SEC_EXCHANGE_PKT).to_le_bytes();
        let exchange = [&header[..], &length.to_le_bytes(), &encrypted].concat();
        let SessionKeys { mac, outgoing, incoming } = keys;
        Ok(Self { exchange, incoming: Opener::of_server(mac.clone(), incoming), mac, outgoing })
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
        let mac = self.mac.sign(reader.rest(), None);
        let encrypted = self.outgoing.apply(reader.rest());
        Ok([&flags.to_le_bytes()[..], &flags_hi.to_le_bytes(), &mac, &encrypted].concat())
    }

    /// What a server's frame would be under TLS, as [`Opener::open_frame`] opens it.
    ///
    /// # Errors
    /// A header is cut short, or the MAC is wrong.
    pub fn open_frame(&mut self, frame: &[u8]) -> Result<Vec<u8>, Unopened> {
        self.incoming.open_frame(frame)
    }

    /// What a server's user data would be under TLS, as [`Opener::open`] opens it.
    ///
    /// # Errors
    /// The header is cut short, or the MAC is wrong.
    pub fn open(&mut self, user_data: &[u8]) -> Result<Vec<u8>, Unopened> {
        self.incoming.open(user_data)
    }
}

impl fmt::Debug for ClientSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSecurity").finish_non_exhaustive()
    }
}
