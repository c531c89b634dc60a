//! What the checks of a machine learned that is worth comparing with the wire. Facts only.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Timestamp;

/// Why a check of files is unknown that asked for what none of them holds; the end of its sentence.
pub const NOT_HELD: &str = "the files at hand do not hold it";

/// The machine that was checked, beside its checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Machine {
    /// The kind of system.
    pub system: Os,
    /// Its version.
    #[serde(default)]
    pub version: Option<String>,
    /// Whether it was read with an administrator's rights.
    #[serde(default)]
    pub elevated: Option<bool>,
    /// Whether it is another machine, read from files.
    #[serde(default)]
    pub from_files: bool,
    /// What it was checked as.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// `AllowEncryptionOracle`: 0 force updated clients, 1 mitigated, 2 vulnerable; null where it is not set.
    #[serde(default)]
    pub encryption_oracle: Option<u32>,
    /// TLS versions that the settings of Schannel or the cryptographic policy switch for a client; others are the
    /// system's default.
    #[serde(default)]
    pub client_protocols: Vec<ProtocolSetting>,
    /// The cipher suites that a policy allows, in its order; empty where there is none.
    #[serde(default)]
    pub cipher_suites: Vec<String>,
    /// Certificates that a client on this machine remembers.
    #[serde(default)]
    pub remembered: Vec<RememberedCertificate>,
    /// Entries of the hosts file for the target.
    #[serde(default)]
    pub hosts_entries: Vec<HostsEntry>,
    /// Domains that are tried behind a name without dots.
    #[serde(default)]
    pub search_domains: Vec<String>,
    /// Proxies that programs of this machine are told to use.
    #[serde(default)]
    pub proxies: Vec<ProxySetting>,
    /// The way to the target.
    #[serde(default)]
    pub route: Option<Route>,
    /// What this machine's log says of past attempts, newest first.
    #[serde(default)]
    pub attempts: Vec<ClientAttempt>,
    /// SHA-1 of the certificate that the listener of this machine is told to use, lower-case hex.
    #[serde(default)]
    pub listener_certificate: Option<String>,
    /// `AllowUnsignedFiles`: whether a policy lets the client open .rdp files of unknown publishers; null where none says.
    #[serde(default)]
    pub unsigned_files: Option<bool>,
    /// `TrustedCertThumbprints`: SHA-1 of the publishers of .rdp files that a policy trusts, lower-case hex.
    #[serde(default)]
    pub trusted_publishers: Vec<String>,
    /// `RedirectionWarningDialogVersion`: 1 brings the question for .rdp files from before April 2026 back.
    #[serde(default)]
    pub file_warning_version: Option<u32>,
    /// Whether the clock is kept by the network; null where that is not known.
    #[serde(default)]
    pub clock_synchronized: Option<bool>,
}

/// A kind of system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Os {
    /// Windows.
    Windows,
    /// Linux and other Unix systems.
    Linux,
    /// macOS.
    Macos,
}

impl Os {
    /// The name for a reader.
    pub fn name(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Linux => "Linux",
            Self::Macos => "macOS",
        }
    }
}

/// What a machine is checked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The machine that connects.
    Client,
    /// The machine that is connected to.
    Host,
}

impl Role {
    /// The value as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Host => "host",
        }
    }
}

/// A TLS version that is switched on or off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ProtocolSetting {
    /// Such as `TLSv1.2`.
    pub version: String,
    /// Whether it may be used.
    pub enabled: bool,
    /// Where that is set.
    pub source: String,
}

/// A certificate that a client remembers for a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RememberedCertificate {
    /// The host as it was given to the client.
    pub host: String,
    /// Its port, where the client keeps one.
    #[serde(default)]
    pub port: Option<u16>,
    /// SHA-1 of the certificate, lower-case hex.
    #[serde(default)]
    pub sha1: Option<String>,
    /// SHA-256 of the certificate, lower-case hex.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Where it is remembered.
    pub source: String,
}

/// A line of the hosts file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct HostsEntry {
    /// The name.
    pub name: String,
    /// Its address.
    pub address: IpAddr,
}

/// A proxy setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ProxySetting {
    /// The proxy, or the address of its script, without account.
    pub address: String,
    /// Where it is set.
    pub source: String,
}

/// The way from this machine to an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Route {
    /// Where it leads.
    pub destination: IpAddr,
    /// The interface's name.
    pub interface: String,
    /// Whether the interface is a tunnel, such as a VPN.
    pub tunnel: bool,
    /// The largest packet in bytes, of the interface or of the path where it is known.
    #[serde(default)]
    pub mtu: Option<u32>,
}

/// An attempt of this machine's client, from its event log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ClientAttempt {
    /// When it began.
    pub at: Timestamp,
    /// The server as the client was told.
    pub server: Option<String>,
    /// Whether the client said that it was connected.
    pub connected: bool,
    /// The disconnect reason; null while there is none.
    pub reason: Option<u32>,
}
