//! TLS with any certificate, but only with a valid handshake signature.

use std::io;
use std::sync::Arc;

use tokio::io::DuplexStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;

use super::accept_all::AcceptAll;

/// A TLS handshake that accepts any certificate.
pub(crate) async fn handshake(stream: DuplexStream) -> io::Result<TlsStream<DuplexStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has suites")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AcceptAll))
        .with_no_client_auth();
    let name = ServerName::try_from("rdsh01.corp.example").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}
