//! What a cipher suite does to records, as its name says.

use std::ops::RangeInclusive;

use ring::aead::{AES_128_GCM, AES_256_GCM, Algorithm, CHACHA20_POLY1305};

use super::derive::Hash;
use crate::codes;

/// The tag of an AEAD, the type inside a record of TLS 1.3, and a block of AES with an IV of the same length.
const TAG: usize = 16;
const TYPE: usize = 1;
const BLOCK: usize = 16;

/// How records are protected.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cipher {
    /// With an AEAD; so many bytes of the nonce precede each record up to TLS 1.2.
    Aead { algorithm: &'static Algorithm, explicit: usize },
    /// With AES in CBC mode and HMAC.
    Cbc { key: usize, mac: Hash },
    /// With RC4 of 128 bits and HMAC.
    Rc4 { mac: Hash },
}

/// A suite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suite {
    pub cipher: Cipher,
    /// Of the PRF, or of HKDF.
    pub hash: Hash,
}

impl Suite {
    /// The one with this number; none if its records cannot be opened here.
    pub(super) fn of(code: u16) -> Option<Self> {
        let name = codes::TLS_CIPHER_SUITE.symbol(code.into())?;
        let hash = if name.ends_with("_SHA384") { Hash::Sha384 } else { Hash::Sha256 };
        let gcm = |algorithm| Cipher::Aead { algorithm, explicit: 8 };
        let mac = match name {
            _ if name.ends_with("_SHA") => Hash::Sha1,
            _ if name.ends_with("_MD5") => Hash::Md5,
            _ => hash,
        };
        let cipher = match name {
            _ if name.contains("AES_128_GCM") => gcm(&AES_128_GCM),
            _ if name.contains("AES_256_GCM") => gcm(&AES_256_GCM),
            _ if name.contains("CHACHA20_POLY1305") => {
                Cipher::Aead { algorithm: &CHACHA20_POLY1305, explicit: 0 }
            }
            _ if name.contains("AES_128_CBC") => Cipher::Cbc { key: 16, mac },
            _ if name.contains("AES_256_CBC") => Cipher::Cbc { key: 32, mac },
            _ if name.contains("RC4_128") => Cipher::Rc4 { mac },
            _ => return None,
        };
        Some(Self { cipher, hash })
    }

    /// How many bytes of content a record of this length can hold (RFC 5246 section 6.2.3, RFC 8446 section 5.2); TLS 1.1 or later.
    pub(super) fn content(self, is_tls13: bool, length: usize) -> RangeInclusive<usize> {
        let exact = |added: usize| length.saturating_sub(added)..=length.saturating_sub(added);
        match self.cipher {
            Cipher::Aead { .. } if is_tls13 => exact(TYPE + TAG),
            Cipher::Aead { explicit, .. } => exact(explicit + TAG),
            Cipher::Rc4 { mac } => exact(mac.length()),
            // The padding is of one byte at least, and mostly of no more than a block.
            Cipher::Cbc { mac, .. } => {
                let rest = length.saturating_sub(BLOCK + mac.length());
                rest.saturating_sub(BLOCK)..=rest.saturating_sub(1)
            }
        }
    }

    /// Whether it takes TLS 1.2 or later.
    pub(super) fn is_current(self) -> bool {
        matches!(self.cipher, Cipher::Aead { .. })
    }
}
