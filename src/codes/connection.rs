//! Codes that a connection meets, those that the client shows for them, and events of logs.

use super::table::Table;

/// Disconnect reasons of the Windows client (IMsTscAxEvents::OnDisconnected).
pub static DISCONNECT: Table =
    table!("disconnect", "mstsc disconnect reason", &["disconnect", "disconnected", "mstsc", "reason"]);

/// Extended disconnect reasons of the Windows client (ExtendedDisconnectReasonCode).
pub static EXTENDED: Table =
    table!("extended", "mstsc extended reason", &["extended", "ext", "mstsc", "protocol"]);

/// NTSTATUS, security status and HRESULT codes; of these the table says which refuse the credentials.
pub static NTSTATUS: Table = table!(
    "ntstatus",
    "NTSTATUS or HRESULT",
    &["ntstatus", "secstatus", "hresult", "sspi", "schannel", "status", "substatus"]
);

/// A host that blocks NTLM lets it begin, and says this to the proof of the password.
pub(crate) const SEC_E_UNSUPPORTED_FUNCTION: i64 = 0x8009_0302;

/// Codes of the Set Error Info PDU (MS-RDPBCGR 2.2.5.1.1).
pub static ERROR_INFO: Table =
    table!("error_info", "Set Error Info", &["errinfo", "error_info", "errorinfo", "protocol"]);

/// Why a server refused the security negotiation (MS-RDPBCGR 2.2.1.2.2).
pub static NEGOTIATION_FAILURE: Table =
    table!("negotiation_failure", "negotiation failure", &["negotiation", "failure"]).in_decimal();

/// The server cannot use its certificate (MS-RDPBCGR 2.2.1.2.2).
pub(crate) const SSL_CERT_NOT_ON_SERVER: i64 = 3;

/// Only who began with TLS can be told so (MS-RDPBCGR 2.2.1.2.2).
pub(crate) const INCONSISTENT_FLAGS: i64 = 4;

/// Security protocols of the negotiation (MS-RDPBCGR 2.2.1.1.1).
pub static NEGOTIATION_PROTOCOL: Table =
    table!("negotiation_protocol", "negotiation protocol", &["negotiation", "protocol"]).of_flags();

/// Flags of the client's negotiation request (MS-RDPBCGR 2.2.1.1.1).
pub static NEGOTIATION_REQUEST_FLAG: Table =
    table!("negotiation_request_flag", "negotiation request flag", &["negotiation", "request", "flag"])
        .of_flags();

/// Flags of the server's negotiation response (MS-RDPBCGR 2.2.1.2.1).
pub static NEGOTIATION_RESPONSE_FLAG: Table =
    table!("negotiation_response_flag", "negotiation response flag", &["negotiation", "response", "flag"])
        .of_flags();

/// Types of the structures in the negotiation (MS-RDPBCGR 2.2.1.1 and 2.2.1.2).
pub static NEGOTIATION_STRUCTURE: Table =
    table!("negotiation_structure", "negotiation structure", &["negotiation", "structure"]).in_decimal();

/// TLS alert descriptions (IANA TLS alerts).
pub static TLS_ALERT: Table = table!("tls_alert", "TLS alert", &["tls", "ssl", "alert"]).in_decimal();

/// Cipher suites that Remote Desktop servers select (IANA TLS cipher suites).
pub static TLS_CIPHER_SUITE: Table =
    table!("tls_cipher_suite", "TLS cipher suite", &["tls", "ssl", "cipher", "suite"]);

/// CredSSP versions, which have no symbols (MS-CSSP 2.2.1).
pub static CREDSSP_VERSION: Table =
    table!("credssp_version", "CredSSP version", &["credssp", "version"]).in_decimal();

/// The first CredSSP version that is not open to CVE-2018-0886.
pub const FIRST_PATCHED_CREDSSP: u32 = 5;

/// Early User Authorization results (MS-RDPBCGR 2.2.10.2).
pub static EARLY_AUTHORIZATION: Table =
    table!("early_authorization", "early authorization result", &["early", "authorization"]).in_decimal();

/// Results of an RDSTLS authentication (MS-RDPBCGR 2.2.17.4).
pub static RDSTLS_RESULT: Table =
    table!("rdstls_result", "RDSTLS result", &["rdstls", "result"]).in_decimal();

/// Results of an Entra authentication (MS-RDPBCGR, RDS AAD Auth).
pub static RDSAAD_RESULT: Table =
    table!("rdsaad_result", "Entra authentication result", &["rdsaad", "entra", "result"]).in_decimal();

/// Results in MCS responses and confirms (T.125, Result).
pub static MCS_RESULT: Table = table!("mcs_result", "MCS result", &["mcs", "result"]).in_decimal();

/// Reasons of a disconnect provider ultimatum (T.125, Reason).
pub static MCS_REASON: Table =
    table!("mcs_reason", "MCS disconnect ultimatum", &["mcs", "ultimatum", "reason"]).in_decimal();

/// Types of license messages, bMsgType (MS-RDPBCGR 2.2.1.12.1.1).
pub static LICENSE_MESSAGE: Table =
    table!("license_message", "license message", &["license", "licence", "licensing", "message"])
        .in_decimal();

/// Error codes of a license error message (MS-RDPBCGR 2.2.1.12.1.3).
pub static LICENSE_ERROR: Table =
    table!("license_error", "license error", &["license", "licence", "licensing", "alert"]).in_decimal();

/// The license error that says that no license is needed, STATUS_VALID_CLIENT.
pub const STATUS_VALID_CLIENT: u32 = 7;

/// State transitions of a license error message (MS-RDPBCGR 2.2.1.12.1.3).
pub static LICENSE_TRANSITION: Table = table!(
    "license_transition",
    "license state transition",
    &["license", "licence", "licensing", "transition"]
)
.in_decimal();

/// Capability set types of a Demand Active (MS-RDPBCGR 2.2.1.13.1.1.1).
pub static CAPABILITY_SET: Table =
    table!("capability_set", "capability set", &["capability", "capability_set"]).in_decimal();

/// Types of share data PDUs, pduType2 (MS-RDPBCGR 2.2.8.1.1.1.2).
pub static SHARE_DATA: Table =
    table!("share_data", "share data PDU", &["pdu", "pdutype2", "share_data"]).in_decimal();

/// Types of Save Session Info PDUs (MS-RDPBCGR 2.2.10.1.1).
pub static SAVE_SESSION_INFO: Table =
    table!("save_session_info", "Save Session Info PDU", &["save_session_info"]).in_decimal();

/// Errors of the logon inside the session (IMsTscAxEvents::OnLogonError).
pub static LOGON_ERROR: Table = table!("logon_error", "logon error", &["logon", "logon_error"]);

/// Statuses of an RD Gateway (MS-TSGU 2.2.6).
pub static GATEWAY_STATUS: Table =
    table!("gateway_status", "RD Gateway status", &["gateway", "tsgu", "status"]);

/// HTTP statuses on the way to an RD Gateway (RFC 9110).
pub static HTTP_STATUS: Table =
    table!("http_status", "HTTP status", &["http", "gateway", "status"]).in_decimal();

/// Ways to log on to an RD Gateway besides HTTP's (MS-TSGU 2.2.5.3).
pub static GATEWAY_AUTHENTICATION: Table =
    table!("gateway_authentication", "RD Gateway authentication", &["gateway", "authentication"]).of_flags();

/// Replies of a SOCKS proxy, and its answer that no method fits (RFC 1928 sections 3 and 6).
pub static SOCKS_REPLY: Table =
    table!("socks_reply", "SOCKS reply", &["socks", "proxy", "reply"]).in_decimal();

/// Codes of ICMP's destination unreachable, type 3 (RFC 792).
pub static ICMP_UNREACHABLE: Table =
    table!("icmp_unreachable", "ICMP destination unreachable", &["icmp", "unreachable"]).in_decimal();

/// Codes of ICMPv6's destination unreachable, type 1 (RFC 4443).
pub static ICMPV6_UNREACHABLE: Table =
    table!("icmpv6_unreachable", "ICMPv6 destination unreachable", &["icmpv6", "unreachable"]).in_decimal();

/// Error codes of a KDC, and which of them refuse the credentials (RFC 4120 section 7.5.9).
pub static KERBEROS_ERROR: Table =
    table!("kerberos_error", "Kerberos error", &["kerberos", "krb", "kdc"]).in_decimal();

/// Beyond this Kerberos refuses a clock, and NTLM on some servers (RFC 4120 section 1.6).
pub(crate) const MAX_SKEW_SECONDS: u64 = 300;

/// Windows events about Remote Desktop; a number and its provider are unique, the number alone is not.
pub static EVENT: Table =
    table!("event", "Windows event", &["event", "eventid", "schannel", "lsasrv", "ntlm", "rdpcorets", "rcm"])
        .in_decimal();

/// Families of codes, for codes that no table has: a code belongs to a family when the bits of its mask are equal.
pub static FAMILY: Table = table!("family", "family", &[]);
