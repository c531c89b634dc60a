//! What the server, or the way to it, did to end a phase.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Millis;

/// How a phase ended before it passed; data, never an error of this program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// The protocol's own number, where it has one.
    pub code: Option<i64>,
    /// The number's symbol, where a table knows it.
    pub name: Option<String>,
    /// One sentence, lower case, without a full stop.
    pub detail: String,
    /// The first bytes of what could not be understood, lower-case hex.
    pub received: Option<String>,
    /// Who was at the other end.
    #[serde(default)]
    pub speaker: Speaker,
    /// When the stream ended, where the end is one of the stream.
    #[serde(default)]
    pub end: Option<Box<StreamEnd>>,
}

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Speaker {
    /// The target, or what answers in its place.
    #[default]
    Server,
    /// The RD Gateway.
    Gateway,
    /// The proxy that is asked to connect.
    Proxy,
    /// A domain controller as a KDC.
    Kdc,
    /// A KDC proxy (MS-KKDCP).
    KdcProxy,
    /// Nobody: the path, or somebody on it in another's name.
    Path,
}

impl Speaker {
    /// As a sentence names it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Server => "the server",
            Self::Gateway => "the gateway",
            Self::Proxy => "the proxy",
            Self::Kdc => "the KDC",
            Self::KdcProxy => "the KDC proxy",
            Self::Path => "the path",
        }
    }
}

/// When a stream ended or was given up, and what had come of a message by then.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct StreamEnd {
    /// Bytes of an unfinished message that had come.
    pub partial_bytes: Option<u64>,
    /// Milliseconds from our last byte to the end; null where nothing was sent.
    pub after_sent_ms: Option<Millis>,
    /// The same from the last byte that was received.
    pub after_received_ms: Option<Millis>,
}

impl Failure {
    /// A failure without a code.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code: None,
            name: None,
            detail: detail.into(),
            received: None,
            speaker: Speaker::Server,
            end: None,
        }
    }

    /// Says who was at the other end.
    pub fn of(self, speaker: Speaker) -> Self {
        Self { speaker, ..self }
    }

    /// The same where nobody else was named.
    pub fn or_of(self, speaker: Speaker) -> Self {
        if self.speaker == Speaker::Server { self.of(speaker) } else { self }
    }

    /// Whether neither end did it.
    pub fn is_of_path(&self) -> bool {
        self.speaker == Speaker::Path
    }

    /// Adds the protocol's number and its symbol.
    pub fn with_code(mut self, code: impl Into<i64>, name: Option<&str>) -> Self {
        self.code = Some(code.into());
        self.name = name.map(str::to_owned);
        self
    }

    /// Says how much of a message had come, where some had.
    pub fn with_partial(mut self, bytes: u64) -> Self {
        if bytes > 0 {
            self.end.get_or_insert_default().partial_bytes = Some(bytes);
        }
        self
    }

    /// How much of a message had come.
    pub fn partial_bytes(&self) -> Option<u64> {
        self.end.as_ref()?.partial_bytes
    }

    /// Adds the first bytes of what was received, at most 32.
    pub fn with_received(mut self, bytes: &[u8]) -> Self {
        if !bytes.is_empty() {
            self.received = Some(hex::encode(&bytes[..bytes.len().min(32)]));
        }
        self
    }
}

/// The kinds of failure; new ones may come without a new schema version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// The port is closed: RST in answer to SYN.
    Refused,
    /// No route, or ICMP said so.
    Unreachable,
    /// Nothing came before the deadline.
    Timeout,
    /// FIN or close_notify.
    Closed,
    /// RST on an open connection.
    Reset,
    /// The name does not exist.
    NotFound,
    /// The peer speaks something else.
    NotRdp,
    /// The peer does not answer the ClientHello with TLS.
    NotTls,
    /// The message could not be decoded.
    Malformed,
    /// The MAC of an encrypted PDU does not match (MS-RDPBCGR 5.3.6.1).
    MacInvalid,
    /// RDP_NEG_FAILURE.
    NegotiationFailure,
    /// A fatal TLS alert.
    TlsAlert,
    /// This build cannot speak the TLS that the server requires.
    TlsUnsupported,
    /// A status in TSRequest.errorCode.
    NtStatus,
    /// The server's proof of its TLS key does not match (MS-CSSP 3.1.5).
    KeyBinding,
    /// The early user authorization result denied the logon.
    EarlyAuthDenied,
    /// A T.125 result other than success.
    McsResult,
    /// An MCS disconnect provider ultimatum.
    Disconnect,
    /// A licensing error alert.
    LicenseError,
    /// Set Error Info.
    ErrorInfo,
    /// A security protocol that this build does not go on with.
    SecurityUnsupported,
    /// An HTTP status.
    HttpStatus,
    /// A code of the RD Gateway.
    GatewayError,
    /// A proxy's refusal.
    ProxyRefused,
    /// A Kerberos error.
    KerberosError,
    /// A kind that this version does not know, from a report of a newer one.
    #[serde(other)]
    Other,
}

impl FailureKind {
    /// Whether the stream ended without a word of why.
    pub(crate) fn is_cut(self) -> bool {
        matches!(self, Self::Closed | Self::Reset)
    }

    /// The kind as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
            Self::Reset => "reset",
            Self::NotFound => "not_found",
            Self::NotRdp => "not_rdp",
            Self::NotTls => "not_tls",
            Self::Malformed => "malformed",
            Self::MacInvalid => "mac_invalid",
            Self::NegotiationFailure => "negotiation_failure",
            Self::TlsAlert => "tls_alert",
            Self::TlsUnsupported => "tls_unsupported",
            Self::NtStatus => "nt_status",
            Self::KeyBinding => "key_binding",
            Self::EarlyAuthDenied => "early_auth_denied",
            Self::McsResult => "mcs_result",
            Self::Disconnect => "disconnect",
            Self::LicenseError => "license_error",
            Self::ErrorInfo => "error_info",
            Self::SecurityUnsupported => "security_unsupported",
            Self::HttpStatus => "http_status",
            Self::GatewayError => "gateway_error",
            Self::ProxyRefused => "proxy_refused",
            Self::KerberosError => "kerberos_error",
            Self::Other => "other",
        }
    }
}
