//! The proof that both sides see the same TLS key (MS-CSSP 3.1.5, steps 3 and 4).
//!
//! A proof that does not match fails as `key_binding`; its finding is `credssp-key-binding-failed`.

use sha2::{Digest as _, Sha256};

use crate::{codes, random::random};

const TO_SERVER: &[u8] = b"CredSSP Client-To-Server Binding Hash\0";
const TO_CLIENT: &[u8] = b"CredSSP Server-To-Client Binding Hash\0";

/// What is proved towards a server of one version.
pub(super) struct Binding {
    key: Vec<u8>,
    nonce: Option<[u8; 32]>,
}

impl Binding {
    /// The server's key; from version 5 on it is hashed with a nonce of ours.
    pub(super) fn new(key: &[u8], version: u32) -> Self {
        let nonce = (version >= codes::FIRST_PATCHED_CREDSSP).then(random);
        Self { key: key.to_vec(), nonce }
    }

    /// clientNonce; there is none before version 5.
    pub(super) fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_ref().map(<[u8; 32]>::as_slice)
    }

    /// What the client proves.
    pub(super) fn own(&self) -> Vec<u8> {
        self.nonce.map_or_else(|| self.key.clone(), |nonce| self.hash(TO_SERVER, &nonce))
    }

    /// Whether this is what the server proves.
    pub(super) fn is_answered_by(&self, opened: &[u8]) -> bool {
        match self.nonce {
            Some(nonce) => opened == self.hash(TO_CLIENT, &nonce),
            None => opened == incremented(&self.key),
        }
    }

    fn hash(&self, magic: &[u8], nonce: &[u8; 32]) -> Vec<u8> {
        Sha256::new().chain_update(magic).chain_update(nonce).chain_update(&self.key).finalize().to_vec()
    }
}

/// The key plus one, its first byte the least significant.
fn incremented(key: &[u8]) -> Vec<u8> {
    let mut sum = key.to_vec();
    for byte in &mut sum {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    sum
}
