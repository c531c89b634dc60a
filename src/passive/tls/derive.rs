//! Keys from secrets: the PRF up to TLS 1.2 and HKDF-Expand-Label of TLS 1.3 (RFC 2246 section 5, RFC 5246 section 5, RFC 8446
//! section 7.1).

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};
use zeroize::Zeroizing;

/// A hash that HMAC is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
}

impl Hash {
    /// Bytes of its output.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// HMAC over these parts.
    pub(super) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Md5 => hmac::<Md5>(key, parts),
            Self::Sha1 => hmac::<Sha1>(key, parts),
            Self::Sha256 => hmac::<Sha256>(key, parts),
            Self::Sha384 => hmac::<Sha384>(key, parts),
        }
    }

    /// The digest of these bytes.
    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
        }
    }

    /// The first bytes of P_hash.
    fn expand(self, secret: &[u8], label: &[u8], seed: &[&[u8]], length: usize) -> Zeroizing<Vec<u8>> {
        let seed = [label, &seed.concat()].concat();
        let mut out = Zeroizing::new(Vec::with_capacity(length + self.length()));
        let mut a = self.hmac(secret, &[&seed]);
        while out.len() < length {
            out.extend_from_slice(&self.hmac(secret, &[&a, &seed]));
            a = self.hmac(secret, &[&a]);
        }
        out.truncate(length);
        out
    }

    /// HKDF-Expand-Label with an empty context.
    pub(super) fn expand_label(self, secret: &[u8], label: &str, length: usize) -> Zeroizing<Vec<u8>> {
        let short = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
        let label = [b"tls13 ", label.as_bytes()].concat();
        let info = [&[0, short(length), short(label.len())], label.as_slice(), &[0]].concat();
        let mut out = Zeroizing::new(Vec::with_capacity(length + self.length()));
        let mut last = Zeroizing::new(Vec::new());
        for counter in 1_u8.. {
            if out.len() >= length {
                break;
            }
            last = self.hmac(secret, &[&last, &info, &[counter]]);
            out.extend_from_slice(&last);
        }
        out.truncate(length);
        out
    }
}

/// What makes keys out of a secret up to TLS 1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prf {
    /// TLS 1.0 and 1.1: MD5 over one half of the secret, and SHA-1 over the other.
    Halves,
    /// TLS 1.2: the hash of the suite.
    Of(Hash),
}

impl Prf {
    /// The first bytes that it makes.
    pub(super) fn make(
        self,
        secret: &[u8],
        label: &[u8],
        seed: &[&[u8]],
        length: usize,
    ) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Of(hash) => hash.expand(secret, label, seed, length),
            Self::Halves => {
                let half = secret.len().div_ceil(2);
                let mut out = Hash::Md5.expand(&secret[..half], label, seed, length);
                let other = Hash::Sha1.expand(&secret[secret.len() - half..], label, seed, length);
                out.iter_mut().zip(other.iter()).for_each(|(byte, other)| *byte ^= other);
                out
            }
        }
    }

    /// The digest of handshake messages (RFC 7627 section 3).
    pub(super) fn digest(self, messages: &[u8]) -> Vec<u8> {
        match self {
            Self::Of(hash) => hash.digest(messages),
            Self::Halves => [Hash::Md5.digest(messages), Hash::Sha1.digest(messages)].concat(),
        }
    }
}

fn hmac<H: EagerHash + Digest>(key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut mac = <Hmac<H> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}
