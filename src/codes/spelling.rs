//! Names as other programs spell them.

/// Beginnings of names in other programs, with what the tables have in their place.
const SPELLINGS: &[(&str, &str)] = &[
    ("nt_status_", "STATUS_"),
    ("freerdp_error_connect_", "ERRCONNECT_"),
    ("freerdp_error_", "ERRCONNECT_"),
    ("guac_protocol_status_", ""),
    ("guac_status_", ""),
    ("ssl_r_", ""),
    ("ssl_ad_", ""),
    ("tls1_ad_", ""),
    ("krb5kdc_err_", "KDC_ERR_"),
    ("krb5krb_ap_err_", "KRB_AP_ERR_"),
];

/// The name as the tables spell it, such as `STATUS_LOGON_FAILURE` for Samba's `NT_STATUS_LOGON_FAILURE`.
pub fn spelt(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    SPELLINGS.iter().find_map(|(theirs, ours)| {
        let rest = lower.strip_prefix(theirs)?;
        Some(format!("{ours}{}", rest.to_uppercase()))
    })
}
