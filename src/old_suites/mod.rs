//! The older suites of TLS 1.2, which rustls lacks: ECDHE with AES in CBC mode and an HMAC (RFC 5246 6.2.3.2, RFC 8422, RFC 5289).
//!
//! rustls has no MAC-then-encrypt, so its key and IV of a suite are here the keys of the MAC and of AES. Padding and
//! MAC are read and compared everywhere they could be, as many blocks are hashed whatever the padding is, and every
//! fault is one error; each file says what is not constant in time. Client and demo share this code; OpenSSL, GnuTLS
//! and xrdp check it.

mod algorithm;
pub(crate) mod block;
mod mac;
mod open;
mod seal;

use std::sync::LazyLock;

use tokio_rustls::rustls::{
    CipherSuite::{self, *},
    CipherSuiteCommon, SupportedCipherSuite, Tls12CipherSuite,
    crypto::{CryptoProvider, KeyExchangeAlgorithm, ring},
};

use algorithm::{Algorithm, Hash};

static AES_128_SHA: Algorithm = Algorithm { hash: Hash::Sha1, key: 16 };
static AES_256_SHA: Algorithm = Algorithm { hash: Hash::Sha1, key: 32 };
static AES_128_SHA256: Algorithm = Algorithm { hash: Hash::Sha256, key: 16 };

/// All of them, the best first.
static SUITES: LazyLock<[Tls12CipherSuite; 6]> = LazyLock::new(|| {
    [
        suite(TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, &AES_256_SHA),
        suite(TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, &AES_256_SHA),
        suite(TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, &AES_128_SHA256),
        suite(TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, &AES_128_SHA256),
        suite(TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, &AES_128_SHA),
        suite(TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, &AES_128_SHA),
    ]
});

/// What is spoken with these suites behind the current ones.
pub(crate) fn added() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.cipher_suites.extend(all());
    provider
}

/// What is spoken with these suites alone.
pub(crate) fn alone() -> CryptoProvider {
    CryptoProvider { cipher_suites: all().collect(), ..ring::default_provider() }
}

/// The suites, as rustls takes them.
pub fn all() -> impl Iterator<Item = SupportedCipherSuite> {
    SUITES.iter().map(SupportedCipherSuite::Tls12)
}

/// Signatures, PRF and hash are those of the current suite with the same certificates.
fn suite(suite: CipherSuite, algorithm: &'static Algorithm) -> Tls12CipherSuite {
    let is_ecdsa = suite.as_str().is_some_and(|name| name.contains("_ECDSA_"));
    let like = match is_ecdsa {
        true => ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        false => ring::cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    };
    let SupportedCipherSuite::Tls12(like) = like else { unreachable!("it is one of TLS 1.2") };
    Tls12CipherSuite {
        common: CipherSuiteCommon {
            suite,
            hash_provider: like.common.hash_provider,
            confidentiality_limit: u64::MAX,
        },
        prf_provider: like.prf_provider,
        kx: KeyExchangeAlgorithm::ECDHE,
        sign: like.sign,
        aead_alg: algorithm,
    }
}
