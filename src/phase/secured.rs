//! What Standard RDP Security does to the PDUs of a connection, and nothing under TLS (MS-RDPBCGR 1.3.1.1, 5.3).
//!
//! From Client Info on this removes MAC, encryption and security header from what is received, on the slow path and
//! the fast path, and adds them to what is sent, so everything above reads and writes as under TLS. Only the license
//! exchange bypasses it, because it stays plain: SEC_LICENSE_ENCRYPT_SC is not set. A server that encrypts it anyway
//! is understood.
//!
//! Our MAC is not salted: xrdp closes after Client Info if it is, and every server we met accepts the other. A salted
//! MAC from the server is accepted too. `mcs` makes the keys, and `licensing` sends them first. At encryption level
//! low the server's PDUs have a security header but no encryption; with method 0 no PDU has either.

use tokio_rustls::rustls::KeyLog;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};
use zeroize::Zeroizing;

use super::ending;
use crate::{
    net::{Framing, RDP_CLIENT_RANDOM, Wire},
    pdu::{
        Malformed,
        connect_response::SecurityData,
        mcs,
        rsa::RsaPublicKey,
        security::{ClientSecurity, Strength, Unopened},
        server_certificate::ServerCertificate,
    },
    random::random,
    report::{EncryptionKey, Failure, FailureKind},
};

/// The room of a basic security header; seal adds SEC_ENCRYPT.
const NO_FLAGS: [u8; 4] = [0; 4];

/// Takes the encryption off what is received and puts it on what is sent; by default there is none.
#[derive(Debug, Default)]
pub(crate) struct Secured {
    security: Option<ClientSecurity>,
    key: Option<RsaPublicKey>,
    /// A frame in clear that was received and belongs to the next phase.
    given_back: Option<Vec<u8>>,
}

impl Secured {
    /// What SC_SECURITY asks for: RC4, or method 0 for plain text. The log learns the secret from which the keys are made.
    ///
    /// # Errors
    /// `security_unsupported` with the method as its code, or without SC_SECURITY; `malformed` when the server's random or
    /// key cannot be used.
    pub(crate) fn new(data: Option<&SecurityData>, log: Option<&dyn KeyLog>) -> Result<Self, Failure> {
        let Some(data) = data else {
            let detail = "the server goes on without TLS and names no encryption";
            return Err(Failure::new(FailureKind::SecurityUnsupported, detail));
        };
        let key = data.certificate.as_ref().and_then(ServerCertificate::key).cloned();
        if data.method == 0 {
            return Ok(Self { key, ..Self::default() });
        }
        let strength = Strength::of(data.method).ok_or_else(|| unsupported(data))?;
        let usable =
            key.as_ref().ok_or_else(|| Malformed::new("it has no certificate with a readable RSA key"));
        let client_random = Zeroizing::new(random());
        if let Some(log) = log {
            log.log(RDP_CLIENT_RANDOM, &data.random, &*client_random);
        }
        let security =
            usable.and_then(|key| ClientSecurity::new(strength, &data.random, key, *client_random));
        let security = security.map_err(|error| {
            let detail = format!("the server's security data cannot be used: {error}");
            Failure::new(FailureKind::Malformed, detail)
        })?;
        Ok(Self { security: Some(security), key, given_back: None })
    }

    /// The server's key, which a license request without a certificate relies on (MS-RDPELE 2.2.2.1).
    pub(crate) fn key(&self) -> Option<&RsaPublicKey> {
        self.key.as_ref()
    }

    /// The Security Exchange PDU, as user data; none without encryption.
    pub(crate) fn exchange(&self) -> Option<&[u8]> {
        self.security.as_ref().map(ClientSecurity::exchange)
    }

    /// Receives a frame as it would be under TLS.
    ///
    /// # Errors
    /// As [`Wire::receive`]; `mac_invalid`, and `malformed` when the security header is cut short.
    pub(crate) async fn receive(&mut self, wire: &mut Wire, framing: Framing) -> Result<Vec<u8>, Failure> {
        if let Some(frame) = self.given_back.take() {
            return Ok(frame);
        }
        let frame = wire.receive(framing).await?;
        let Some(security) = &mut self.security else { return Ok(frame) };
        security.open_frame(&frame).map_err(|error| unopened(&error, &frame))
    }

    /// Keeps a frame in clear for the next phase, which receives it first; it is recorded where it was met.
    pub(crate) fn give_back(&mut self, frame: Vec<u8>) {
        self.given_back = Some(frame);
    }

    /// Sends a frame whose user data has no security header under TLS: share PDUs and virtual channels.
    ///
    /// # Errors
    /// As [`Wire::send`]; `malformed` when the frame leaves no room for a MAC.
    pub(crate) async fn send(&mut self, wire: &mut Wire, frame: &[u8]) -> Result<(), Failure> {
        let sealed = self.seal(frame, &NO_FLAGS)?;
        wire.send(sealed.as_deref().unwrap_or(frame)).await
    }

    /// Sends a frame whose user data begins with a security header under TLS too: all of the message channel.
    ///
    /// # Errors
    /// As [`Wire::send`]; `malformed` when the frame leaves no room for a MAC.
    pub(crate) async fn send_headed(&mut self, wire: &mut Wire, frame: &[u8]) -> Result<(), Failure> {
        let sealed = self.seal(frame, &[])?;
        wire.send(sealed.as_deref().unwrap_or(frame)).await
    }

    /// Sends Client Info, which has such a header and carries a secret.
    ///
    /// # Errors
    /// As [`Wire::send_secret`]; `malformed` when the frame leaves no room for a MAC.
    pub(crate) async fn send_client_info(&mut self, wire: &mut Wire, frame: &[u8]) -> Result<(), Failure> {
        let sealed = self.seal(frame, &[])?;
        wire.send_secret(sealed.as_deref().unwrap_or(frame)).await
    }

    /// The frame with its user data encrypted, behind this header if it has none; none without encryption.
    fn seal(&mut self, frame: &[u8], header: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let Some(security) = &mut self.security else { return Ok(None) };
        let sealed = mcs::with_user_data(frame, |user_data| security.seal(&[header, user_data].concat()));
        sealed.map_err(|error| ending::malformed("an answer cannot be encrypted", &error, &[]))
    }
}

/// What it means that a server's PDU cannot be opened.
pub(crate) fn unopened(error: &Unopened, frame: &[u8]) -> Failure {
    match error {
        Unopened::Malformed(error) => ending::malformed("a PDU cannot be decrypted", error, frame),
        // The bytes are not shown: encrypted ones tell nothing.
        Unopened::WrongMac => {
            let detail = "the MAC of an encrypted PDU is wrong: it was altered on the way, or the server has other keys";
            Failure::new(FailureKind::MacInvalid, detail)
        }
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
pub(super) fn encryption_key(certificate: &ServerCertificate) -> EncryptionKey {
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
