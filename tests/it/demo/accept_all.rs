//! Any certificate, but in TLS 1.3 only with a valid signature.

use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{self, DigitallySignedStruct, SignatureScheme};

#[derive(Debug)]
pub(crate) struct AcceptAll;

impl ServerCertVerifier for AcceptAll {
    fn verify_server_cert(
        &self,
        _: &CertificateDer,
        _: &[CertificateDer],
        _: &ServerName,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    /// RSA is checked with the rsa crate, because ring refuses short keys.
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        use rsa::pkcs1::DecodeRsaPublicKey;
        use rsa::signature::Verifier;
        if signed.scheme == SignatureScheme::RSA_PSS_SHA256 {
            let (_, certificate) = x509_parser::parse_x509_certificate(certificate).expect("a certificate");
            let key = rsa::RsaPublicKey::from_pkcs1_der(&certificate.public_key().subject_public_key.data)
                .expect("RSA");
            let signature = rsa::pss::Signature::try_from(signed.signature()).expect("a signature");
            rsa::pss::VerifyingKey::<sha2::Sha256>::new(key)
                .verify(message, &signature)
                .expect("a valid signature");
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
