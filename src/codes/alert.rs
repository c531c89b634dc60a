//! Alerts of TLS that a rule asks for by number (RFC 8446 section 6.2).

/// handshake_failure.
pub(crate) const HANDSHAKE_FAILURE: i64 = 40;
/// access_denied.
pub(crate) const ACCESS_DENIED: i64 = 49;
/// protocol_version.
pub(crate) const PROTOCOL_VERSION: i64 = 70;
/// insufficient_security.
pub(crate) const INSUFFICIENT_SECURITY: i64 = 71;
/// internal_error.
pub(crate) const INTERNAL_ERROR: i64 = 80;
/// unrecognized_name.
pub(crate) const UNRECOGNIZED_NAME: i64 = 112;
/// certificate_required.
pub(crate) const CERTIFICATE_REQUIRED: i64 = 116;
