//! The certificate verifier that accepts every chain, records what was served, and checks the handshake's signature.
//!
//! Trust is asked separately, at a time within the certificate's validity, so that "expired" and "untrusted" are two
//! findings.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        ResolvesClientCert,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{self, CryptoProvider},
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::CertifiedKey,
};

use super::Handshake;
use crate::{
    certificate::{self, Unchecked},
    report::HandshakeSignature,
};

/// Signatures that ring does not verify: P-521, RSASSA-PSS keys (RFC 8446 section 4.2.3), and SHA-1.
const SHOWN_NOT_CHECKED: [SignatureScheme; 6] = [
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::Unknown(0x0809),
    SignatureScheme::Unknown(0x080A),
    SignatureScheme::Unknown(0x080B),
    SignatureScheme::RSA_PKCS1_SHA1,
    SignatureScheme::ECDSA_SHA1_Legacy,
];

/// Accepts every chain and remembers what was served.
#[derive(Debug)]
pub(super) struct Recorder {
    /// The provider that the handshake uses too.
    pub provider: Arc<CryptoProvider>,
    seen: Mutex<Recorded>,
}

#[derive(Debug, Default)]
struct Recorded {
    chain: Vec<Vec<u8>>,
    ocsp: Vec<u8>,
    client_certificate_requested: bool,
    signature: Option<HandshakeSignature>,
    unchecked: Option<Unchecked>,
}

impl Recorder {
    /// A recorder that has seen nothing, for a handshake by this provider.
    pub(super) fn new(provider: CryptoProvider) -> Self {
        Self { provider: Arc::new(provider), seen: Mutex::default() }
    }

    fn seen(&self) -> MutexGuard<'_, Recorded> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves what was recorded into the handshake.
    pub(super) fn take(&self, handshake: &mut Handshake) {
        let recorded = std::mem::take(&mut *self.seen());
        handshake.chain = recorded.chain;
        handshake.ocsp = recorded.ocsp;
        handshake.client_certificate_requested = recorded.client_certificate_requested;
        handshake.signature = recorded.signature;
        handshake.unchecked = recorded.unchecked;
    }

    fn note(
        &self,
        result: &Result<HandshakeSignatureValid, Error>,
        certificate: &CertificateDer<'_>,
        scheme: SignatureScheme,
    ) {
        let signature = match result {
            Ok(_) => HandshakeSignature::Valid,
            Err(Error::InvalidCertificate(CertificateError::BadSignature))
                if certificate::checkable(certificate) =>
            {
                HandshakeSignature::Invalid
            }
            Err(_) => HandshakeSignature::NotCheckable,
        };
        let unchecked = (signature == HandshakeSignature::NotCheckable)
            .then(|| Unchecked::of(certificate, u16::from(scheme)));
        let mut seen = self.seen();
        (seen.signature, seen.unchecked) = (Some(signature), unchecked);
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut seen = self.seen();
        seen.chain = std::iter::once(end_entity).chain(intermediates).map(|der| der.to_vec()).collect();
        seen.ocsp = ocsp_response.to_vec();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let result = crypto::verify_tls12_signature(message, certificate, signed, algorithms);
        self.note(&result, certificate, signed.scheme);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let result = crypto::verify_tls13_signature(message, certificate, signed, algorithms);
        self.note(&result, certificate, signed.scheme);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        // A server that can only sign in another way still shows its certificate; its signature is then not checkable.
        let mut schemes = self.provider.signature_verification_algorithms.supported_schemes();
        schemes.extend(SHOWN_NOT_CHECKED);
        schemes
    }
}

impl ResolvesClientCert for Recorder {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.seen().client_certificate_requested = true;
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}
