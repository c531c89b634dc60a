//! What a fact is about, in the words of the report.

use std::fmt;

use serde::{Serialize, Serializer};

/// What a fact is about; in the order in which differences are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Topic {
    /// `verdict.outcome`.
    Outcome,
    /// The last phase that passed.
    Reached,
    /// The phase in which it ended, and the step.
    Phase,
    /// Kind, code and name of what ended it.
    Failure,
    /// What is known of the account's credentials.
    Credentials,
    /// The same for the gateway.
    GatewayCredentials,
    /// Which software answers.
    AnsweredBy,
    /// The security protocol that was selected.
    Selected,
    /// The version of TLS.
    TlsVersion,
    /// The cipher suite.
    TlsCipherSuite,
    /// The certificate's thumbprint.
    CertificateSha256,
    /// Whom it is for.
    CertificateSubject,
    /// Until when it is valid.
    CertificateNotAfter,
    /// Whether it is trusted here.
    CertificateTrust,
    /// The version of CredSSP.
    CredsspVersion,
    /// The build of Windows.
    HostBuild,
    /// The name of the host.
    HostComputer,
    /// Its domain.
    HostDomain,
    /// How licensing ended.
    LicensingOutcome,
    /// Whether a session needs NLA, of a posture.
    Nla,
    /// A security protocol that was offered alone, of a posture.
    Protocol,
    /// The suites that are accepted in a version of TLS, of a posture.
    TlsAccepted,
    /// A finding.
    Finding,
    /// A promise.
    Promise,
    /// A check of a machine.
    Local,
    /// How long a phase took, in milliseconds.
    PhaseMs,
}

impl Topic {
    /// As JSON spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Outcome => "outcome",
            Self::Reached => "reached",
            Self::Phase => "phase",
            Self::Failure => "failure",
            Self::Credentials => "credentials",
            Self::GatewayCredentials => "gateway_credentials",
            Self::AnsweredBy => "answered_by",
            Self::Selected => "negotiate.selected",
            Self::TlsVersion => "tls.version",
            Self::TlsCipherSuite => "tls.cipher_suite",
            Self::CertificateSha256 => "certificate.sha256",
            Self::CertificateSubject => "certificate.subject",
            Self::CertificateNotAfter => "certificate.not_after",
            Self::CertificateTrust => "certificate.trust",
            Self::CredsspVersion => "credssp.version",
            Self::HostBuild => "host.build",
            Self::HostComputer => "host.computer",
            Self::HostDomain => "host.domain",
            Self::LicensingOutcome => "licensing.outcome",
            Self::Nla => "nla",
            Self::Protocol => "protocol",
            Self::TlsAccepted => "tls.accepted",
            Self::Finding => "finding",
            Self::Promise => "promise",
            Self::Local => "local",
            Self::PhaseMs => "phase_ms",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
