//! Opens the records of one direction with its keys (RFC 5246 section 6.2.3, RFC 8446 section 5.2).

use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::{
    derive::Prf,
    hashed::{Cbc, Covered, Stream},
    records::Record,
    suite::{Cipher, Suite},
};
use crate::{flow::Side, old_suites::block::BLOCK, pdu::hello::TLS_1_0};

const NONCE: usize = 12;
const TAG: usize = 16;

/// What a handshake up to TLS 1.2 has agreed on beside its secret.
#[derive(Clone, Copy)]
pub(super) struct Agreed {
    pub version: u16,
    pub suite: Suite,
    pub prf: Prf,
    pub client_random: [u8; 32],
    pub server_random: [u8; 32],
    /// Whether the MAC is made of what is encrypted (RFC 7366).
    pub encrypt_then_mac: bool,
}

enum Key {
    Aead { key: Box<LessSafeKey>, iv: Zeroizing<Vec<u8>>, explicit: usize },
    Cbc(Cbc),
    Stream(Box<Stream>),
}

/// One direction.
pub(super) struct Opener {
    key: Key,
    sequence: u64,
    is_tls13: bool,
}

impl Opener {
    /// Up to TLS 1.2, from the master secret.
    pub(super) fn tls12(master: &[u8], agreed: &Agreed, side: Side) -> Option<Self> {
        let (mac, key, iv) = match agreed.suite.cipher {
            Cipher::Aead { algorithm, explicit } => (0, algorithm.key_len(), NONCE - explicit),
            // Later versions send an IV with each record.
            Cipher::Cbc { key, mac } if agreed.version == TLS_1_0 => (mac.length(), key, BLOCK),
            Cipher::Cbc { key, mac } => (mac.length(), key, 0),
            Cipher::Rc4 { mac } => (mac.length(), 16, 0),
        };
        let seed: [&[u8]; 2] = [&agreed.server_random, &agreed.client_random];
        let block = agreed.prf.make(master, b"key expansion", &seed, 2 * (mac + key + iv));
        let part = |before: usize, length: usize| {
            let start = before + if side == Side::Server { length } else { 0 };
            Zeroizing::new(block[start..start + length].to_vec())
        };
        let (mac_key, key, iv) = (part(0, mac), part(2 * mac, key), part(2 * (mac + key), iv));
        let key = match agreed.suite.cipher {
            Cipher::Aead { algorithm, explicit } => {
                let key = Box::new(LessSafeKey::new(UnboundKey::new(algorithm, &key).ok()?));
                Key::Aead { key, iv, explicit }
            }
            Cipher::Cbc { mac, .. } => {
                let iv = Some(iv).filter(|iv| !iv.is_empty());
                let encrypt_then_mac = agreed.encrypt_then_mac;
                Key::Cbc(Cbc { mac: (mac, mac_key), key, iv, encrypt_then_mac })
            }
            Cipher::Rc4 { mac } => Key::Stream(Box::new(Stream::new((mac, mac_key), &key)?)),
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

    /// Passes over so many records; false if what follows them depends on what is in them.
    pub(super) fn pass(&mut self, records: u64) -> bool {
        self.sequence += records;
        let depends = match &self.key {
            Key::Aead { .. } => false,
            Key::Cbc(key) => key.iv.is_some(),
            Key::Stream(_) => true,
        };
        records == 0 || !depends
    }

    /// What is in a record, with its type in TLS 1.3; none if the key is not the right one.
    pub(super) fn open(&mut self, record: &Record) -> Option<Zeroizing<Vec<u8>>> {
        let covered = Covered { sequence: self.sequence, header: record.header() };
        let opened = match &mut self.key {
            Key::Aead { key, iv, explicit } => {
                let (lead, body) = record.body.split_at_checked(*explicit)?;
                let length = body.len().checked_sub(TAG)?;
                let mut content = Zeroizing::new(body.to_vec());
                let nonce = Nonce::assume_unique_for_key(nonce(iv, lead, self.sequence));
                match self.is_tls13 {
                    true => key.open_in_place(nonce, Aad::from(record.header()), &mut content).ok()?,
                    false => key.open_in_place(nonce, Aad::from(covered.bytes(length)), &mut content).ok()?,
                };
                content.truncate(length);
                content
            }
            Key::Cbc(key) => key.open(&record.body, covered)?,
            Key::Stream(key) => key.open(&record.body, covered)?,
        };
        self.sequence += 1;
        Some(opened)
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
