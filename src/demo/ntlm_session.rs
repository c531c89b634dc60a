//! Signing and sealing under an NTLM session with extended session security (MS-NLMP 3.4.4.2, 3.4.5).

use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher};

use crate::pdu::ntlm::hmac_md5;

const KEY_128: u32 = 0x2000_0000;
pub(super) const KEY_EXCH: u32 = 0x4000_0000;
const KEY_56: u32 = 0x8000_0000;
const SIGNATURE: usize = 16;

/// A session as the server sees it.
pub(super) struct Session {
    incoming: Direction,
    outgoing: Direction,
}

impl Session {
    /// The session that follows from the exported session key and the flags of the AUTHENTICATE message.
    pub(super) fn new(session_key: &[u8], flags: u32) -> Self {
        Self {
            incoming: Direction::new(session_key, flags, "client-to-server"),
            outgoing: Direction::new(session_key, flags, "server-to-client"),
        }
    }

    /// Decrypts a signature and a message; `None` when the signature is not right.
    pub(super) fn unseal(&mut self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (signature, message) = sealed.split_at_checked(SIGNATURE)?;
        let mut message = message.to_vec();
        self.incoming.cipher.apply_keystream(&mut message);
        (self.incoming.sign(&message) == *signature).then_some(message)
    }

    /// Encrypts a message and puts its signature in front.
    pub(super) fn seal(&mut self, message: &[u8]) -> Vec<u8> {
        let mut sealed = message.to_vec();
        self.outgoing.cipher.apply_keystream(&mut sealed);
        [&self.outgoing.sign(message)[..], &sealed].concat()
    }

    /// Verifies the client's SPNEGO mechListMIC and returns the server's; both ciphers start over after it, the
    /// sequence numbers go on (MS-SPNG 3.3.5.1).
    pub(super) fn exchange_mic(&mut self, mech_types: &[u8], client_mic: &[u8]) -> Option<Vec<u8>> {
        let holds = self.incoming.sign(mech_types) == *client_mic;
        let answer = self.outgoing.sign(mech_types).to_vec();
        self.incoming.restart();
        self.outgoing.restart();
        holds.then_some(answer)
    }
}

struct Direction {
    signing_key: [u8; 16],
    sealing_key: [u8; 16],
    cipher: Rc4,
    encrypts_checksum: bool,
    sequence: u32,
}

impl Direction {
    fn new(session_key: &[u8], flags: u32, name: &str) -> Self {
        let strength = match flags {
            _ if flags & KEY_128 != 0 => session_key.len(),
            _ if flags & KEY_56 != 0 => 7,
            _ => 5,
        };
        let sealing_key = derive(session_key.get(..strength).unwrap_or(session_key), name, "sealing");
        Self {
            signing_key: derive(session_key, name, "signing"),
            sealing_key,
            cipher: cipher(&sealing_key),
            encrypts_checksum: flags & KEY_EXCH != 0,
            sequence: 0,
        }
    }

    fn sign(&mut self, message: &[u8]) -> [u8; SIGNATURE] {
        let sequence = self.sequence.to_le_bytes();
        self.sequence = self.sequence.wrapping_add(1);
        let mut signature = [0; SIGNATURE];
        signature[0] = 1;
        signature[4..12].copy_from_slice(&hmac_md5(&self.signing_key, &[&sequence, message])[..8]);
        if self.encrypts_checksum {
            self.cipher.apply_keystream(&mut signature[4..12]);
        }
        signature[12..].copy_from_slice(&sequence);
        signature
    }

    fn restart(&mut self) {
        self.cipher = cipher(&self.sealing_key);
    }
}

/// RC4 with this key over this message; nothing when the key is empty.
pub(super) fn rc4(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut output = message.to_vec();
    if let Ok(mut cipher) = Rc4::new_from_slice(key) {
        cipher.apply_keystream(&mut output);
    }
    output
}

fn derive(key: &[u8], direction: &str, purpose: &str) -> [u8; 16] {
    let label = format!("session key to {direction} {purpose} key magic constant\0");
    Md5::new().chain_update(key).chain_update(label).finalize().into()
}

fn cipher(key: &[u8; 16]) -> Rc4 {
    Rc4::new_from_slice(key).expect("RC4 takes keys of 16 bytes")
}
