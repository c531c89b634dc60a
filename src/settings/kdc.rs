//! Whom to ask for a Kerberos ticket.

pub use crate::report::KdcSource;
use crate::{endpoint::Endpoint, report::KdcCarrier};

/// The account is used with a Kerberos ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kerberos {
    /// The realm of the account; empty where the account names none.
    pub realm: String,
    /// The KDCs in the order in which they are tried; where there is none DNS is asked, unless krb5.conf forbids that.
    pub kdcs: Vec<Kdc>,
    /// Who named them.
    pub source: KdcSource,
    /// Whether NTLM may take its place where no ticket is to be had.
    pub or_ntlm: bool,
    /// What krb5.conf says of other realms, to which KDCs may refer.
    pub others: Others,
}

/// The KDCs of realms that are not the account's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Those that krb5.conf lists, by realm.
    pub listed: Vec<(String, Vec<Kdc>)>,
    /// Whether krb5.conf forbids to look for others in DNS.
    pub not_in_dns: bool,
}

impl Kerberos {
    /// A ticket from these KDCs of the account's realm, and nothing in its place.
    pub fn new(realm: impl Into<String>, kdcs: Vec<Kdc>, source: KdcSource) -> Self {
        Self { realm: realm.into(), kdcs, source, or_ntlm: false, others: Others::default() }
    }

    /// The same, with NTLM in its place where no ticket is to be had, or without.
    #[must_use]
    pub fn or_ntlm(self, or_ntlm: bool) -> Self {
        Self { or_ntlm, ..self }
    }

    /// The same, with these KDCs of other realms.
    #[must_use]
    pub fn others(self, others: Others) -> Self {
        Self { others, ..self }
    }
}

impl Kdc {
    /// A KDC that is asked itself.
    pub fn new(transport: KdcTransport, endpoint: Endpoint) -> Self {
        Self { transport, endpoint, path: String::new() }
    }

    /// A KDC proxy that takes questions at this path.
    pub fn proxy(endpoint: Endpoint, path: impl Into<String>) -> Self {
        Self { transport: KdcTransport::Https, endpoint, path: path.into() }
    }
}

/// A Kerberos key distribution centre.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kdc {
    /// How it is asked.
    pub transport: KdcTransport,
    /// Where it or its proxy listens.
    pub endpoint: Endpoint,
    /// Where a KDC proxy takes questions; of a KDC itself empty.
    pub path: String,
}

/// How a KDC is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KdcTransport {
    /// Over TCP, and over UDP where that does not reach it.
    Any,
    /// Over TCP.
    Tcp,
    /// Over UDP, and over TCP where the answer is too long for a datagram.
    Udp,
    /// Through a KDC proxy (MS-KKDCP).
    Https,
}

impl KdcTransport {
    /// What carries the first question.
    pub fn carrier(self) -> KdcCarrier {
        match self {
            Self::Any | Self::Tcp => KdcCarrier::Tcp,
            Self::Udp => KdcCarrier::Udp,
            Self::Https => KdcCarrier::Https,
        }
    }
}
