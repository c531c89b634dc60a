//! What the .rdp file or the rdp:// address of the target asks for. Facts only; no account and no secret.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The file that was traced, as far as it changes the connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// Whether it has a signature, which is not checked.
    pub signed: bool,
    /// The names of the settings that the signature covers, as the file lists them.
    pub signed_settings: Vec<String>,
    /// The names of settings whose values were not read because they are secrets or bytes.
    pub hidden: Vec<String>,
}

/// A line that is no setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MalformedLine {
    /// Its number, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub why: String,
}

/// The RD Gateway settings of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RdpFileGateway {
    /// `gatewayhostname`.
    pub host: Option<String>,
    /// `gatewayusagemethod`: 0 and 4 never, 1 always, 2 where the host cannot be reached directly, 3 as the client is configured.
    pub usage: Option<i32>,
    /// `gatewayprofileusagemethod`: 0 the administrator's default, 1 these settings.
    pub profile: Option<i32>,
    /// `gatewaycredentialssource`.
    pub credentials_source: Option<i32>,
}
