//! A network with a scripted gateway and nothing else that can be reached.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use async_trait::async_trait;
use rcgen::{CertificateParams, KeyPair};
use rdptrace::{
    BoxStream, Endpoint, Network, Report, Settings, Target, Tracer,
    report::{Failure, FailureKind},
    settings::{Account, Anchors, Gateway, GatewayAuthentication, Proxy, ProxyKind, Token},
};
use time::OffsetDateTime;
use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};
use tokio_rustls::rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
};

use super::{
    acceptor::{PASSWORD, USER},
    script::{Script, Seen, serve},
};
use crate::{demo::pipe, heads::head};

pub(crate) const HOST: &str = "gw.corp.example";
const PROXY: &str = "proxy.corp.example";

/// The network.
pub(crate) struct Lab {
    pub script: Script,
    pub seen: Arc<Seen>,
    tls: Arc<ServerConfig>,
    pub certificate: Vec<u8>,
    /// Who answers every connection but the first, and its certificate.
    pub impostor: Option<(Arc<ServerConfig>, Vec<u8>)>,
    opened: AtomicUsize,
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
    pub(crate) fn new(script: Script) -> Self {
        Self::named(script, HOST)
    }

    /// A gateway with a certificate for this name.
    pub(crate) fn named(script: Script, name: &str) -> Self {
        let (certificate, key) = issued(name);
        let tls = presenting(&certificate, &key, script.wants_certificate.then(|| clients_of(&certificate)));
        Self {
            script,
            seen: Arc::default(),
            tls,
            certificate: certificate.to_vec(),
            impostor: None,
            opened: AtomicUsize::new(0),
            proxied: false,
            closed: false,
            nameless: false,
            foreign: false,
        }
    }

    /// The same, and from the second connection on somebody answers with a certificate of its own for the same name, or with the
    /// gateway's without its key.
    pub(crate) fn with_impostor(self, has_key: bool) -> Self {
        let (own, key) = issued(HOST);
        let shown = if has_key { own } else { self.certificate.clone().into() };
        let tls = presenting(&shown, &key, None);
        Self { impostor: Some((tls, shown.to_vec())), ..self }
    }

    /// Settings for this gateway, whose certificate is trusted, as is that of an impostor.
    pub(crate) fn settings(&self, gateway: Gateway) -> Settings {
        let impostor = self.impostor.iter().map(|(_, certificate)| certificate.clone());
        let given = std::iter::once(self.certificate.clone()).chain(impostor).collect();
        let anchors = Anchors::only(given);
        let proxy = Proxy::new(ProxyKind::Http, Endpoint::new(PROXY, 3128));
        let proxy = self.proxied.then_some(proxy);
        Settings::default().gateway(Some(gateway)).anchors(anchors).proxy(proxy)
    }

    /// Lets the gateway read what was sent last.
    pub(crate) async fn settle(&self) {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    /// Traces the demo server through the gateway.
    pub(crate) async fn trace(&self, gateway: Gateway) -> Report {
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        Tracer::new(&target, &self.settings(gateway), self).run().await
    }
}

/// A self-signed certificate for this name, and its key.
pub(crate) fn issued(name: &str) -> (CertificateDer<'static>, KeyPair) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.not_before = pipe::NOW - time::Duration::days(10);
    params.not_after = pipe::NOW + time::Duration::days(100);
    let key = KeyPair::generate().expect("a key");
    (params.self_signed(&key).expect("a certificate").der().clone(), key)
}

/// TLS that presents this certificate and signs with this key, whether they belong together or not.
pub(crate) fn presenting(
    certificate: &CertificateDer<'static>,
    key: &KeyPair,
    clients: Option<Arc<dyn ClientCertVerifier>>,
) -> Arc<ServerConfig> {
    let der = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let key = ring::sign::any_supported_type(&der).expect("a key that ring signs with");
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions");
    let builder = match clients {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let certified = CertifiedKey::new(vec![certificate.clone()], key);
    Arc::new(builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(certified))))
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
pub(crate) fn anonymous() -> Gateway {
    Gateway::new(Endpoint::new(HOST, 443))
}

/// The gateway with its account.
pub(crate) fn with_account() -> Gateway {
    let account = Account::new(USER, PASSWORD);
    anonymous().account(Some(account))
}

pub(crate) const TOKEN: &str = "eyJ0b2tlbg";

/// Every way to authenticate: what the gateway offers, the token that it wants, and what the client brings.
pub(crate) fn ways() -> Vec<(Vec<&'static str>, Option<&'static str>, Gateway)> {
    let with = |authentication| with_account().authentication(authentication);
    let token = Some(Token(TOKEN.to_owned().into()));
    vec![
        (vec![], None, anonymous()),
        (vec!["NTLM"], None, with(GatewayAuthentication::Ntlm)),
        (vec!["Negotiate"], None, with(GatewayAuthentication::Negotiate)),
        (vec!["Basic realm=\"x\""], None, with(GatewayAuthentication::Basic)),
        (vec![], Some(TOKEN), anonymous().token(token)),
    ]
}

#[async_trait]
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
        let (script, seen) = (self.script.clone(), Arc::clone(&self.seen));
        let first = self.opened.fetch_add(1, SeqCst) == 0;
        let tls = Arc::clone(self.impostor.as_ref().filter(|_| !first).map_or(&self.tls, |(tls, _)| tls));
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
    head(stream).await?;
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await
}
