//! Codes of other programs and layers, which logs show beside those of Remote Desktop.

use super::table::Table;

/// Errors of Win32 and Winsock, alone or inside an HRESULT.
pub static WIN32: Table =
    table!("win32", "Win32 or Winsock error", &["win32", "winsock", "wsa", "socket", "errno"])
        .in_decimal()
        .by_word();

/// Errors of the system calls of Linux.
pub static ERRNO: Table = table!("errno", "Linux errno", &["errno"]).in_decimal().by_word();

/// Errors of a connection in FreeRDP; those of Set Error Info have the class 1 there.
pub static FREERDP_ERROR: Table =
    table!("freerdp_error", "FreeRDP error", &["freerdp", "errconnect", "freerdp_error"]);

/// Exit codes of xfreerdp, sdl-freerdp and wlfreerdp.
pub static FREERDP_EXIT: Table =
    table!("freerdp_exit", "exit code of xfreerdp", &["xfreerdp", "sdl-freerdp", "wlfreerdp", "exit"])
        .in_decimal()
        .of_program();

/// Statuses of the Guacamole protocol.
pub static GUACAMOLE_STATUS: Table =
    table!("guacamole_status", "Guacamole status", &["guacamole", "guacd", "guac"]).in_decimal().of_program();

/// Reasons in the errors of OpenSSL's library for TLS and certificates.
pub static OPENSSL_REASON: Table =
    table!("openssl_reason", "OpenSSL reason", &["openssl"]).in_decimal().by_word();

/// What OpenSSL says of a certificate that it did not accept (X509_V_ERR_...).
pub static X509_VERIFY: Table =
    table!("x509_verify", "OpenSSL certificate verification", &["x509", "verify", "verification"])
        .in_decimal()
        .by_word();

/// What is wrong with a chain of certificates, as bits (CERT_TRUST_STATUS).
pub static CERT_TRUST: Table =
    table!("cert_trust", "certificate trust status", &["cert_trust", "trust"]).of_flags().by_word();
