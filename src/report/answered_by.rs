//! Which software answered, as far as the wire tells.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Likelihood;

/// Who answers, and what shows it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct AnsweredBy {
    /// The software.
    pub who: Answerer,
    /// How sure that is; `possible` where it is unknown.
    pub likelihood: Likelihood,
    /// Observations that speak for it; where it is unknown, all that there are.
    pub because: Vec<String>,
    /// Observations that speak for another.
    pub against: Vec<String>,
}

impl AnsweredBy {
    /// Who answers, where that is likely or certain.
    pub fn answerer(judged: Option<&Self>) -> Answerer {
        let sure = judged.filter(|judged| judged.likelihood != Likelihood::Possible);
        sure.map_or(Answerer::Unknown, |judged| judged.who)
    }
}

/// The software that answers; new ones may come without a new schema version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Answerer {
    /// Windows itself.
    Windows,
    /// xrdp.
    Xrdp,
    /// A server made with FreeRDP's library: its shadow server, weston, KDE's krdp, also GNOME's where nothing shows it.
    Freerdp,
    /// gnome-remote-desktop, which is made with FreeRDP's library too.
    GnomeRemoteDesktop,
    /// KDE's krdp, where something tells it from the others of FreeRDP.
    Krdp,
    /// A server made with IronRDP.
    Ironrdp,
    /// Something that stands in front of the server and answers in its place.
    Proxy,
    /// What was seen is too little, or contradicts itself; also one that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Answerer {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Windows,
        Self::Xrdp,
        Self::Freerdp,
        Self::GnomeRemoteDesktop,
        Self::Krdp,
        Self::Ironrdp,
        Self::Proxy,
        Self::Unknown,
    ];

    /// As the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Xrdp => "xrdp",
            Self::Freerdp => "freerdp",
            Self::GnomeRemoteDesktop => "gnome_remote_desktop",
            Self::Krdp => "krdp",
            Self::Ironrdp => "ironrdp",
            Self::Proxy => "proxy",
            Self::Unknown => "unknown",
        }
    }

    /// Its name in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Xrdp => "xrdp",
            Self::Freerdp => "a server of FreeRDP's library",
            Self::GnomeRemoteDesktop => "gnome-remote-desktop",
            Self::Krdp => "krdp",
            Self::Ironrdp => "a server of IronRDP",
            Self::Proxy => "a proxy",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is made with FreeRDP's library.
    pub fn is_of_freerdp(self) -> bool {
        matches!(self, Self::Freerdp | Self::GnomeRemoteDesktop | Self::Krdp)
    }
}
