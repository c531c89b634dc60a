//! The server's certificate, healthy or faulty, made around a given time (RFC 5280), and the TLS configuration that presents it.

use std::sync::Arc;

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256,
    PublicKeyData, SigningKey,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{WebPkiClientVerifier, danger::ClientCertVerifier};
use tokio_rustls::rustls::sign::{self, CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, version};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::rsa_key::RsaKey;
use super::version1::version1;

/// What is wrong with the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing; self-signed, as Windows makes them.
    Healthy,
    /// Expired 21 days ago.
    Expired,
    /// Valid in two days.
    NotYetValid,
    /// Of another computer.
    WrongName,
    /// RSA with 1024 bits.
    WeakKey,
    /// For client authentication only.
    WrongUsage,
    /// Issued by an authority that nobody trusts.
    Untrusted,
    /// Of X.509 version 1.
    Version1,
    /// Served without its key: the handshake is signed with another.
    WithoutKey,
}

/// How its handshake differs from the usual one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Handshake {
    /// In nothing.
    #[default]
    Usual,
    /// It wants a certificate of the client.
    WantsCertificate,
    /// It knows TLS 1.2 at most.
    Tls12,
}

/// The TLS configuration and the key that CredSSP binds to.
pub(super) struct Identity {
    /// Presents the certificate.
    pub tls: Arc<ServerConfig>,
    /// The certificate's subjectPublicKey.
    pub public_key: Vec<u8>,
    /// The certificate, DER.
    pub certificate: Vec<u8>,
}

impl Identity {
    /// A certificate of this kind for these names at this time, and how it is presented.
    pub(super) fn new(
        kind: Kind,
        names: &[&str],
        now: OffsetDateTime,
        handshake: Handshake,
    ) -> Result<Self, String> {
        Self::speaking(ring::default_provider(), kind, names, now, handshake)
    }

    /// The same, with the suites of this provider.
    pub(super) fn speaking(
        provider: CryptoProvider,
        kind: Kind,
        names: &[&str],
        now: OffsetDateTime,
        handshake: Handshake,
    ) -> Result<Self, String> {
        let params = params(kind, names, now)?;
        let (certificate, key) = match kind {
            Kind::WeakKey => weak(&params)?,
            _ => strong(kind, &params)?,
        };
        let (_, parsed) = X509Certificate::from_der(&certificate).map_err(|error| error.to_string())?;
        let public_key = parsed.public_key().subject_public_key.data.to_vec();
        let wants_client = handshake == Handshake::WantsCertificate;
        let clients = wants_client.then(|| client_verifier(certificate.clone())).transpose()?;
        let tls = presenting(provider, certificate.clone(), key, (clients, handshake))?;
        Ok(Self { tls, public_key, certificate: certificate.to_vec() })
    }

    /// The same certificate in the hands of somebody who does not hold its key.
    pub(super) fn without_key(&self) -> Result<Self, String> {
        let key = KeyPair::generate().map_err(|error| error.to_string())?;
        let nobody = (None, Handshake::Usual);
        let tls =
            presenting(ring::default_provider(), self.certificate.clone().into(), signing(&key)?, nobody)?;
        Ok(Self { tls, public_key: self.public_key.clone(), certificate: self.certificate.clone() })
    }
}

/// TLS with this certificate and key, whether they belong together or not.
fn presenting(
    provider: CryptoProvider,
    certificate: CertificateDer<'static>,
    key: Arc<dyn sign::SigningKey>,
    (clients, handshake): (Option<Arc<dyn ClientCertVerifier>>, Handshake),
) -> Result<Arc<ServerConfig>, String> {
    let versions: &[_] = match handshake {
        Handshake::Tls12 => &[&version::TLS12],
        _ => &[&version::TLS13, &version::TLS12],
    };
    let builder = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(versions)
        .map_err(|error| error.to_string())?;
    let builder = match clients {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let certified = CertifiedKey::new(vec![certificate], key);
    let mut tls = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    // For the alerts of faults.
    tls.enable_secret_extraction = true;
    Ok(Arc::new(tls))
}

/// Takes clients that this root has issued for, which are none.
fn client_verifier(root: CertificateDer<'static>) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    roots.add(root).map_err(|error| error.to_string())?;
    let provider = Arc::new(ring::default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| error.to_string())
}

type Certified = (CertificateDer<'static>, Arc<dyn sign::SigningKey>);

/// P-256, self-signed but for the untrusted one.
fn strong(kind: Kind, params: &CertificateParams) -> Result<Certified, String> {
    let key = KeyPair::generate().map_err(|error| error.to_string())?;
    let certificate = match kind {
        Kind::Untrusted => issued(params, &key),
        _ => params.self_signed(&key),
    }
    .map_err(|error| error.to_string())?;
    let certificate = match kind {
        Kind::Version1 => version1(certificate.der(), &key)?.into(),
        _ => certificate.into(),
    };
    let key = match kind {
        Kind::WithoutKey => KeyPair::generate().map_err(|error| error.to_string())?,
        _ => key,
    };
    Ok((certificate, signing(&key)?))
}

fn signing(key: &KeyPair) -> Result<Arc<dyn sign::SigningKey>, String> {
    let der = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    ring::sign::any_supported_type(&der).map_err(|error| error.to_string())
}

/// RSA with 1024 bits.
fn weak(params: &CertificateParams) -> Result<Certified, String> {
    let key = RsaKey::new(include_str!("../../testdata/certificates/weak.key"))?;
    let certificate = params.self_signed(&key).map_err(|error| error.to_string())?;
    Ok((certificate.into(), Arc::new(key)))
}

/// The six months of the certificates that Windows makes for itself, moved by the fault.
fn params(kind: Kind, names: &[&str], now: OffsetDateTime) -> Result<CertificateParams, String> {
    let other = names[..1].iter().map(|name| name.replace("01", "99")).collect();
    let own = || names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let (names, usage, age) = match kind {
        Kind::Expired => (own(), ExtendedKeyUsagePurpose::ServerAuth, 201),
        Kind::NotYetValid => (own(), ExtendedKeyUsagePurpose::ServerAuth, -2),
        Kind::WrongName => (other, ExtendedKeyUsagePurpose::ServerAuth, 30),
        Kind::WrongUsage => (own(), ExtendedKeyUsagePurpose::ClientAuth, 30),
        _ => (own(), ExtendedKeyUsagePurpose::ServerAuth, 30),
    };
    let common_name = names.first().cloned().unwrap_or_default();
    let mut params = CertificateParams::new(names).map_err(|error| error.to_string())?;
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.extended_key_usages = vec![usage];
    params.not_before = now - Duration::days(age);
    params.not_after = params.not_before + Duration::days(180);
    Ok(params)
}

/// Issued by an authority that nobody trusts and that is not sent along.
fn issued(params: &CertificateParams, key: &KeyPair) -> Result<rcgen::Certificate, rcgen::Error> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.remove(DnType::CommonName);
    authority.distinguished_name.push(DnType::CommonName, "Corp Issuing CA");
    authority.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.signed_by(key, &Issuer::new(authority, KeyPair::generate()?))
}

impl PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        self.public_key()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for RsaKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.sign_pkcs1(message))
    }
}
