//! Opens the records of one direction with its keys (RFC 5246 section 6.2.3, RFC 8446 section 5.2, RFC 7366).

use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::{
    derive::Hash,
    records::Record,
    suite::{Cipher, Suite},
};
use crate::{
    flow::Side,
    old_suites::block::{BLOCK, decrypt},
};

const NONCE: usize = 12;
const TAG: usize = 16;

/// The randoms of a handshake up to TLS 1.2, and whether the MAC is made of what is encrypted.
#[derive(Clone, Copy)]
pub(super) struct Agreed {
    pub client_random: [u8; 32],
    pub server_random: [u8; 32],
    pub encrypt_then_mac: bool,
}

enum Key {
    Aead { key: Box<LessSafeKey>, iv: Zeroizing<Vec<u8>>, explicit: usize },
    Cbc { mac: Zeroizing<Vec<u8>>, block: Zeroizing<Vec<u8>>, hash: Hash, encrypt_then_mac: bool },
}

/// One direction.
pub(super) struct Opener {
    key: Key,
    sequence: u64,
    is_tls13: bool,
}

impl Opener {
    /// Of TLS 1.2, from the master secret.
    pub(super) fn tls12(suite: Suite, master: &[u8], agreed: &Agreed, side: Side) -> Option<Self> {
        let (mac, key, iv) = match suite.cipher {
            Cipher::Aead { algorithm, explicit } => (0, algorithm.key_len(), NONCE - explicit),
            Cipher::Cbc { key, mac } => (mac.length(), key, 0),
        };
        let seed: [&[u8]; 2] = [&agreed.server_random, &agreed.client_random];
        let block = suite.hash.prf(master, b"key expansion", &seed, 2 * (mac + key + iv));
        let part = |before: usize, length: usize| {
            let start = before + if side == Side::Server { length } else { 0 };
            Zeroizing::new(block[start..start + length].to_vec())
        };
        let (mac_key, block_key, iv) = (part(0, mac), part(2 * mac, key), part(2 * (mac + key), iv));
        let key = match suite.cipher {
            Cipher::Aead { algorithm, explicit } => {
                let key = Box::new(LessSafeKey::new(UnboundKey::new(algorithm, &block_key).ok()?));
                Key::Aead { key, iv, explicit }
            }
            Cipher::Cbc { mac: hash, .. } => {
                Key::Cbc { mac: mac_key, block: block_key, hash, encrypt_then_mac: agreed.encrypt_then_mac }
            }
        };
        Some(Self { key, sequence: 0, is_tls13: false })
    }

    /// Of TLS 1.3, from a traffic secret.
    pub(super) fn tls13(suite: Suite, secret: &[u8]) -> Option<Self> {
        let Cipher::Aead { algorithm, .. } = suite.cipher else { return None };
        let key = suite.hash.expand_label(secret, "key", algorithm.key_len());
        let iv = suite.hash.expand_label(secret, "iv", NONCE);
        let key = Box::new(LessSafeKey::new(UnboundKey::new(algorithm, &key).ok()?));
        Some(Self { key: Key::Aead { key, iv, explicit: 0 }, sequence: 0, is_tls13: true })
    }

    /// What is in a record, with its type in TLS 1.3; none if the key is not the right one.
    pub(super) fn open(&mut self, record: &Record) -> Option<Zeroizing<Vec<u8>>> {
        let opened = match &self.key {
            Key::Aead { key, iv, explicit } => {
                let (lead, body) = record.body.split_at_checked(*explicit)?;
                let length = body.len().checked_sub(TAG)?;
                let mut content = Zeroizing::new(body.to_vec());
                let nonce = Nonce::assume_unique_for_key(nonce(iv, lead, self.sequence));
                match self.is_tls13 {
                    true => key.open_in_place(nonce, Aad::from(record.header()), &mut content).ok()?,
                    false => {
                        let aad = Aad::from(self.covered(record, length));
                        key.open_in_place(nonce, aad, &mut content).ok()?
                    }
                };
                content.truncate(length);
                content
            }
            Key::Cbc { mac, block, hash, encrypt_then_mac } => {
                self.open_cbc(record, mac, block, *hash, *encrypt_then_mac)?
            }
        };
        self.sequence += 1;
        Some(opened)
    }

    /// What the MAC covers beside the content: sequence number, type, version and length.
    fn covered(&self, record: &Record, length: usize) -> [u8; 13] {
        let mut covered = [0; 13];
        covered[..8].copy_from_slice(&self.sequence.to_be_bytes());
        covered[8..11].copy_from_slice(&record.header()[..3]);
        covered[11..].copy_from_slice(&u16::try_from(length).unwrap_or_default().to_be_bytes());
        covered
    }

    fn open_cbc(
        &self,
        record: &Record,
        mac: &[u8],
        key: &[u8],
        hash: Hash,
        encrypt_then_mac: bool,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = match encrypt_then_mac {
            true => {
                let (sealed, tag) =
                    record.body.split_at_checked(record.body.len().checked_sub(hash.length())?)?;
                let made = hash.hmac(mac, &[&self.covered(record, sealed.len()), sealed]);
                (made.as_slice() == tag).then_some(sealed)?
            }
            false => &record.body,
        };
        let (iv, sealed) = sealed.split_at_checked(BLOCK)?;
        if sealed.is_empty() || !sealed.len().is_multiple_of(BLOCK) {
            return None;
        }
        let mut content = Zeroizing::new(sealed.to_vec());
        decrypt(key, iv, &mut content);
        let padding = usize::from(*content.last()?) + 1;
        let unpadded = content.len().checked_sub(padding)?;
        content.truncate(unpadded);
        if encrypt_then_mac {
            return Some(content);
        }
        let length = content.len().checked_sub(hash.length())?;
        let made = hash.hmac(mac, &[&self.covered(record, length), &content[..length]]);
        if made.as_slice() != &content[length..] {
            return None;
        }
        content.truncate(length);
        Some(content)
    }
}

/// The explicit part behind the fixed one, or the sequence number over the IV.
fn nonce(iv: &[u8], explicit: &[u8], sequence: u64) -> [u8; NONCE] {
    let mut nonce = [0; NONCE];
    nonce[..iv.len()].copy_from_slice(iv);
    if explicit.is_empty() {
        for (byte, count) in nonce[4..].iter_mut().zip(sequence.to_be_bytes()) {
            *byte ^= count;
        }
    } else {
        nonce[iv.len()..].copy_from_slice(explicit);
    }
    nonce
}
