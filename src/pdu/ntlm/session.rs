//! Sealing under an NTLM session with extended session security (MS-NLMP 3.4.3, 3.4.4.2, 3.4.5).

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};
use rc4::{Rc4, StreamCipher as _};
use zeroize::Zeroizing;

/// The signature in front of what is sealed.
pub(super) const SIGNATURE: usize = 16;

/// A session as the client sees it.
pub struct Session {
    sent: Direction,
    received: Direction,
}

/// One way, with its keys and the number of its next message.
struct Direction {
    signing_key: Zeroizing<[u8; 16]>,
    cipher: Rc4,
    encrypts_checksum: bool,
    sequence: u32,
}

impl Session {
    /// The session of an exported session key.
    pub(super) fn new(key: &[u8; 16], encrypts_checksum: bool) -> Self {
        let direction = |name| Direction::new(key, name, encrypts_checksum);
        Self { sent: direction("client-to-server"), received: direction("server-to-client") }
    }

    /// The signature of a message that goes as it is.
    pub fn sign(&mut self, message: &[u8]) -> [u8; SIGNATURE] {
        self.sent.sign(message)
    }

    /// Encrypts a message and puts its signature in front; the message itself is in no other buffer.
    pub fn seal(&mut self, message: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(SIGNATURE + message.len());
        sealed.extend([0; SIGNATURE]);
        sealed.extend_from_slice(message);
        self.sent.cipher.apply_keystream(&mut sealed[SIGNATURE..]);
        let signature = self.sent.sign(message);
        sealed[..SIGNATURE].copy_from_slice(&signature);
        sealed
    }

    /// Decrypts what the server has sealed; none where it is too short or the signature is not right.
    pub fn open(&mut self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (signature, message) = sealed.split_at_checked(SIGNATURE)?;
        let mut message = message.to_vec();
        self.received.cipher.apply_keystream(&mut message);
        (self.received.sign(&message) == *signature).then_some(message)
    }
}

impl Direction {
    fn new(key: &[u8; 16], name: &str, encrypts_checksum: bool) -> Self {
        let sealing_key = derived(key, name, "sealing");
        Self {
            signing_key: derived(key, name, "signing"),
            cipher: Rc4::new_from_slice(sealing_key.as_slice()).expect("RC4 takes keys of 16 bytes"),
            encrypts_checksum,
            sequence: 0,
        }
    }

    fn sign(&mut self, message: &[u8]) -> [u8; SIGNATURE] {
        let sequence = self.sequence.to_le_bytes();
        self.sequence = self.sequence.wrapping_add(1);
        let checksum = hmac_md5(self.signing_key.as_slice(), &[&sequence, message]);
        let mut signature = [0; SIGNATURE];
        signature[0] = 1;
        signature[4..12].copy_from_slice(&checksum[..8]);
        if self.encrypts_checksum {
            self.cipher.apply_keystream(&mut signature[4..12]);
        }
        signature[12..].copy_from_slice(&sequence);
        signature
    }
}

fn derived(key: &[u8; 16], direction: &str, purpose: &str) -> Zeroizing<[u8; 16]> {
    let label = format!("session key to {direction} {purpose} key magic constant\0");
    Zeroizing::new(Md5::new().chain_update(key).chain_update(label).finalize().into())
}

/// HMAC-MD5 over these parts (MS-NLMP 6).
pub fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 16]> {
    let mut mac = Hmac::<Md5>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}
