//! The arguments that ask for a Kerberos ticket.

use clap::{Args, ValueEnum};

use super::Error;
use crate::{
    settings::{Account, Kdc},
    target::host_and_optional_port,
};

const PORT: u16 = 88;

#[derive(Args, Debug)]
pub struct KerberosArguments {
    /// How to use the account: NTLM, or a Kerberos ticket of --kdc and never NTLM in its place
    #[arg(long, value_enum, default_value = "ntlm")]
    pub auth: Authentication,

    /// The KDC to ask over TCP; the default port is 88
    #[arg(long, value_name = "HOST[:PORT]", value_parser = kdc)]
    pub kdc: Option<Kdc>,
}

/// How to use the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Authentication {
    Ntlm,
    Kerberos,
}

impl KerberosArguments {
    /// The KDC to ask, where Kerberos is asked for.
    ///
    /// # Errors
    /// What Kerberos needs is missing, or given without it.
    pub fn kdc(&self, account: Option<&Account>) -> Result<Option<Kdc>, Error> {
        match (self.auth, &self.kdc) {
            (Authentication::Ntlm, None) => Ok(None),
            (Authentication::Ntlm, Some(_)) => Err(Error::new("--kdc needs --auth kerberos")),
            (Authentication::Kerberos, None) => Err(Error::new("--auth kerberos needs --kdc HOST[:PORT]")),
            (Authentication::Kerberos, Some(kdc)) => {
                let account = account.ok_or_else(|| Error::new("--auth kerberos needs an account: -u"))?;
                if account.domain.is_none() && !account.user.contains('@') {
                    let text = "--auth kerberos needs a realm: -u 'REALM\\USER', or a UPN";
                    return Err(Error::new(text));
                }
                Ok(Some(kdc.clone()))
            }
        }
    }
}

fn kdc(text: &str) -> Result<Kdc, String> {
    let (host, port) = host_and_optional_port(text).map_err(str::to_owned)?;
    Ok(Kdc { host, port: port.unwrap_or(PORT) })
}
