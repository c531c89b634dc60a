//! What a client offered, as whoever watched it saw; never an account, a password or a proof.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a client offered in one connection, message by message; what was not seen is null or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct Client {
    /// The X.224 Connection Request.
    pub request: Option<ClientRequest>,
    /// The ClientHello to the server; behind a gateway the one inside.
    pub hello: Option<ClientHelloOffer>,
    /// The first TSRequest.
    pub credssp: Option<ClientCredssp>,
    /// The settings in the MCS Connect Initial.
    pub settings: Option<ClientSettings>,
    /// The Client Info PDU, as far as it names no account.
    pub info: Option<ClientInfo>,
    /// The Confirm Active PDU.
    pub capabilities: Option<ClientCapabilities>,
}

/// A number of the protocol and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Coded {
    /// The number.
    pub code: u32,
    /// Its name; null for one that no table knows.
    pub name: Option<String>,
}

/// What an X.224 Connection Request says (MS-RDPBCGR 2.2.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientRequest {
    /// How many bytes the cookie `mstshash` has, which mostly begins an account's name; null without one.
    pub cookie_bytes: Option<usize>,
    /// How many bytes the routing token of a load balancer has; null without one.
    pub routing_token_bytes: Option<usize>,
    /// requestedProtocols; null from a client that knows Standard RDP Security only.
    pub protocols_code: Option<u32>,
    /// The protocols by their bits.
    pub protocols: Vec<Coded>,
    /// The flags of the request as a number.
    pub flags_code: u32,
    /// Those that are set.
    pub flags: Vec<Coded>,
    /// correlationId, lower-case hex.
    pub correlation_id: Option<String>,
}

/// What a ClientHello offers (RFC 8446 4.1.2), in the client's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientHelloOffer {
    /// The versions; without the extension the highest one alone.
    pub versions: Vec<Coded>,
    /// The cipher suites.
    pub suites: Vec<Coded>,
    /// The groups of the key exchange.
    pub groups: Vec<Coded>,
    /// The signature algorithms.
    pub signature_algorithms: Vec<Coded>,
    /// The server name.
    pub sni: Option<String>,
}

/// What the first TSRequest says (MS-CSSP 2.2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientCredssp {
    /// The version of CredSSP.
    pub version: u32,
    /// Whether its token is wrapped in SPNEGO.
    pub spnego: bool,
    /// Whether SPNEGO names Kerberos; null without SPNEGO.
    pub kerberos: Option<bool>,
    /// The flags of the NTLM NEGOTIATE; null if the token holds none.
    pub ntlm_flags: Option<u32>,
    /// The client's system as its NTLM NEGOTIATE names it, such as `10.0.22621`.
    pub ntlm_version: Option<String>,
}

/// What the GCC blocks of a Connect Initial say (MS-RDPBCGR 2.2.1.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientSettings {
    /// The RDP version, as the number in the core data.
    pub version: Option<u32>,
    /// clientBuild.
    pub build: Option<u32>,
    /// clientName, mostly the name of the client's machine.
    pub name: Option<String>,
    /// keyboardLayout, the identifier of an input locale.
    pub keyboard_layout: Option<u32>,
    /// keyboardType.
    pub keyboard_type: Option<u32>,
    /// Width of the desktop that is asked for.
    pub desktop_width: Option<u16>,
    /// Height of it.
    pub desktop_height: Option<u16>,
    /// connectionType.
    pub connection_type: Option<u8>,
    /// earlyCapabilityFlags.
    pub early_capability_flags: Option<u16>,
    /// Whether the graphics pipeline is among them; null without the field.
    pub graphics_pipeline: Option<bool>,
    /// The encryption methods of Standard RDP Security, as the sum of their numbers.
    pub encryption_methods: Option<u32>,
    /// The static channels that are asked for.
    pub channels: Vec<ClientChannel>,
    /// Flags of the cluster data.
    pub cluster_flags: Option<u32>,
    /// How many monitors are named.
    pub monitors: Option<u32>,
    /// Whether a message channel is asked for.
    pub message_channel: bool,
    /// Flags of the multitransport data: 1 reliable UDP, 4 lossy UDP, 256 preferred.
    pub multitransport: Option<u32>,
}

/// A static virtual channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientChannel {
    /// Its name.
    pub name: String,
    /// Its options.
    pub options: u32,
}

/// What a Client Info PDU says beside the account (MS-RDPBCGR 2.2.1.11.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientInfo {
    /// CodePage, with Unicode the input locale.
    pub code_page: u32,
    /// flags.
    pub flags: u32,
}

/// What a Confirm Active says (MS-RDPBCGR 2.2.1.13.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ClientCapabilities {
    /// sourceDescriptor, the client's name for itself; mstsc says MSTSC.
    pub source: String,
    /// Types of the capability sets, in the client's order.
    pub sets: Vec<Coded>,
    /// osMajorType of the general capabilities.
    pub os_major: Option<u16>,
    /// osMinorType of them.
    pub os_minor: Option<u16>,
    /// The largest update in several parts, in bytes.
    pub max_request_size: Option<u32>,
}

impl Client {
    /// Whether anything was seen of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
