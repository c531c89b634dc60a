//! What the .rdp file or the rdp:// address of the target asks for. Facts only; no account and no secret.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Timestamp, Trust};

/// The file that was traced, as far as it changes the connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RdpFile {
    /// `utf-8`, `utf-16le`, `utf-16be`, `code-page` where it is neither, or `address` where it is no file.
    pub encoding: String,
    /// How many settings it has, known or not; an empty one is none.
    pub settings: usize,
    /// The lines that are no settings, the first 20.
    pub malformed: Vec<MalformedLine>,
    /// How many lines are no settings.
    pub malformed_lines: usize,
    /// `full address`.
    pub full_address: Option<String>,
    /// `alternate full address`, which is dialled where it is given.
    pub alternate_full_address: Option<String>,
    /// `server port`.
    pub server_port: Option<i32>,
    /// `enablecredsspsupport`.
    pub credssp: Option<bool>,
    /// `negotiate security layer`; false begins with TLS at once.
    pub negotiate_security_layer: Option<bool>,
    /// `authentication level`: 0 connect to a server that cannot be authenticated, 1 refuse it, 2 warn.
    pub authentication_level: Option<i32>,
    /// `loadbalanceinfo`, which is sent in the Connection Request.
    pub load_balance_info: Option<String>,
    /// `use redirection server name`.
    pub use_redirection_server_name: Option<bool>,
    /// Whether it names a user or a domain; who that is, is not kept.
    pub names_account: bool,
    /// The RD Gateway settings; null where there are none.
    pub gateway: Option<RdpFileGateway>,
    /// Whether it has a pre-connection blob (`pcb`), which is sent first.
    pub preconnection_blob: bool,
    /// `kdcproxyname`.
    pub kdc_proxy: Option<String>,
    /// `rdgiskdcproxy`.
    pub gateway_is_kdc_proxy: Option<bool>,
    /// `enablerdsaadauth`: sign in with Microsoft Entra.
    pub entra_authentication: Option<bool>,
    /// `targetisaadjoined`.
    pub entra_joined: Option<bool>,
    /// Whether it has a signature.
    pub signed: bool,
    /// What the signature is worth; null where there is none.
    #[serde(default)]
    pub signature: Option<RdpFileSignature>,
    /// The names of the settings that the signature covers, as the file lists them.
    pub signed_settings: Vec<String>,
    /// What of the client's machine it asks to share with the server, in words.
    #[serde(default)]
    pub shares: Vec<String>,
    /// The names of settings whose values were not read because they are secrets or bytes.
    pub hidden: Vec<String>,
}

/// The signature of a file, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RdpFileSignature {
    /// Whether it is over what the file says.
    pub state: SignatureState,
    /// Why it could not be read or checked, or is over something else, where that is known.
    pub why: Option<String>,
    /// Who signed; null where no certificate of theirs could be read.
    pub publisher: Option<Publisher>,
    /// Settings that it does not cover and that rdpsign would have signed: anybody can have changed them since.
    pub outside: Vec<String>,
}

/// What a signature is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SignatureState {
    /// The settings of its scope are those that were signed.
    Valid,
    /// They are not.
    Wrong,
    /// It is no signature of an .rdp file.
    Unreadable,
    /// It could not be checked here.
    Unchecked,
}

/// The signer of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Publisher {
    /// The name in the certificate, which clients show.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Whether it is valid at the time of the trace; the signature carries no time of its own.
    pub in_time: bool,
    /// Its SHA-1, lower-case hex, as TrustedCertThumbprints lists it.
    pub sha1: String,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// Whether this machine, or --ca-file, trusts its chain.
    pub trust: Trust,
    /// Why the chain was not checked or not verified.
    pub trust_detail: Option<String>,
}

/// A line that is no setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct MalformedLine {
    /// Its number, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub why: String,
}

/// The RD Gateway settings of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RdpFileGateway {
    /// `gatewayhostname`.
    pub host: Option<String>,
    /// Why that can be no host; null where it can.
    #[serde(default)]
    pub host_error: Option<String>,
    /// `gatewayusagemethod`: 0 and 4 never, 1 always, 2 where the host cannot be reached directly, 3 as the client is configured.
    pub usage: Option<i32>,
    /// `gatewayprofileusagemethod`: 0 the administrator's default, 1 these settings.
    pub profile: Option<i32>,
    /// `gatewaycredentialssource`.
    pub credentials_source: Option<i32>,
}
