//! Names of a certificate and their match with the name used (RFC 6125, RFC 2818).

use std::net::IpAddr;

use x509_parser::{certificate::X509Certificate, extensions::GeneralName};

/// DNS names and addresses of the subject alternative name, or else the common name.
pub(super) fn of(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let names: Vec<String> =
        alternative.iter().flat_map(|extension| &extension.value.general_names).filter_map(text).collect();
    if names.is_empty() {
        let common = certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok());
        return common.map(str::to_owned).collect();
    }
    names
}

fn text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes).map(|ip| ip.to_string()),
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// Whether one of the names is the one used.
pub(crate) fn any_matches(names: &[String], used: &str) -> bool {
    match used.parse::<IpAddr>() {
        Ok(ip) => names.iter().any(|name| name.parse() == Ok(ip)),
        Err(_) => names.iter().any(|name| matches(name, used)),
    }
}

/// Without regard to case and a final dot; a wildcard stands for exactly the first label.
fn matches(pattern: &str, used: &str) -> bool {
    let pattern = pattern.trim_end_matches('.').to_ascii_lowercase();
    let used = used.trim_end_matches('.').to_ascii_lowercase();
    match pattern.strip_prefix("*.") {
        Some(parent) => used.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
        None => pattern == used,
    }
}
