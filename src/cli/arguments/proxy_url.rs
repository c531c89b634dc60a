//! Addresses of proxies as the environment and the command line write them.

use std::fmt;

use zeroize::Zeroizing;

use crate::{
    destination::{decoded, host_and_port},
    endpoint::Endpoint,
    settings::ProxyKind,
};

/// The address of a proxy. Its account is not shown.
#[derive(Clone)]
pub(crate) struct ProxyUrl {
    /// How it is asked.
    pub kind: ProxyKind,
    /// Where it listens.
    pub endpoint: Endpoint,
    /// The user before the @, where there is one.
    pub user: Option<String>,
    /// The password behind the user.
    pub password: Option<Zeroizing<String>>,
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyUrl")
            .field("kind", &self.kind)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl ProxyUrl {
    /// Reads `http://`, `socks5://` or `socks5h://`, an account, host, port and nothing more; without a scheme it is HTTP.
    ///
    /// # Errors
    /// It is none; the sentence repeats nothing of it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let kind = match scheme.to_ascii_lowercase().as_str() {
            "http" => ProxyKind::Http,
            // The name is always looked up by the proxy.
            "socks5" | "socks5h" => ProxyKind::Socks5,
            _ => return Err("http://HOST:PORT or socks5://HOST:PORT is expected".to_owned()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (account, place) = match rest.rsplit_once('@') {
            Some((account, place)) => (Some(account), place),
            None => (None, rest),
        };
        let (host, port) = host_and_port(place).map_err(str::to_owned)?;
        let port = port.ok_or("a port is expected after the host of the proxy")?;
        let (user, password) = match account {
            None => (None, None),
            Some(account) => {
                let (user, password) = account.split_once(':').unwrap_or((account, ""));
                (Some(decoded(user)), Some(Zeroizing::new(decoded(password))))
            }
        };
        Ok(Self { kind, endpoint: Endpoint { host, port }, user, password })
    }
}
