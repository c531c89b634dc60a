//! Where the license server meets the session (MS-RDPELE): user data goes both ways, security header included.

pub(crate) use super::license::LicenseServer;

/// Whether this message of the server ends the exchange: a new or upgraded license, or an ERROR_ALERT.
pub(super) fn is_last(message: &[u8]) -> bool {
    matches!(message.get(4), Some(0x03 | 0x04 | 0xFF))
}
