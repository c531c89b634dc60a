//! Keys from secrets: the PRF of TLS 1.2 and HKDF-Expand-Label of TLS 1.3 (RFC 5246 section 5, RFC 8446 section 7.1).

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};
use zeroize::Zeroizing;

/// A hash that HMAC is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
}

impl Hash {
    /// Bytes of its output.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// HMAC over these parts.
    pub(super) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Sha1 => hmac::<Sha1>(key, parts),
            Self::Sha256 => hmac::<Sha256>(key, parts),
            Self::Sha384 => hmac::<Sha384>(key, parts),
        }
    }

    /// The first bytes of the PRF.
    pub(super) fn prf(
        self,
        secret: &[u8],
        label: &[u8],
        seed: &[&[u8]],
        length: usize,
    ) -> Zeroizing<Vec<u8>> {
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

fn hmac<H: EagerHash + Digest>(key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut mac = <Hmac<H> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}
