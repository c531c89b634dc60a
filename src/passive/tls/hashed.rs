//! Opens records of the suites up to TLS 1.2 that have a MAC of their own: CBC and RC4 (RFC 2246 section 6.2.3, RFC 5246 section
//! 6.2.3, RFC 7366).

use rc4::{KeyInit as _, Rc4, StreamCipher as _};
use zeroize::Zeroizing;

use super::derive::Hash;
use crate::old_suites::block::{BLOCK, decrypt};

/// What a MAC is made with.
type Mac = (Hash, Zeroizing<Vec<u8>>);

/// What a MAC covers beside the content.
#[derive(Clone, Copy)]
pub(super) struct Covered {
    pub sequence: u64,
    /// Type, version and length of the record.
    pub header: [u8; 5],
}

impl Covered {
    /// Sequence number, type, version and the length of the content.
    pub(super) fn bytes(self, length: usize) -> [u8; 13] {
        let mut covered = [0; 13];
        covered[..8].copy_from_slice(&self.sequence.to_be_bytes());
        covered[8..11].copy_from_slice(&self.header[..3]);
        covered[11..].copy_from_slice(&u16::try_from(length).unwrap_or_default().to_be_bytes());
        covered
    }

    /// The content before the MAC at its end; none if that is wrong.
    fn before_mac(self, (hash, key): &Mac, content: &[u8]) -> Option<usize> {
        let length = content.len().checked_sub(hash.length())?;
        let made = hash.hmac(key, &[&self.bytes(length), &content[..length]]);
        (made.as_slice() == &content[length..]).then_some(length)
    }
}

/// AES in CBC mode.
pub(super) struct Cbc {
    pub mac: Mac,
    pub key: Zeroizing<Vec<u8>>,
    /// In TLS 1.0 the end of one record is the IV of the next.
    pub iv: Option<Zeroizing<Vec<u8>>>,
    pub encrypt_then_mac: bool,
}

impl Cbc {
    /// What is in the body of a record.
    pub(super) fn open(&mut self, body: &[u8], covered: Covered) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = match self.encrypt_then_mac {
            true => &body[..covered.before_mac(&self.mac, body)?],
            false => body,
        };
        let (iv, sealed) = match &self.iv {
            Some(iv) => (iv.as_slice(), sealed),
            None => sealed.split_at_checked(BLOCK)?,
        };
        if sealed.is_empty() || !sealed.len().is_multiple_of(BLOCK) {
            return None;
        }
        let mut content = Zeroizing::new(sealed.to_vec());
        decrypt(&self.key, iv, &mut content);
        if let Some(iv) = &mut self.iv {
            iv.copy_from_slice(&sealed[sealed.len() - BLOCK..]);
        }
        let padding = usize::from(*content.last()?) + 1;
        let unpadded = content.len().checked_sub(padding)?;
        content.truncate(unpadded);
        if !self.encrypt_then_mac {
            let length = covered.before_mac(&self.mac, &content)?;
            content.truncate(length);
        }
        Some(content)
    }
}

/// RC4, whose key stream goes on from record to record.
pub(super) struct Stream {
    mac: Mac,
    cipher: Rc4,
}

impl Stream {
    /// One that begins.
    pub(super) fn new(mac: Mac, key: &[u8]) -> Option<Self> {
        Some(Self { mac, cipher: Rc4::new_from_slice(key).ok()? })
    }

    /// What is in the body of a record.
    pub(super) fn open(&mut self, body: &[u8], covered: Covered) -> Option<Zeroizing<Vec<u8>>> {
        let mut content = Zeroizing::new(body.to_vec());
        self.cipher.apply_keystream(&mut content);
        let length = covered.before_mac(&self.mac, &content)?;
        content.truncate(length);
        Some(content)
    }
}
