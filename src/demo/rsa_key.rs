//! An RSA key of 1024 bits as rustls signs with it (RFC 8017); ring refuses keys this short.

use std::convert::Infallible;
use std::fmt;

use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::signature::{RandomizedSigner, SignatureEncoding, Signer as _};
use rsa::{pkcs1v15, pss};
use sha2::Sha256;
use tokio_rustls::rustls::sign::{Signer, SigningKey};
use tokio_rustls::rustls::{Error, SignatureAlgorithm, SignatureScheme};

/// A private key and its public half as RSAPublicKey.
#[derive(Clone)]
pub(super) struct RsaKey {
    private: RsaPrivateKey,
    public: Vec<u8>,
}

impl RsaKey {
    /// Reads a PKCS #8 PEM file.
    pub(super) fn new(pem: &str) -> Result<Self, String> {
        let private = RsaPrivateKey::from_pkcs8_pem(pem).map_err(|error| error.to_string())?;
        let public = private.to_public_key().to_pkcs1_der().map_err(|error| error.to_string())?;
        Ok(Self { private, public: public.into_vec() })
    }

    /// The RSAPublicKey.
    pub(super) fn public_key(&self) -> &[u8] {
        &self.public
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub(super) fn sign_pkcs1(&self, message: &[u8]) -> Vec<u8> {
        pkcs1v15::SigningKey::<Sha256>::new(self.private.clone()).sign(message).to_vec()
    }

    /// RSASSA-PSS with SHA-256.
    fn sign_pss(&self, message: &[u8]) -> Vec<u8> {
        pss::SigningKey::<Sha256>::new(self.private.clone())
            .sign_with_rng(&mut SystemRandom, message)
            .to_vec()
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("RsaKey")
    }
}

impl SigningKey for RsaKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        [SignatureScheme::RSA_PSS_SHA256, SignatureScheme::RSA_PKCS1_SHA256]
            .into_iter()
            .find(|scheme| offered.contains(scheme))
            .map(|scheme| Box::new(RsaSigner { key: self.clone(), scheme }) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

#[derive(Debug)]
struct RsaSigner {
    key: RsaKey,
    scheme: SignatureScheme,
}

impl Signer for RsaSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(match self.scheme {
            SignatureScheme::RSA_PKCS1_SHA256 => self.key.sign_pkcs1(message),
            _ => self.key.sign_pss(message),
        })
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

/// The system's random numbers in the shape that the rsa crate takes.
struct SystemRandom;

impl TryRng for SystemRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(getrandom::u32().expect("the system has random numbers"))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(getrandom::u64().expect("the system has random numbers"))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        getrandom::fill(bytes).expect("the system has random numbers");
        Ok(())
    }
}

impl TryCryptoRng for SystemRandom {}
