//! A fatal alert inside TLS after the handshake (RFC 8446 section 6.2, RFC 5246 section 7.2.2), which rustls sends for nobody.

use std::io;
use std::mem;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::cipher::{
    AeadKey, Iv, MessageEncrypter, OutboundChunks, OutboundPlainMessage,
};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::server::ResolvesServerCertUsingSni;
use tokio_rustls::rustls::{
    ConnectionTrafficSecrets, ContentType, ProtocolVersion, ServerConfig, ServerConnection,
    SupportedCipherSuite,
};

/// AlertLevel fatal.
const FATAL: u8 = 2;
/// Of the nonce of AES-GCM in TLS 1.2 so much is secret; the rest stands in the record (RFC 5288 section 3).
const SALT: usize = 4;

/// The record with this alert. It is the last one: the connection is used up.
pub(super) fn sealed(connection: &mut ServerConnection, code: u8) -> io::Result<Vec<u8>> {
    let suite = connection.negotiated_cipher_suite().ok_or_else(|| io::Error::other("no TLS yet"))?;
    let spent = mem::replace(connection, idle()?);
    let (number, secrets) = spent.dangerous_extract_secrets().map_err(io::Error::other)?.tx;
    let message = OutboundPlainMessage {
        typ: ContentType::Alert,
        version: ProtocolVersion::TLSv1_2,
        payload: OutboundChunks::Single(&[FATAL, code]),
    };
    let record = encrypter(suite, secrets)?.encrypt(message, number).map_err(io::Error::other)?;
    Ok(record.encode())
}

fn encrypter(
    suite: SupportedCipherSuite,
    secrets: ConnectionTrafficSecrets,
) -> io::Result<Box<dyn MessageEncrypter>> {
    let (key, iv): (AeadKey, Iv) = match secrets {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv }
        | ConnectionTrafficSecrets::Aes256Gcm { key, iv }
        | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => (key, iv),
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    Ok(match suite {
        SupportedCipherSuite::Tls13(suite) => suite.aead_alg.encrypter(key, iv),
        SupportedCipherSuite::Tls12(suite) => {
            let explicit = suite.aead_alg.key_block_shape().explicit_nonce_len > 0;
            let secret = if explicit { SALT } else { iv.as_ref().len() };
            let (salt, rest) = iv.as_ref().split_at(secret);
            suite.aead_alg.encrypter(key, salt, rest)
        }
    })
}

/// A connection that nobody uses.
fn idle() -> io::Result<ServerConnection> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(ResolvesServerCertUsingSni::new()));
    ServerConnection::new(Arc::new(config)).map_err(io::Error::other)
}
