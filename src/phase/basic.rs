//! Basic authentication in HTTP (RFC 7617).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::tls::Trusted;
use crate::settings::Account;

const SCHEME: &str = "Basic ";

/// The value of `Authorization`: the password as it is, in base64, which only a trusted peer is shown.
pub(super) fn basic(account: &Account, _to: &Trusted) -> Zeroizing<String> {
    in_the_clear(account)
}

/// The value of `Proxy-Authorization`. The way to a proxy has no TLS, so there is no peer that could prove anything: the account
/// for it crosses the network as it is, which its option says.
pub(super) fn in_the_clear(account: &Account) -> Zeroizing<String> {
    let name = qualified(account);
    // With room for all of it from the start: what grows leaves copies behind.
    let mut pair = Zeroizing::new(String::with_capacity(name.len() + 1 + account.password.len()));
    [&name, ":", account.password.as_str()].iter().for_each(|part| pair.push_str(part));
    let mut value = Zeroizing::new(String::with_capacity(SCHEME.len() + pair.len().div_ceil(3) * 4));
    value.push_str(SCHEME);
    STANDARD.encode_string(pair.as_bytes(), &mut value);
    value
}

/// The name with its domain, where it has one.
pub(super) fn qualified(account: &Account) -> String {
    let domain = account.domain.as_ref().map(|domain| format!("{domain}\\")).unwrap_or_default();
    format!("{domain}{}", account.user)
}
