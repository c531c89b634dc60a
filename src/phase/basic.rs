//! Basic authentication in HTTP (RFC 7617).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::settings::Account;

/// The value of `Authorization` or `Proxy-Authorization`: the password as it is, in base64.
pub fn basic(account: &Account) -> Zeroizing<String> {
    let pair = Zeroizing::new(format!("{}:{}", qualified(account), account.password.as_str()));
    Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
}

/// The name with its domain, where it has one.
pub fn qualified(account: &Account) -> String {
    let domain = account.domain.as_ref().map(|domain| format!("{domain}\\")).unwrap_or_default();
    format!("{domain}{}", account.user)
}
