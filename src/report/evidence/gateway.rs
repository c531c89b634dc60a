//! What the way to and through an RD Gateway saw, step by step (MS-TSGU).
//!
//! Each step is a record like a phase, with its own evidence; what is said there of a server is said of the gateway.
//! The gateway's certificate is evidence of its tls step alone.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConnectEvidence, GatewayTransport, NtlmEvidence, ProxyEvidence, ResolveEvidence, TlsEvidence};
use crate::report::{Named, PhaseRecord};

/// An RD Gateway. Its certificate, names and failures are its own, never the target's.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GatewayEvidence {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `websocket`, or `http` for two connections.
    #[schemars(with = "Option<String>")]
    pub transport: Option<Named<GatewayTransport>>,
    /// Whether an account for the gateway was given.
    pub account: bool,
    /// Whether a token for the gateway was given.
    pub token: bool,
    /// The thumbprint that had to be served.
    pub expected_thumbprint: Option<String>,
    /// Each step that was entered.
    pub steps: GatewaySteps,
    /// The texts of service messages, the first 16.
    pub service_messages: Vec<String>,
    /// How often the gateway asked whether we are there.
    pub keepalives: u64,
    /// Whether the gateway asked to authenticate again, which was not done.
    pub reauthentication: bool,
    /// The status with which the gateway closed the channel.
    pub close_status: Option<u32>,
    /// Packets of unknown types, which were passed over.
    pub other_packets: u64,
}

/// One optional record a step, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GatewaySteps {
    /// The gateway's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve: Option<PhaseRecord<ResolveEvidence>>,
    /// TCP to the gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<PhaseRecord<ConnectEvidence>>,
    /// The proxy on the way to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<PhaseRecord<ProxyEvidence>>,
    /// TLS with the gateway, and its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<PhaseRecord<TlsEvidence>>,
    /// The first request, without credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<PhaseRecord<GatewayHttp>>,
    /// The authentication in HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<PhaseRecord<GatewayAuth>>,
    /// HANDSHAKE_REQUEST and its response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handshake: Option<PhaseRecord<GatewayHandshake>>,
    /// TUNNEL_CREATE and its response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tunnel: Option<PhaseRecord<GatewayTunnel>>,
    /// TUNNEL_AUTH and its response: the connection policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorize: Option<PhaseRecord<GatewayAuthorization>>,
    /// CHANNEL_CREATE and its response: the resource policy, and the way to the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<PhaseRecord<GatewayChannel>>,
}

/// One answer over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GatewayHttp {
    /// Whether the request carried no credentials.
    pub anonymous: bool,
    /// The status.
    pub status: Option<u16>,
    /// The words after it.
    pub reason: Option<String>,
    /// `Server`.
    pub server: Option<String>,
    /// `Via`.
    pub via: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// `RDG-Auth-Scheme`: what the gateway takes beside them, such as a smart card.
    pub auth_scheme: Option<String>,
    /// What the answer says in plain text, cut.
    pub text: Option<String>,
    /// The schemes of `WWW-Authenticate`, in order.
    pub schemes: Vec<String>,
    /// Names of the cookies that were set; they are sent back.
    pub cookies: Vec<String>,
    /// Whether the connection can be used again.
    pub keeps_alive: bool,
    /// The status of GET on the same path, which was asked for where the method was refused.
    pub get_status: Option<u16>,
    /// The status of the address of RPC over HTTP, which was asked for where there is no other.
    pub legacy_rpc_status: Option<u16>,
}

/// The authentication to the gateway in HTTP. No account and no secret.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GatewayAuth {
    /// `Negotiate`, `NTLM` or `Basic`.
    pub scheme: Option<String>,
    /// How NTLM was packed: `bare`, or `spnego`.
    pub form: Option<String>,
    /// The status that answered the first token in the other form, which was not understood.
    pub other_form_status: Option<u16>,
    /// Whether the proof was bound to the TLS connection (RFC 5929, tls-server-end-point).
    pub channel_bindings: bool,
    /// Whether it took a connection of its own, because the first one ended with the challenge.
    pub reconnected: bool,
    /// Whether a message derived from the secret was sent.
    pub attempted: bool,
    /// Whether the gateway accepted it.
    pub accepted: bool,
    /// Whether the gateway began from the start after the proof, as it does on another connection.
    pub challenged_again: bool,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// The words after it, where it refuses.
    pub reason: Option<String>,
    /// The NTSTATUS that these words say.
    pub refusal: Option<u32>,
    /// `RDG-Auth-Scheme` of the last answer: what the gateway takes beside the schemes of HTTP, such as a smart card.
    pub auth_scheme: Option<String>,
    /// What the last answer says in plain text, cut, where it refuses.
    pub text: Option<String>,
    /// Requests that were made.
    pub requests: u32,
    /// What the gateway's NTLM CHALLENGE says.
    pub ntlm: Option<NtlmEvidence>,
}

/// What HANDSHAKE_RESPONSE says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GatewayHandshake {
    /// The address of the second connection, where the transport has two.
    #[schemars(with = "Option<String>")]
    pub second_connection: Option<SocketAddr>,
    /// The ways of extended authentication that we offered.
    pub extended_auth_offered: u16,
    /// errorCode.
    pub error: Option<u32>,
    /// Major and minor version.
    pub version: Option<String>,
    /// serverVersion.
    pub server_version: Option<u16>,
    /// The ways of extended authentication that the gateway takes.
    pub extended_auth: Option<u16>,
}

/// What TUNNEL_RESPONSE says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GatewayTunnel {
    /// The capabilities that we offered.
    pub capabilities_offered: u32,
    /// Whether the token went with it.
    pub token_sent: bool,
    /// statusCode.
    pub status: Option<u32>,
    /// serverVersion.
    pub server_version: Option<u16>,
    /// tunnelId.
    pub tunnel_id: Option<u32>,
    /// The gateway's capabilities.
    pub capabilities: Option<u32>,
    /// Whether the gateway asked for a statement of health, which was not offered.
    pub health_asked: bool,
    /// The text that users have to consent to.
    pub consent: Option<String>,
}

/// What TUNNEL_AUTH_RESPONSE says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GatewayAuthorization {
    /// The name of this machine that was sent.
    pub client_name: Option<String>,
    /// errorCode.
    pub error: Option<u32>,
    /// What may not be redirected: bits of redirFlags.
    pub redirection_flags: Option<u32>,
    /// Minutes after which an idle session ends.
    pub idle_timeout_minutes: Option<u32>,
}

/// What CHANNEL_RESPONSE says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct GatewayChannel {
    /// The name of the target as the gateway was given it.
    pub resource: Option<String>,
    /// The port.
    pub port: Option<u16>,
    /// errorCode.
    pub error: Option<u32>,
    /// channelId.
    pub channel_id: Option<u32>,
    /// The port of the side channel over UDP.
    pub udp_port: Option<u16>,
    /// Whether a cookie for it was given.
    pub udp_cookie: bool,
    /// Bytes of this cookie.
    pub udp_cookie_length: Option<u16>,
}
