//! One suite's cipher and MAC for rustls, whose key and IV are here the keys of the MAC and of AES (RFC 5246 6.3).

use tokio_rustls::rustls::{
    ConnectionTrafficSecrets,
    crypto::cipher::{
        AeadKey, KeyBlockShape, MessageDecrypter, MessageEncrypter, Tls12AeadAlgorithm,
        UnsupportedOperationError,
    },
};
use zeroize::Zeroizing;

/// How records are protected.
pub(super) struct Algorithm {
    /// Of the HMAC.
    pub hash: Hash,
    /// Length of the AES key.
    pub key: usize,
}

/// The keys of one direction.
pub(super) struct Keys {
    /// Of the HMAC.
    pub hash: Hash,
    /// The key of the HMAC.
    pub mac: Zeroizing<Vec<u8>>,
    /// The key of AES.
    pub block: Zeroizing<Vec<u8>>,
}

impl Algorithm {
    fn keys(&self, mac: &AeadKey, block: &[u8]) -> Box<Keys> {
        let mac = Zeroizing::new(mac.as_ref().to_vec());
        Box::new(Keys { hash: self.hash, mac, block: Zeroizing::new(block.to_vec()) })
    }
}

impl Tls12AeadAlgorithm for Algorithm {
    fn encrypter(&self, mac: AeadKey, block: &[u8], _: &[u8]) -> Box<dyn MessageEncrypter> {
        self.keys(&mac, block)
    }

    fn decrypter(&self, mac: AeadKey, block: &[u8]) -> Box<dyn MessageDecrypter> {
        self.keys(&mac, block)
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape { enc_key_len: self.hash.length(), fixed_iv_len: self.key, explicit_nonce_len: 0 }
    }

    fn extract_keys(
        &self,
        _: AeadKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

/// What the HMAC is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Hash {
    /// Length of the MAC and of its key.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}
