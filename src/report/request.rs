//! What was asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codes::Phase;

/// What the user asked for, as far as judging the trace depends on it. Never an account or a secret.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Request {
    /// The phase that was asked for explicitly; null means the default depth.
    pub until: Option<Phase>,
    /// The `--security` value.
    pub security: String,
    /// The `--license` value.
    pub license: String,
    /// Whether an account was given.
    pub account: bool,
    /// Whether a server without NLA was to be sent that account.
    #[serde(default)]
    pub logon: bool,
    /// Whether the certificate's name can be judged: false for an address without `--server-name`.
    pub name_given: bool,
    /// The thumbprint that must be served, lower-case hex.
    pub expected_thumbprint: Option<String>,
    /// Whether the account goes along to where redirections lead.
    #[serde(default)]
    pub follow_with_account: bool,
    /// Whether a routing token was asked for.
    #[serde(default)]
    pub load_balance_info: bool,
    /// Whether a pre-connection blob was asked for.
    #[serde(default)]
    pub preconnection: bool,
    /// Whether another name than the target's own was asked for.
    #[serde(default)]
    pub server_name: bool,
    /// Whether a picture of the session was asked for, which is drawn without the graphics pipeline.
    #[serde(default)]
    pub screenshot: bool,
    /// Whether it was asked what the server accepts.
    #[serde(default)]
    pub posture: bool,
    /// Whether it was asked what a client offers.
    #[serde(default)]
    pub listen: bool,
    /// How many connections that might take; null for as many as usual.
    #[serde(default)]
    pub posture_connections: Option<usize>,
    /// The days in which a certificate expires soon; null for as many as usual.
    #[serde(default)]
    pub expiry_days: Option<u32>,
}
