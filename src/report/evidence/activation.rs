//! What the activation saw, and where a server sends its clients.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::Unusable;

/// Multitransport bootstrap, capabilities exchange and finalization (MS-RDPBCGR 2.2.1.13 to 2.2.1.22, 2.2.15).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ActivateEvidence {
    /// The server's name for itself, sourceDescriptor of the Demand Active.
    pub server_name: Option<String>,
    /// shareId of the last Demand Active.
    pub share_id: Option<u32>,
    /// Width of the desktop.
    pub desktop_width: Option<u32>,
    /// Height of the desktop.
    pub desktop_height: Option<u32>,
    /// Types of the capability sets in the last Demand Active.
    pub capability_sets: Vec<Seen>,
    /// Multitransport requests that were declined.
    pub multitransport_requests: u32,
    /// The same, each with what it asked for.
    #[serde(default)]
    pub multitransport: Vec<MultitransportRequest>,
    /// Auto-detect requests; those that want an answer got it.
    pub auto_detect_requests: u32,
    /// Deactivate All PDUs, each of which asks for another capabilities exchange.
    pub reactivations: u32,
    /// Share data PDUs by their type.
    pub share_data: Vec<Seen>,
    /// Save Session Info PDUs by their type.
    pub save_session_info: Vec<Seen>,
    /// What the server says of a logon; null where it says nothing.
    #[serde(default)]
    pub logon: Option<LogonEvidence>,
    /// How the server answered the request to end the session; null where none was sent.
    #[serde(default)]
    pub log_off: Option<LogOff>,
    /// Fast-path PDUs, which draw.
    pub fast_path_pdus: u32,
    /// PDUs that belong to nothing in this phase and were passed over.
    pub ignored_pdus: u32,
    /// The last Server Redirection PDU.
    pub redirection: Option<Redirection>,
}

impl ActivateEvidence {
    /// How many PDUs drew.
    pub fn drawn(&self) -> u64 {
        let slow = self.share_data.iter().filter(|seen| seen.code == UPDATE);
        slow.map(|seen| u64::from(seen.count)).sum::<u64>() + u64::from(self.fast_path_pdus)
    }
}

/// PDUTYPE2_UPDATE (MS-RDPBCGR 2.2.9.1.1.3).
const UPDATE: u32 = 2;

/// What Save Session Info PDUs say of a logon (MS-RDPBCGR 2.2.10.1); names are not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct LogonEvidence {
    /// Whether the server says that the user is logged on.
    pub logged_on: bool,
    /// The session, where it is named.
    pub session_id: Option<u32>,
    /// The last error of the logon.
    pub error: Option<LogonError>,
}

/// TS_LOGON_ERRORS_INFO (MS-RDPBCGR 2.2.10.1.1.4.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct LogonError {
    /// ErrorNotificationType: an NTSTATUS, or a number for what the host shows to its user.
    pub notification: u32,
    /// Its symbol, where a table knows it.
    pub notification_name: Option<String>,
    /// ErrorNotificationData: how the logon ended, or a session.
    pub data: u32,
    /// Its symbol, where a table knows it and it is no session.
    pub data_name: Option<String>,
}

/// How a server answers a Shutdown Request (MS-RDPBCGR 1.3.1.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LogOff {
    /// It ended the connection.
    Ended,
    /// It denied: the session goes on without a client.
    Denied,
    /// It said nothing.
    Unanswered,
}

/// An Initiate Multitransport Request (MS-RDPBCGR 2.2.15.1), without its cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct MultitransportRequest {
    /// requestId.
    pub request_id: u32,
    /// requestedProtocol: 1 is a reliable transport over UDP, 2 a lossy one; null when it was cut off.
    pub requested_protocol: Option<u16>,
}

/// A number of the protocol and how often it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Seen {
    /// The number.
    pub code: u32,
    /// Its symbol, where a table knows it.
    pub name: Option<String>,
    /// How often it came.
    pub count: u32,
}

/// A Server Redirection PDU (MS-RDPBCGR 2.2.13.1); a password in it is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
// Exhaustive, so that a test can say that nothing else of the PDU is kept.
pub struct Redirection {
    /// The session to reconnect to.
    pub session_id: u32,
    /// RedirFlags.
    pub flags: u32,
    /// Whether the server only informs and goes on with this connection.
    pub informational: bool,
    /// The target's fully qualified name.
    pub target_fqdn: Option<String>,
    /// The target's NetBIOS name.
    pub target_netbios_name: Option<String>,
    /// The target's address.
    pub target_address: Option<String>,
    /// The target's addresses, at most 64.
    pub target_addresses: Vec<String>,
    /// What the load balancer wants to see again, lower-case hex.
    pub load_balance_info: Option<String>,
    /// The same as text, when it is printable.
    pub load_balance_text: Option<String>,
    /// The user to log on.
    pub user: Option<String>,
    /// The user's domain.
    pub domain: Option<String>,
    /// Whether a password, or a cookie in its place, was sent.
    pub password: bool,
    /// How many bytes it has.
    #[serde(default)]
    pub password_bytes: Option<usize>,
    /// Whether the target's certificate was sent.
    pub certificate: bool,
    /// The redirection's GUID in base64.
    pub guid: Option<String>,
    /// The URL that the client had sent to its load balancer.
    pub tsv_url: Option<String>,
    /// What was named and leads nowhere, in the order of the fields.
    #[serde(default)]
    pub unusable: Vec<Unusable>,
}
