//! A server's private RSA key, and what clients encrypt for it: the pre-master secret of TLS (RFC 5246 section 7.4.7.1) and the
//! client's random of Standard RDP Security (MS-RDPBCGR 5.3.4.2).

use std::fmt;

use tokio_rustls::rustls::pki_types::{PrivateKeyDer, pem::PemObject as _};
use zeroize::{Zeroize as _, Zeroizing};

use super::{
    Malformed, Reader,
    der::{self, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE},
    rsa::{self, MAX_MODULUS, RsaPublicKey},
};

/// rsaEncryption (RFC 8017 appendix A.1).
const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
/// Between the zero and the two that begin an encrypted message, and the zero that ends its padding (RFC 8017 section 7.2.1).
const SHORTEST_PADDING: usize = 8;

/// Why a file is no such key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// There is no private key in PEM.
    None,
    /// It is encrypted with a password.
    Encrypted,
    /// It is of another kind.
    NotRsa,
    /// Its numbers are no key.
    Damaged,
    /// Its modulus is longer than [`MAX_MODULUS`].
    TooLong,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("it holds no private key in PEM"),
            Self::Encrypted => f.write_str("its key is encrypted, and is read only without a password"),
            Self::NotRsa => f.write_str("its key is not of RSA, and no other opens what a client encrypts"),
            Self::Damaged => f.write_str("its RSA key is damaged"),
            Self::TooLong => write!(f, "its RSA key is longer than {} bits", 8 * MAX_MODULUS),
        }
    }
}

/// A private key, little-endian; wiped when dropped, never printed.
pub struct ServerKey {
    modulus: Vec<u8>,
    exponent: Zeroizing<Vec<u8>>,
}

impl ServerKey {
    /// The first private key in a PEM file: PKCS #1 (RFC 8017 appendix A.1.2) or PKCS #8 (RFC 5958).
    ///
    /// # Errors
    /// There is none that can be used.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Unusable> {
        let is_encrypted = pem.windows(9).any(|word| word == b"ENCRYPTED");
        let none = if is_encrypted { Unusable::Encrypted } else { Unusable::None };
        let mut key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| none)?;
        let read = match &key {
            PrivateKeyDer::Pkcs1(key) => Self::pkcs1(key.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(key) => Self::pkcs8(key.secret_pkcs8_der()),
            _ => Err(Unusable::NotRsa),
        };
        key.zeroize();
        read
    }

    fn pkcs8(bytes: &[u8]) -> Result<Self, Unusable> {
        let parts = || {
            let mut fields = der::fields(bytes)?;
            let _version = der::expect(&mut fields, INTEGER)?;
            let mut algorithm = Reader::new(der::expect(&mut fields, SEQUENCE)?);
            let kind = der::expect(&mut algorithm, OBJECT_IDENTIFIER)?;
            Ok((kind, der::expect(&mut fields, OCTET_STRING)?))
        };
        match parts() {
            Err(Malformed(_)) => Err(Unusable::Damaged),
            Ok((kind, _)) if kind != RSA_ENCRYPTION => Err(Unusable::NotRsa),
            Ok((_, key)) => Self::pkcs1(key),
        }
    }

    fn pkcs1(bytes: &[u8]) -> Result<Self, Unusable> {
        let numbers = || {
            let mut fields = der::fields(bytes)?;
            let _version = der::expect(&mut fields, INTEGER)?;
            let modulus = der::expect(&mut fields, INTEGER)?;
            let _public = der::expect(&mut fields, INTEGER)?;
            Ok((modulus, der::expect(&mut fields, INTEGER)?))
        };
        let (modulus, exponent) = numbers().map_err(|_: Malformed| Unusable::Damaged)?;
        let (modulus, exponent) = (little_endian(modulus), little_endian(exponent));
        if modulus.len() > MAX_MODULUS {
            return Err(Unusable::TooLong);
        }
        let is_odd = |number: &[u8]| number.first().is_some_and(|lowest| lowest & 1 == 1);
        if !is_odd(&modulus) || !is_odd(&exponent) || exponent.len() > modulus.len() {
            return Err(Unusable::Damaged);
        }
        Ok(Self { modulus: modulus.to_vec(), exponent })
    }

    /// Whether this is its public half.
    pub fn is_of(&self, key: &RsaPublicKey) -> bool {
        self.modulus == key.modulus
    }

    /// The pre-master secret that a ClientKeyExchange encrypts, big-endian; none if it was encrypted for another key.
    pub fn pre_master_secret(&self, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let encrypted: Vec<u8> = encrypted.iter().rev().copied().collect();
        let mut message = self.decrypted(&encrypted)?;
        message.reverse();
        let secret = message.strip_prefix(&[0, 2])?;
        let end = secret.iter().position(|byte| *byte == 0)?;
        let secret = &secret[end + 1..];
        (end >= SHORTEST_PADDING && secret.len() == 48).then(|| Zeroizing::new(secret.to_vec()))
    }

    /// The client's random that a Security Exchange encrypts, little-endian; none if it was encrypted for another key.
    pub fn client_random(&self, encrypted: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let message = self.decrypted(encrypted)?;
        let (random, padding) = message.split_first_chunk::<32>()?;
        padding.iter().all(|byte| *byte == 0).then(|| Zeroizing::new(*random))
    }

    fn decrypted(&self, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        rsa::private_power(&self.modulus, &self.exponent, encrypted).ok()
    }
}

/// A number without the zeros above its highest byte.
fn little_endian(number: &[u8]) -> Zeroizing<Vec<u8>> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    Zeroizing::new(number[zeros..].iter().rev().copied().collect())
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerKey").finish_non_exhaustive()
    }
}
