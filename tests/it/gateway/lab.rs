//! A network with a scripted gateway and nothing else that can be reached.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use rcgen::{CertificateParams, KeyPair};
use rdptrace::{
    Network, Report, Settings, Target, Unobserved,
    net::BoxStream,
    report::{Failure, FailureKind},
    run,
    settings::{Account, Anchors, Gateway, Proxy, ProxyKind},
};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio_rustls::rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};

use super::{
    acceptor::{PASSWORD, USER},
    script::{Script, Seen, serve},
};
use crate::demo::pipe;

pub const HOST: &str = "gw.corp.example";
const PROXY: &str = "proxy.corp.example";

/// The network.
pub struct Lab {
    pub script: Script,
    pub seen: Arc<Seen>,
    tls: Arc<ServerConfig>,
    pub certificate: Vec<u8>,
    /// Whether the way to the gateway leads through a proxy.
    pub proxied: bool,
    /// Whether no connection opens.
    pub closed: bool,
    /// Whether no name has an address.
    pub nameless: bool,
    /// Whether another service has the port.
    pub foreign: bool,
}

impl Lab {
    pub fn new(script: Script) -> Self {
        Self::named(script, HOST)
    }

    /// A gateway with a certificate for this name.
    pub fn named(script: Script, name: &str) -> Self {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_before = pipe::NOW - time::Duration::days(10);
        params.not_after = pipe::NOW + time::Duration::days(100);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate").der().clone();
        let der = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = match script.wants_certificate {
            true => builder.with_client_cert_verifier(clients_of(&certificate)),
            false => builder.with_no_client_auth(),
        };
        let tls =
            builder.with_single_cert(vec![certificate.clone()], der).expect("a certificate and its key");
        Self {
            script,
            seen: Arc::default(),
            tls: Arc::new(tls),
            certificate: certificate.to_vec(),
            proxied: false,
            closed: false,
            nameless: false,
            foreign: false,
        }
    }

    /// Settings for this gateway, whose certificate is trusted.
    pub fn settings(&self, gateway: Gateway) -> Settings {
        let anchors = Anchors { given: vec![self.certificate.clone()], system: false };
        let proxy = Proxy { kind: ProxyKind::Http, host: PROXY.to_owned(), port: 3128, account: None };
        let proxy = self.proxied.then_some(proxy);
        Settings { gateway: Some(gateway), anchors, proxy, ..Settings::default() }
    }

    /// Lets the gateway read what was sent last.
    pub async fn settle(&self) {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    /// Traces the demo server through the gateway.
    pub async fn trace(&self, gateway: Gateway) -> Report {
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        run(&target, &self.settings(gateway), self, &Unobserved).await
    }
}

/// Takes clients with a certificate of this issuer.
fn clients_of(issuer: &CertificateDer<'static>) -> Arc<dyn ClientCertVerifier> {
    let mut roots = RootCertStore::empty();
    roots.add(issuer.clone()).expect("a root");
    let provider = Arc::new(ring::default_provider());
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    builder.build().expect("a verifier")
}

/// The gateway without an account.
pub fn anonymous() -> Gateway {
    Gateway::new(HOST, 443)
}

/// The gateway with its account.
pub fn with_account() -> Gateway {
    let account = Account { user: USER.to_owned(), domain: None, password: PASSWORD.to_owned().into() };
    Gateway { account: Some(account), ..anonymous() }
}

impl Network for Lab {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let expected = if self.proxied { PROXY } else { HOST };
        assert_eq!(host, expected, "no other name is looked up here");
        if self.nameless {
            return Err(Failure::new(FailureKind::NotFound, "no such name"));
        }
        Ok(vec!["192.0.2.1".parse().expect("an address")])
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        assert_eq!(address.port(), if self.proxied { 3128 } else { 443 });
        if self.closed {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (client, mut server) = duplex(64 * 1024);
        let (script, seen, tls) = (self.script.clone(), Arc::clone(&self.seen), Arc::clone(&self.tls));
        let (proxied, foreign) = (self.proxied, self.foreign);
        tokio::spawn(async move {
            if proxied {
                lead(&mut server).await?;
            }
            if foreign {
                server.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await?;
            }
            serve(server, script, seen, tls).await;
            io::Result::Ok(())
        });
        Ok(Box::new(client))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

/// What a proxy says before the stream is the gateway's.
async fn lead(stream: &mut DuplexStream) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await
}
