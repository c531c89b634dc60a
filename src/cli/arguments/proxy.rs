//! The arguments of a proxy, and what the environment says where that is asked for.

use std::path::PathBuf;

use clap::Args;
use zeroize::Zeroizing;

use super::{proxy_url::ProxyUrl, values::account_name};
use crate::{
    cli::{
        Error,
        apart::Input,
        password::{self, Source},
    },
    endpoint::Endpoint,
    local::no_proxy::proxy_applies,
    settings::{Account, Proxy},
};

const VARIABLE: &str = "RDPTRACE_PROXY_PASSWORD";
/// The first that is set counts; both spellings are in use.
const ENVIRONMENT: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

#[derive(Args, Debug)]
#[command(next_help_heading = "Proxy")]
pub(crate) struct ProxyArguments {
    /// Connect through this proxy: http://HOST:PORT, socks5://HOST:PORT or env
    ///
    /// The proxy looks up the target's name. env takes HTTPS_PROXY, ALL_PROXY and NO_PROXY. With a
    /// gateway the proxy is the way to the gateway.
    // Not parsed by clap, which would repeat a bad one with the password in it.
    #[arg(long, value_name = "URL|env", hide_short_help = true)]
    pub proxy: Option<String>,

    /// Account for the proxy; it crosses the network unprotected
    #[arg(long, value_name = "USER", requires = "proxy", value_parser = account_name, hide_short_help = true)]
    pub proxy_user: Option<String>,

    /// Read the proxy's password from the first line of this file
    ///
    /// Without it the password is taken from RDPTRACE_PROXY_PASSWORD, else asked for.
    #[arg(long, value_name = "FILE", requires = "proxy_user", hide_short_help = true, value_hint = clap::ValueHint::FilePath)]
    pub proxy_password_file: Option<PathBuf>,
}

impl ProxyArguments {
    /// The file of the password.
    pub(crate) fn input(&self) -> Option<Input> {
        self.proxy_password_file.as_deref().map(|path| Input::file("--proxy-password-file", path))
    }

    /// The proxy on the way to `dialled`, with its account.
    ///
    /// # Errors
    /// The environment names none that can be used, or a password cannot be read.
    pub(crate) fn proxy(&self, dialled: &Endpoint) -> Result<Option<Proxy>, Error> {
        let url = match self.proxy.as_deref() {
            None => return Ok(None),
            Some("env") => of_environment(dialled)?,
            Some(text) => Some(of_argument(text)?),
        };
        let Some(ProxyUrl { kind, endpoint, user, password }) = url else { return Ok(None) };
        let source = Source {
            option: "--proxy-password-file",
            file: self.proxy_password_file.as_deref(),
            standard_input: false,
            variable: VARIABLE,
        };
        let given = self.proxy_user.as_deref().map(|name| password::read(name, &source)).transpose()?;
        let own =
            user.map(|user| Account { user, domain: None, password: password.unwrap_or_default().into() });
        Ok(Some(Proxy { kind, endpoint, account: given.or(own) }))
    }
}

fn of_argument(text: &str) -> Result<ProxyUrl, Error> {
    let url = ProxyUrl::parse(text).map_err(|why| Error::new(format!("--proxy names no proxy: {why}")))?;
    match url.user {
        Some(_) => Err(Error::new("--proxy names no proxy: an account is given with --proxy-user")),
        None => Ok(url),
    }
}

/// None where none is set, or the target is among the exceptions. What may be secret is not repeated.
fn of_environment(dialled: &Endpoint) -> Result<Option<ProxyUrl>, Error> {
    let set = |name: &&str| std::env::var(name).ok().map(Zeroizing::new).filter(|value| !value.is_empty());
    let found = ENVIRONMENT.iter().find_map(|name| Some((name, set(name)?)));
    let exceptions = EXCEPTIONS.iter().find_map(set);
    let Some((name, text)) = found else { return Ok(None) };
    if exceptions.is_some_and(|list| !proxy_applies(&list, &dialled.host, dialled.port)) {
        return Ok(None);
    }
    ProxyUrl::parse(&text).map(Some).map_err(|why| Error::new(format!("{name} names no proxy: {why}")))
}
