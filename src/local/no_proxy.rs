//! To which targets a proxy of the environment applies, by its list of exceptions, which no standard describes and everybody
//! reads in another way.

use std::net::IpAddr;

use super::network::holds;

/// Whether a target is outside of a list of exceptions: names with what lies below them, addresses, networks such as
/// 10.0.0.0/8, each with or without a port, or `*`.
pub fn proxy_applies(exceptions: &str, host: &str, port: u16) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let exceptions = exceptions.to_ascii_lowercase();
    let mut items = exceptions.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty());
    !items.any(|item| {
        let (item, only) = with_port(item);
        only.is_none_or(|only| only == port) && covers(item, &host)
    })
}

/// An item and the port behind it; the colons of an address without brackets are its own.
fn with_port(item: &str) -> (&str, Option<u16>) {
    let (place, port) = match item.rsplit_once(':').map(|(place, port)| (place, port.parse())) {
        Some((place, Ok(port))) if place.ends_with(']') || !place.contains(':') => (place, Some(port)),
        _ => (item, None),
    };
    let inside = place.strip_prefix('[').and_then(|place| place.strip_suffix(']'));
    (inside.unwrap_or(place), port)
}

/// Whether FreeRDP goes directly to a target with this list: it takes a name for that name alone, a domain only with a dot
/// or an asterisk before it, the beginning of an address for all that begin so, and blanks and capitals as they stand.
pub fn freerdp_spares(exceptions: &str, host: &str) -> bool {
    let address = host.parse::<IpAddr>().ok();
    exceptions.split(',').filter(|item| !item.is_empty()).any(|item| {
        match (item.strip_prefix('*'), address) {
            (Some(end), _) => host.ends_with(end),
            _ if item.ends_with('*') => host.starts_with(item.trim_end_matches('*')),
            _ if item.starts_with('.') => host.len() > item.len() && host.ends_with(item),
            (None, Some(address)) => host.starts_with(item) || holds(item, address) == Some(true),
            (None, None) => host == item,
        }
    })
}

fn covers(item: &str, host: &str) -> bool {
    if item == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return holds(item, address.to_canonical()) == Some(true);
    }
    let domain = item.trim_start_matches("*.").trim_start_matches('.').trim_end_matches('.');
    !domain.is_empty() && (host == domain || host.ends_with(&format!(".{domain}")))
}
