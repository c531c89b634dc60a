//! Basic authentication in HTTP (RFC 7617).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::tls::Trusted;
use crate::settings::Account;

/// The value of `Authorization`: the password as it is, in base64, which only a trusted peer is shown.
pub fn basic(account: &Account, _to: &Trusted) -> Zeroizing<String> {
    in_the_clear(account)
}

/// The value of `Proxy-Authorization`. The way to a proxy has no TLS, so there is no peer that could prove anything: the account
/// for it crosses the network as it is, which its option says.
pub fn in_the_clear(account: &Account) -> Zeroizing<String> {
    let pair = Zeroizing::new(format!("{}:{}", qualified(account), account.password.as_str()));
    Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
}

/// The name with its domain, where it has one.
pub fn qualified(account: &Account) -> String {
    let domain = account.domain.as_ref().map(|domain| format!("{domain}\\")).unwrap_or_default();
    format!("{domain}{}", account.user)
}
