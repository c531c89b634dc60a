//! What Standard RDP Security does to the PDUs of a connection, and nothing under TLS (MS-RDPBCGR 1.3.1.1, 5.3).

use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use super::{ending, random};
use crate::{
    net::{Framing, Wire},
    pdu::{
        Malformed,
        connect_response::SecurityData,
        mcs,
        security::{ClientSecurity, Strength},
        server_certificate::{RsaPublicKey, ServerCertificate},
    },
    report::{EncryptionKey, Failure, FailureKind},
};

/// Takes the encryption off what is received and puts it on what is sent; by default there is none.
#[derive(Debug, Default)]
pub struct Secured {
    security: Option<ClientSecurity>,
    key: Option<RsaPublicKey>,
}

impl Secured {
    /// What SC_SECURITY asks for: RC4, or method 0 for plain text.
    ///
    /// # Errors
    /// `security_unsupported` with the method as its code, or without SC_SECURITY; `malformed` when the server's random or
    /// key cannot be used.
    pub fn new(data: Option<&SecurityData>) -> Result<Self, Failure> {
        let Some(data) = data else {
            let detail = "the server goes on without TLS and names no encryption";
            return Err(Failure::new(FailureKind::SecurityUnsupported, detail));
        };
        let key = data.certificate.as_ref().and_then(ServerCertificate::key).cloned();
        if data.method == 0 {
            return Ok(Self { security: None, key });
        }
        let strength = Strength::of(data.method).ok_or_else(|| unsupported(data))?;
        let usable =
            key.as_ref().ok_or_else(|| Malformed::new("it has no certificate with a readable RSA key"));
        let security = usable.and_then(|key| ClientSecurity::new(strength, &data.random, key, random()));
        let security = security.map_err(|error| {
            let detail = format!("the server's security data cannot be used: {error}");
            Failure::new(FailureKind::Malformed, detail)
        })?;
        Ok(Self { security: Some(security), key })
    }

    /// The server's key, which a license request without a certificate relies on (MS-RDPELE 2.2.2.1).
    pub fn key(&self) -> Option<&RsaPublicKey> {
        self.key.as_ref()
    }

    /// The Security Exchange PDU, as user data; none without encryption.
    pub fn exchange(&self) -> Option<&[u8]> {
        self.security.as_ref().map(ClientSecurity::exchange)
    }

    /// Receives a frame as it would be under TLS.
    ///
    /// # Errors
    /// As [`Wire::receive`]; `malformed` when it cannot be decrypted.
    pub async fn receive(&mut self, wire: &mut Wire) -> Result<Vec<u8>, Failure> {
        let frame = wire.receive(Framing::Tpkt).await?;
        let Some(security) = &mut self.security else { return Ok(frame) };
        let opened = mcs::with_user_data(&frame, |user_data| security.open(user_data));
        let opened =
            opened.map_err(|error| ending::malformed("a PDU cannot be decrypted", &error, &frame))?;
        Ok(opened.unwrap_or(frame))
    }

    /// Encrypts the user data of a frame that is to be sent.
    ///
    /// # Errors
    /// `malformed` when the frame has no basic security header, which is a fault of this program.
    pub fn seal(&mut self, frame: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let Some(security) = &mut self.security else { return Ok(frame) };
        let sealed = mcs::with_user_data(&frame, |user_data| security.seal(user_data));
        let sealed =
            sealed.map_err(|error| ending::malformed("a PDU cannot be encrypted", &error, &frame))?;
        Ok(sealed.unwrap_or(frame))
    }
}

fn unsupported(data: &SecurityData) -> Failure {
    let (method, level) = (data.method, data.level);
    let (what, name) = match method {
        0x10 => ("FIPS 140-1 encryption", Some("ENCRYPTION_METHOD_FIPS")),
        _ => ("an encryption that nobody knows", None),
    };
    let detail = format!("the server selected {what} (method {method}, level {level}), not spoken here");
    Failure::new(FailureKind::SecurityUnsupported, detail).with_code(method, name)
}

/// The key that a server certificate holds, as evidence.
pub fn encryption_key(certificate: &ServerCertificate) -> EncryptionKey {
    let bits = certificate.key().and_then(|key| u32::try_from(key.bits()).ok());
    match certificate {
        ServerCertificate::Proprietary { signature_valid, .. } => EncryptionKey {
            kind: "proprietary".to_owned(),
            bits,
            signature_valid: *signature_valid,
            certificates: 0,
            subject: None,
        },
        ServerCertificate::X509 { chain, .. } => EncryptionKey {
            kind: "x509".to_owned(),
            bits,
            signature_valid: None,
            certificates: chain.len(),
            subject: chain.last().and_then(|der| subject(der)),
        },
    }
}

fn subject(der: &[u8]) -> Option<String> {
    X509Certificate::from_der(der).ok().map(|(_, leaf)| leaf.subject().to_string())
}
