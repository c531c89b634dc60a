//! The TLS handshake over the wire (RFC 8446, RFC 5246): every chain is accepted, everything is recorded, nothing is judged.

use std::sync::Arc;

use tokio::{
    io::AsyncReadExt as _,
    time::{Instant, timeout_at},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, ClientConfig, KeyLog, SupportedProtocolVersion,
        crypto::{CryptoProvider, ring},
        pki_types::ServerName,
        version::{TLS12, TLS13},
    },
};

use super::{
    channel::Channel,
    failure,
    listening::LAST_WORDS,
    recorder::Recorder,
    tap::{Seen, Tapped},
    wire::Wire,
};
use crate::{
    certificate::Unchecked,
    old_suites,
    pdu::peer,
    report::{Failure, FailureKind, HandshakeSignature, Speaker},
};

/// The alert that nothing more follows (RFC 8446 section 6.1).
pub(crate) const CLOSE_NOTIFY: u8 = 0;
const BAD_RECORD_MAC: u8 = 20;
/// A record of one plain alert.
const ALERT_RECORD: u64 = 7;

/// The versions of TLS that are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// TLS 1.2 and 1.3.
    All,
    /// TLS 1.2 only.
    Tls12,
    /// TLS 1.3 only.
    Tls13,
    /// TLS 1.2 only, with its older suites behind the current ones.
    OldSuites,
}

impl Versions {
    fn protocols(self) -> Vec<&'static SupportedProtocolVersion> {
        match self {
            Self::All => vec![&TLS13, &TLS12],
            Self::Tls12 | Self::OldSuites => vec![&TLS12],
            Self::Tls13 => vec![&TLS13],
        }
    }

    fn provider(self) -> CryptoProvider {
        match self {
            Self::OldSuites => old_suites::added(),
            _ => ring::default_provider(),
        }
    }
}

/// What to say in the ClientHello.
#[derive(Clone, Debug)]
pub struct Upgrade {
    server_name: ServerName<'static>,
    versions: Versions,
    key_log: Option<Arc<dyn KeyLog>>,
}

impl Upgrade {
    /// An offer for this host; what is no DNS name is treated as an address, for which no SNI is sent.
    pub fn new(host: &str, versions: Versions) -> Self {
        match ServerName::try_from(host.to_owned()) {
            Ok(server_name) => Self { server_name, versions, key_log: None },
            Err(_) => Self::nameless(versions),
        }
    }

    /// An offer without SNI.
    pub fn nameless(versions: Versions) -> Self {
        let server_name = ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into());
        Self { server_name, versions, key_log: None }
    }

    /// The same, whose secrets somebody learns.
    #[must_use]
    pub fn logged(self, key_log: Option<Arc<dyn KeyLog>>) -> Self {
        Self { key_log, ..self }
    }

    /// The name that is sent as SNI.
    pub fn sni(&self) -> Option<&str> {
        match &self.server_name {
            ServerName::DnsName(name) => Some(name.as_ref()),
            _ => None,
        }
    }
}

/// What the handshake showed, complete or not.
#[derive(Clone, Debug, Default)]
pub struct Handshake {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: Option<String>,
    /// IANA name of the suite.
    pub cipher_suite: Option<String>,
    /// The group of the key exchange.
    pub key_exchange: Option<String>,
    /// The chain as served, DER.
    pub chain: Vec<Vec<u8>>,
    /// What became of the handshake's signature.
    pub signature: Option<HandshakeSignature>,
    /// Why it cannot be checked, where it cannot.
    pub unchecked: Option<Unchecked>,
    /// Whether the server asked for a client certificate.
    pub client_certificate_requested: bool,
    /// The stapled OCSP response.
    pub ocsp: Vec<u8>,
    /// The description of the alert that we sent.
    pub alert_sent: Option<u8>,
    /// The first bytes sent below TLS: the ClientHello.
    pub hello: Vec<u8>,
    /// The first bytes that came.
    pub head: Vec<u8>,
    /// Bytes sent below TLS.
    pub bytes_sent: u64,
    /// Bytes received below TLS.
    pub bytes_received: u64,
}

impl Wire {
    /// Runs the handshake and goes on inside TLS.
    ///
    /// # Errors
    /// What ended the handshake; `seen` holds what had been learned by then.
    pub async fn upgrade(&mut self, offer: &Upgrade, seen: &mut Handshake) -> Result<(), Failure> {
        let Channel::Plain(stream) = std::mem::replace(&mut self.channel, Channel::Gone) else {
            return Err(Failure::new(FailureKind::Closed, "the connection is gone"));
        };
        self.tap.reset();
        // What came with the confirm is the beginning of the server's answer, whatever it is.
        let stream = stream.with_prefix(self.take_pending());
        let recorder = Arc::new(Recorder::new(offer.versions.provider()));
        let connector = TlsConnector::from(Arc::new(config(Arc::clone(&recorder), offer)));
        let connect = connector.connect(offer.server_name.clone(), stream).into_fallible();
        let result = match timeout_at(self.deadline, connect).await {
            Ok(Ok(stream)) => {
                negotiated(stream.get_ref().1, seen);
                self.channel = Channel::Tls(Box::new(stream));
                Ok(())
            }
            Ok(Err((error, stream))) => {
                let begin = Instant::now();
                if timeout_at(self.deadline.min(begin + LAST_WORDS), drain(stream)).await.is_err() {
                    self.listened(begin);
                }
                // It may go out encrypted, where the tap cannot read it.
                let unreadable = matches!(failure::tls_error(&error), Some(rustls::Error::DecryptError));
                seen.alert_sent = unreadable.then_some(BAD_RECORD_MAC);
                let ended = handshake_failure(self.speaker, &error, &self.tap.received());
                Err(self.timed(ended))
            }
            Err(_) => Err(self.timed(self.unfinished_handshake())),
        };
        recorder.take(seen);
        seen.head.clone_from(&self.tap.received().head);
        (seen.bytes_sent, seen.bytes_received) = (self.tap.sent().bytes, self.tap.received().bytes);
        seen.hello.clone_from(&self.tap.sent().head);
        let sent = self.tap.sent().alert.map(|(_, description)| description);
        seen.alert_sent = sent.or(seen.alert_sent);
        result
    }
}

impl Wire {
    fn unfinished_handshake(&self) -> Failure {
        let received = self.tap.received();
        let ended = failure::unfinished_handshake(self.speaker, self.entered.elapsed(), self.limit());
        counted(ended, &received).with_partial(received.bytes)
    }
}

/// An alert may still be under way when our own flight could not be written; the tap sees it pass.
async fn drain(mut stream: Tapped) {
    let mut scratch = [0; 4096];
    while stream.read(&mut scratch).await.is_ok_and(|count| count > 0) {}
}

fn config(recorder: Arc<Recorder>, offer: &Upgrade) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&recorder.provider))
        .with_protocol_versions(&offer.versions.protocols())
        .expect("ring speaks TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&recorder) as _)
        .with_client_cert_resolver(recorder);
    if let Some(key_log) = &offer.key_log {
        config.key_log = Arc::clone(key_log);
    }
    config
}

fn negotiated(connection: &tokio_rustls::rustls::ClientConnection, seen: &mut Handshake) {
    seen.version = connection.protocol_version().map(|v| format!("{v:?}").replace('_', "."));
    seen.cipher_suite =
        connection.negotiated_cipher_suite().map(|s| format!("{:?}", s.suite()).replace("TLS13_", "TLS_"));
    seen.key_exchange = connection.negotiated_key_exchange_group().map(|g| format!("{:?}", g.name()));
}

/// What an answer to a ClientHello is that is no TLS.
pub(crate) fn not_tls(received: &[u8]) -> Failure {
    let name = peer::speaks(received).map(|name| format!(", but {name}")).unwrap_or_default();
    let detail = format!("the answer to the ClientHello is not TLS{name}");
    Failure::new(FailureKind::NotTls, detail).with_received(received)
}

/// Bytes that begin no TLS record were sent by something that does not speak TLS. An alert tells more than how the stream
/// ended after it.
fn handshake_failure(speaker: Speaker, error: &std::io::Error, received: &Seen) -> Failure {
    if !peer::begins_record(&received.head) && failure::tls_error(error).is_some() {
        return not_tls(&received.head);
    }
    let failure = counted(failure::broken(speaker, error, 0), received);
    let is_alone = received.bytes == ALERT_RECORD;
    match received.alert {
        Some((_, description)) if ends(failure.kind) && (description != CLOSE_NOTIFY || is_alone) => {
            failure::alert(speaker, description)
        }
        _ => failure,
    }
}

fn ends(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Closed | FailureKind::Reset)
}

/// Closed, reset and timeout say how many bytes had come.
fn counted(mut failure: Failure, received: &Seen) -> Failure {
    if ends(failure.kind) || failure.kind == FailureKind::Timeout {
        let came = match received.bytes {
            0 => "no TLS byte had come".to_owned(),
            count => format!("{count} B of TLS had come"),
        };
        let who = failure.speaker.title();
        failure.detail = match failure.kind {
            FailureKind::Closed => format!("{who} closed the connection in the TLS handshake, {came}"),
            FailureKind::Reset => format!("{who} reset the connection in the TLS handshake, {came}"),
            _ => format!("{}, {came}", failure.detail),
        };
    }
    failure
}
