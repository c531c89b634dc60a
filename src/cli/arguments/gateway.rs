//! The arguments of an RD Gateway, and what the .rdp file says where they are not given.
//!
//! A file that demands a gateway (`gatewayusagemethod` 1) is traced through it. One that falls back to it (2) is
//! traced directly, because clients try that first. `--gateway` decides otherwise, and a posture always goes
//! directly. A resource of Azure Virtual Desktop ends with exit code 2: its address is not the host's.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values::{account_name, thumbprint};
use crate::{
    cli::{
        Error,
        apart::Input,
        password::{self, Source},
    },
    destination::{Target, endpoint_or},
    endpoint::{Endpoint, HTTPS_PORT},
    gateway_of, named_gateway_of,
    settings::{Gateway, GatewayAuthentication},
};

const VARIABLE: &str = "RDPTRACE_GATEWAY_PASSWORD";

#[derive(Args, Debug)]
#[command(next_help_heading = "Gateway")]
pub(crate) struct GatewayArguments {
    /// Go through this RD Gateway
    ///
    /// The default port is 443; none goes directly, whatever the .rdp file says.
    #[arg(long, value_name = "HOST[:PORT]|none", value_parser = gateway_name)]
    pub gateway: Option<GatewayName>,

    /// Account for the gateway
    ///
    /// One attempt is made. Without it the trace ends with the list of what the gateway takes.
    #[arg(long, value_name = "[DOMAIN\\]USER", value_parser = account_name)]
    pub gateway_user: Option<String>,

    /// Read the gateway's password from the first line of this file
    ///
    /// Without it the password is taken from RDPTRACE_GATEWAY_PASSWORD, else asked for.
    #[arg(long, value_name = "FILE", requires = "gateway_user", hide_short_help = true, value_hint = clap::ValueHint::FilePath)]
    pub gateway_password_file: Option<PathBuf>,

    /// How to authenticate to the gateway
    ///
    /// auto takes the token of the .rdp file, else NTLM, Negotiate or Basic, whichever is offered
    /// first.
    #[arg(long, value_enum, value_name = "METHOD", default_value = "auto", hide_short_help = true)]
    pub gateway_auth: GatewayAuthArgument,

    /// SHA-1 or SHA-256 of the certificate that the gateway must serve
    ///
    /// Nothing goes through a gateway that serves another one.
    #[arg(long, value_name = "HEX", value_parser = thumbprint, hide_short_help = true)]
    pub gateway_thumbprint: Option<String>,

    /// Go on if the gateway shows a text that users have to consent to
    #[arg(long, hide_short_help = true)]
    pub accept_consent: bool,
}

/// What `--gateway` says.
#[derive(Clone, Debug)]
pub(crate) enum GatewayName {
    /// No gateway.
    Nothing,
    /// This one.
    Host(Endpoint),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GatewayAuthArgument {
    Auto,
    Negotiate,
    Ntlm,
    Basic,
    Token,
}

impl From<GatewayAuthArgument> for GatewayAuthentication {
    fn from(argument: GatewayAuthArgument) -> Self {
        match argument {
            GatewayAuthArgument::Auto => Self::Auto,
            GatewayAuthArgument::Negotiate => Self::Negotiate,
            GatewayAuthArgument::Ntlm => Self::Ntlm,
            GatewayAuthArgument::Basic => Self::Basic,
            GatewayAuthArgument::Token => Self::Token,
        }
    }
}

fn gateway_name(text: &str) -> Result<GatewayName, String> {
    if text == "none" {
        return Ok(GatewayName::Nothing);
    }
    endpoint_or(text, HTTPS_PORT).map(GatewayName::Host).map_err(str::to_owned)
}

impl GatewayArguments {
    /// The file of the password.
    pub(crate) fn input(&self) -> Option<Input> {
        self.gateway_password_file.as_deref().map(|path| Input::file("--gateway-password-file", path))
    }

    /// The gateway to go through, with its account.
    ///
    /// # Errors
    /// Arguments that mean nothing without a gateway, or a password that cannot be read.
    pub(crate) fn gateway(&self, target: &Target) -> Result<Option<Gateway>, Error> {
        let file = target.file.as_ref();
        let chosen = match &self.gateway {
            Some(GatewayName::Nothing) => None,
            Some(GatewayName::Host(endpoint)) => {
                // A token is for the gateway that the file names, and for no other.
                let named = file.and_then(named_gateway_of);
                let same = named.filter(|own| own.endpoint.is_same(endpoint));
                Some(same.unwrap_or_else(|| Gateway::new(endpoint.clone())))
            }
            None => file.and_then(gateway_of),
        };
        let Some(gateway) = chosen else { return self.without() };
        if self.gateway_auth == GatewayAuthArgument::Token && gateway.token.is_none() {
            return Err(Error::new(
                "--gateway-auth token needs a .rdp file with a gatewayaccesstoken for this gateway",
            ));
        }
        let source = Source {
            option: "--gateway-password-file",
            file: self.gateway_password_file.as_deref(),
            standard_input: false,
            variable: VARIABLE,
        };
        let account = self.gateway_user.as_deref().map(|name| password::read(name, &source)).transpose()?;
        Ok(Some(Gateway {
            account,
            authentication: self.gateway_auth.into(),
            accept_consent: self.accept_consent,
            expected_thumbprint: self.gateway_thumbprint.clone(),
            ..gateway
        }))
    }

    fn without(&self) -> Result<Option<Gateway>, Error> {
        let given = [
            ("--gateway-user", self.gateway_user.is_some()),
            ("--gateway-auth", self.gateway_auth != GatewayAuthArgument::Auto),
            ("--gateway-thumbprint", self.gateway_thumbprint.is_some()),
            ("--accept-consent", self.accept_consent),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((name, _)) => {
                Err(Error::new(format!("{name} needs a gateway: --gateway, or a .rdp file that demands one")))
            }
            None => Ok(None),
        }
    }
}
