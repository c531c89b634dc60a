//! The MAC of a record (RFC 5246 6.2.3.1), made in a time that does not tell how much of the record is padding.

use std::hint::black_box;

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::algorithm::{Hash, Keys};

/// As long as the longest MAC; a shorter one is followed by zeros.
pub(super) type Tag = [u8; 32];

/// What is hashed before the content: sequence number, type, version and length.
pub(super) type Header = [u8; 13];

/// Both hashes work on blocks of this length, and end with a bit and the length of what was hashed.
const BLOCK: usize = 64;
const ENDING: usize = 1 + 8;

/// As much padding as a record can have, in whole blocks of the hash.
static IDLE: [u8; 4 * BLOCK] = [0; 4 * BLOCK];

impl Keys {
    /// The MAC of this content, which takes as long as that of `longest` bytes, at most 255 more, would.
    pub(super) fn tag(&self, header: &Header, content: &[u8], longest: usize) -> Tag {
        let idle = blocks(longest).saturating_sub(blocks(content.len()));
        match self.hash {
            Hash::Sha1 => tag::<Sha1>(&self.mac, header, content, idle),
            Hash::Sha256 => tag::<Sha256>(&self.mac, header, content, idle),
        }
    }
}

/// How many blocks are hashed for content of this length, without the key.
fn blocks(length: usize) -> usize {
    (size_of::<Header>() + length + ENDING).div_ceil(BLOCK)
}

fn tag<H: EagerHash + Digest>(key: &[u8], header: &Header, content: &[u8], idle: usize) -> Tag {
    let mut mac = <Hmac<H> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(header);
    mac.update(content);
    let made = mac.finalize().into_bytes();
    let mut rest = H::new();
    rest.update(&IDLE[..BLOCK * idle]);
    black_box(rest.finalize());
    let mut tag = Tag::default();
    tag[..made.len()].copy_from_slice(&made);
    tag
}
