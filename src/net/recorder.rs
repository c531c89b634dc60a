//! The certificate verifier that accepts every chain, records what was served, and checks the handshake's signature.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{self, CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::Handshake;
use crate::{certificate, report::HandshakeSignature};

/// Accepts every chain and remembers what was served.
#[derive(Debug)]
pub struct Recorder {
    /// The provider that the handshake uses too.
    pub provider: Arc<CryptoProvider>,
    seen: Mutex<Recorded>,
}

#[derive(Debug, Default)]
struct Recorded {
    chain: Vec<Vec<u8>>,
    ocsp: Vec<u8>,
    signature: Option<HandshakeSignature>,
}

impl Recorder {
    /// A recorder that has seen nothing.
    pub fn new() -> Self {
        Self { provider: Arc::new(ring::default_provider()), seen: Mutex::default() }
    }

    /// Moves what was recorded into the handshake.
    pub fn take(&self, handshake: &mut Handshake) {
        let recorded = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        handshake.chain = recorded.chain;
        handshake.ocsp = recorded.ocsp;
        handshake.signature = recorded.signature;
    }

    fn note(&self, result: &Result<HandshakeSignatureValid, Error>, certificate: &CertificateDer<'_>) {
        let signature = match result {
            Ok(_) => HandshakeSignature::Valid,
            Err(Error::InvalidCertificate(CertificateError::BadSignature))
                if certificate::checkable(certificate) =>
            {
                HandshakeSignature::Invalid
            }
            Err(_) => HandshakeSignature::NotCheckable,
        };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).signature = Some(signature);
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
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
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
        self.note(&crypto::verify_tls12_signature(message, certificate, signed, algorithms), certificate);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.note(&crypto::verify_tls13_signature(message, certificate, signed, algorithms), certificate);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
