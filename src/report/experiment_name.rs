//! What an experiment is called: its kind, a number where there are several, and which time it is.
//!
//! A name is a kind, a number and a repetition; the spelling is derived from the kind, and no room compares text. A
//! name that this version would spell differently stays as it came, counts for nothing, and is written again.

use std::{convert::Infallible, fmt, str::FromStr};

use super::named::names;
use crate::codes::Protocols;

names! {
    /// Which follow-up connection it is; the report spells it in kebab-case.
    ExperimentKind, b'-':
    /// Without everything that the user added.
    NoAdditions,
    /// Without the pre-connection blob.
    NoPreconnection,
    /// With the target's own name.
    NoServerName,
    /// With the graphics pipeline and without a picture.
    NoScreenshot,
    /// TLS 1.2 alone.
    Tls12Only,
    /// TLS 1.3 alone.
    Tls13Only,
    /// The same offer in a short ClientHello.
    SmallHello,
    /// The same ClientHello, padded.
    LargeHello,
    /// Without a server name.
    NoSni,
    /// With old versions and suites.
    LegacyHello,
    /// TLS without a Connection Request.
    DirectTls,
    /// A request of HTTP in place of a Connection Request.
    HttpRequest,
    /// Without the cookie, or the token in its place.
    NoCookie,
    /// Standard RDP Security alone.
    ProtocolRdp,
    /// TLS alone.
    ProtocolSsl,
    /// NLA alone.
    ProtocolHybrid,
    /// NLA with early authorization alone.
    ProtocolHybridEx,
    /// RDSTLS alone.
    ProtocolRdstls,
    /// Entra authentication alone.
    ProtocolRdsaad,
    /// In short TCP segments.
    SmallSegments,
    /// A ClientHello that only an alert can answer.
    HelloForAlert,
    /// Nothing but the connection.
    ConnectOnly,
    /// Another address of the name.
    NextAddress,
    /// The traced connection again.
    Repeat,
}

impl ExperimentKind {
    /// Those that offer one security protocol alone.
    pub const ALONE: [Self; 6] = [
        Self::ProtocolRdp,
        Self::ProtocolSsl,
        Self::ProtocolHybrid,
        Self::ProtocolHybridEx,
        Self::ProtocolRdstls,
        Self::ProtocolRdsaad,
    ];

    /// What it offers, where that is one security protocol alone.
    pub const fn alone(self) -> Option<Protocols> {
        Some(match self {
            Self::ProtocolRdp => Protocols::RDP,
            Self::ProtocolSsl => Protocols::SSL,
            Self::ProtocolHybrid => Protocols::HYBRID,
            Self::ProtocolHybridEx => Protocols::HYBRID_EX,
            Self::ProtocolRdstls => Protocols::RDSTLS,
            Self::ProtocolRdsaad => Protocols::RDSAAD,
            _ => return None,
        })
    }
}

/// The name of one experiment: `small-hello`, `next-address-2`, `repeat-1` or `small-hello-again-3`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExperimentName {
    /// One that this version makes.
    Known {
        /// What it is.
        kind: ExperimentKind,
        /// Which one, where there are several.
        number: Option<u32>,
        /// The how manyeth time it was made, from the second on.
        again: Option<u32>,
    },
    /// One of another version.
    Unknown(String),
}

impl ExperimentName {
    /// The one with this number.
    pub fn numbered(kind: ExperimentKind, number: u32) -> Self {
        Self::Known { kind, number: Some(number), again: None }
    }

    /// The same, made for this time.
    pub fn again(self, time: u32) -> Self {
        match self {
            Self::Known { kind, number, .. } => Self::Known { kind, number, again: Some(time) },
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// The same as it was called the first time.
    pub fn first(&self) -> Self {
        match self {
            Self::Known { kind, number, .. } => Self::Known { kind: *kind, number: *number, again: None },
            Self::Unknown(name) => Self::Unknown(name.clone()),
        }
    }

    /// What it is; none for one of another version.
    pub fn kind(&self) -> Option<ExperimentKind> {
        match self {
            Self::Known { kind, .. } => Some(*kind),
            Self::Unknown(_) => None,
        }
    }

    /// Whether it is of this kind.
    pub fn is(&self, kind: ExperimentKind) -> bool {
        self.kind() == Some(kind)
    }

    /// Whether it may have met another server than the traced connection: what takes TLS at once, or sits at another address.
    pub fn is_elsewhere(&self) -> bool {
        self.is(ExperimentKind::DirectTls) || self.is(ExperimentKind::NextAddress)
    }

    /// Whether it was made before.
    pub fn is_again(&self) -> bool {
        matches!(self, Self::Known { again: Some(_), .. })
    }
}

impl From<ExperimentKind> for ExperimentName {
    fn from(kind: ExperimentKind) -> Self {
        Self::Known { kind, number: None, again: None }
    }
}

const AGAIN: &str = "-again-";

impl fmt::Display for ExperimentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, number, again) = match self {
            Self::Known { kind, number, again } => (kind, number, again),
            Self::Unknown(name) => return f.write_str(name),
        };
        write!(f, "{kind}")?;
        number.map_or(Ok(()), |number| write!(f, "-{number}"))?;
        again.map_or(Ok(()), |time| write!(f, "{AGAIN}{time}"))
    }
}

impl FromStr for ExperimentName {
    type Err = Infallible;

    /// What is spelled in another way than this version would is unknown, so that it stays as it came.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let known = of_text(text).filter(|name| name.to_string() == text);
        Ok(known.unwrap_or_else(|| Self::Unknown(text.to_owned())))
    }
}

fn of_text(text: &str) -> Option<ExperimentName> {
    let of = |name: &str| ExperimentKind::ALL.iter().copied().find(|kind| kind.as_str() == name);
    let (name, again) = match text.split_once(AGAIN) {
        Some((name, time)) => (name, Some(time.parse().ok()?)),
        None => (text, None),
    };
    if let Some(kind) = of(name) {
        return Some(ExperimentName::Known { kind, number: None, again });
    }
    let (name, number) = name.rsplit_once('-')?;
    Some(ExperimentName::Known { kind: of(name)?, number: Some(number.parse().ok()?), again })
}
