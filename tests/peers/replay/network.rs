//! A network of one host, which plays a recorded server behind a certificate of its own.

use std::{
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use async_trait::async_trait;
use rcgen::{CertificateParams, KeyPair};
use rdptrace::{BoxStream, Network, report::Failure};
use time::{OffsetDateTime, macros::datetime};
use tokio::io::{DuplexStream, duplex};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

/// The host's name.
pub(super) const NAME: &str = "recorded.example";

/// What goes on on one connection, until it ends.
pub(super) type Serving = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// A recorded server.
pub(super) trait Play: Send + Sync {
    fn serve(self: Arc<Self>, stream: DuplexStream, tls: TlsAcceptor) -> Serving;
}

/// A network where every name and every address leads to this server.
pub(super) struct Player<P> {
    server: Arc<P>,
    tls: TlsAcceptor,
}

impl<P> Player<P> {
    pub(super) fn new(server: P) -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![NAME.to_owned()]).expect("a name");
        let certificate = params.self_signed(&key).expect("a certificate");
        let chain = vec![CertificateDer::from(certificate)];
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .expect("the key is the certificate's");
        Self { server: Arc::new(server), tls: Arc::new(config).into() }
    }
}

#[async_trait]
impl<P: Play + 'static> Network for Player<P> {
    fn now(&self) -> OffsetDateTime {
        datetime!(2026-11-22 12:00 UTC)
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        Ok(vec![Ipv4Addr::new(192, 0, 2, 15).into()])
    }

    async fn connect(&self, _address: SocketAddr) -> io::Result<BoxStream> {
        let (client, server) = duplex(64 * 1024);
        tokio::spawn(Arc::clone(&self.server).serve(server, self.tls.clone()));
        Ok(Box::new(client))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}
