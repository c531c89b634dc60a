//! What the numbers of the protocols mean: one embedded table for each kind of code, and the phases of a connection.

pub mod phase;
mod table;

pub use phase::Phase;
pub use table::{Row, Table};

/// All tables, in the order in which a connection meets their codes.
pub const TABLES: &[&Table] = &[
    &NEGOTIATION_FAILURE,
    &TLS_ALERT,
    &TLS_CIPHER_SUITE,
    &CREDSSP_VERSION,
    &NTSTATUS,
    &EARLY_AUTHORIZATION,
    &RDSTLS_RESULT,
    &MCS_RESULT,
    &MCS_REASON,
    &LICENSE_ERROR,
    &LICENSE_TRANSITION,
    &ERROR_INFO,
    &CAPABILITY_SET,
    &SHARE_DATA,
    &SAVE_SESSION_INFO,
];

/// Why a server refused the security negotiation (MS-RDPBCGR 2.2.1.2.2).
pub static NEGOTIATION_FAILURE: Table =
    Table::new("negotiation_failure", include_str!("negotiation_failure.tsv"));

/// TLS alert descriptions (IANA TLS alerts).
pub static TLS_ALERT: Table = Table::new("tls_alert", include_str!("tls_alert.tsv"));

/// Cipher suites that Remote Desktop servers select (IANA TLS cipher suites).
pub static TLS_CIPHER_SUITE: Table = Table::new("tls_cipher_suite", include_str!("tls_cipher_suite.tsv"));

/// CredSSP versions, which have no symbols (MS-CSSP 2.2.1).
pub static CREDSSP_VERSION: Table = Table::new("credssp_version", include_str!("credssp_version.tsv"));

/// The first CredSSP version that is not open to CVE-2018-0886.
pub const FIRST_PATCHED_CREDSSP: u32 = 5;

/// The license error that says that no license is needed, STATUS_VALID_CLIENT.
pub const STATUS_VALID_CLIENT: u32 = 7;

/// NTSTATUS, security status and HRESULT codes; the only table that says which codes refuse the credentials.
pub static NTSTATUS: Table = Table::new("ntstatus", include_str!("ntstatus.tsv"));

/// Early User Authorization results (MS-RDPBCGR 2.2.10.2).
pub static EARLY_AUTHORIZATION: Table =
    Table::new("early_authorization", include_str!("early_authorization.tsv"));

/// Results of an RDSTLS authentication (MS-RDPBCGR 2.2.17.4).
pub static RDSTLS_RESULT: Table = Table::new("rdstls_result", include_str!("rdstls_result.tsv"));

/// Results in MCS responses and confirms (T.125, Result).
pub static MCS_RESULT: Table = Table::new("mcs_result", include_str!("mcs_result.tsv"));

/// Reasons of a disconnect provider ultimatum (T.125, Reason).
pub static MCS_REASON: Table = Table::new("mcs_reason", include_str!("mcs_reason.tsv"));

/// Error codes of a license error message (MS-RDPBCGR 2.2.1.12.1.3).
pub static LICENSE_ERROR: Table = Table::new("license_error", include_str!("license_error.tsv"));

/// State transitions of a license error message (MS-RDPBCGR 2.2.1.12.1.3).
pub static LICENSE_TRANSITION: Table =
    Table::new("license_transition", include_str!("license_transition.tsv"));

/// Codes of the Set Error Info PDU (MS-RDPBCGR 2.2.5.1.1).
pub static ERROR_INFO: Table = Table::new("error_info", include_str!("error_info.tsv"));

/// Capability set types of a Demand Active (MS-RDPBCGR 2.2.1.13.1.1.1).
pub static CAPABILITY_SET: Table = Table::new("capability_set", include_str!("capability_set.tsv"));

/// Types of share data PDUs, pduType2 (MS-RDPBCGR 2.2.8.1.1.1.2).
pub static SHARE_DATA: Table = Table::new("share_data", include_str!("share_data.tsv"));

/// Types of Save Session Info PDUs (MS-RDPBCGR 2.2.10.1.1).
pub static SAVE_SESSION_INFO: Table = Table::new("save_session_info", include_str!("save_session_info.tsv"));
