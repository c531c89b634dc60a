//! Addresses of the scheme rdp: a host, or the settings of an .rdp file as the clients for macOS, iOS and Android take them.

use std::iter;

use percent_encoding::percent_decode_str;

use super::{BadTarget, Encoding, RdpFile, Target, endpoint_or, rdp_file::is_secret};
use crate::endpoint::DEFAULT_PORT;

const SCHEME: &str = "rdp://";
/// Longer ones come from no link.
const LONGEST: usize = 1 << 16;

impl Target {
    /// The target of an rdp:// address: `rdp://host:port`, or the settings of an .rdp file joined by `&`. Values that are secret
    /// are in no error and not in the target.
    ///
    /// # Errors
    /// It names no host that can be traced.
    pub fn of_address(address: &str) -> Result<Self, BadTarget> {
        target(address)
    }
}

fn target(address: &str) -> Result<Target, BadTarget> {
    let bad = |why: &str| BadTarget(format!("the rdp:// address is no target: {why}"));
    let rest = match address.get(..SCHEME.len()) {
        Some(scheme) if scheme.eq_ignore_ascii_case(SCHEME) => &address[SCHEME.len()..],
        _ => return Err(bad("it does not begin with rdp://")),
    };
    if rest.len() > LONGEST {
        return Err(bad("it is too long"));
    }
    if rest.contains('=') {
        return of_settings(rest.trim_start_matches(['/', '?']));
    }
    if rest.contains('@') {
        return Err(bad("an account is given with -u, not in the address"));
    }
    let place = rest.strip_suffix('/').unwrap_or(rest);
    if place.contains(['/', '\\']) {
        return Err(bad("it names a path, and an address names a host"));
    }
    let endpoint = endpoint_or(place, DEFAULT_PORT).map_err(bad)?;
    Ok(Target { input: address.to_owned(), endpoint, file: None })
}

fn of_settings(query: &str) -> Result<Target, BadTarget> {
    let parts: Vec<String> = query.split('&').map(decoded).collect();
    let numbered = iter::zip(1.., parts.iter().map(String::as_str));
    let file = RdpFile::of_lines(Encoding::Address, numbered, '=');
    let target = Target::of_file("the rdp:// address", file)?;
    // One that may have a secret in it is not kept word for word.
    let secret = parts.iter().any(|part| is_secret(&part.to_lowercase()) || part.contains("=b:"));
    let input = if secret { format!("{SCHEME}...") } else { format!("{SCHEME}{query}") };
    Ok(Target { input, ..target })
}

/// Percent-encoded bytes as text; what is no such code stays as it is.
pub fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
