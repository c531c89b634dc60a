//! The account for CredSSP, and how it may be used.

use std::path::PathBuf;

use clap::Args;

use super::values::account_name;
use crate::{
    cli::{
        Error,
        password::{self, Source},
    },
    settings::Account,
};

const VARIABLE: &str = "RDPTRACE_PASSWORD";

/// The account for CredSSP, and how it may be used.
#[derive(Args, Debug)]
#[command(next_help_heading = "Account")]
pub(crate) struct AccountArguments {
    /// Account for NLA: USER, DOMAIN\USER or a UPN
    ///
    /// One attempt is made. Without an account the trace says how far it gets before one is needed.
    #[arg(short, long, value_name = "[DOMAIN\\]USER", value_parser = account_name)]
    pub user: Option<String>,

    /// Read the password from the first line of this file
    ///
    /// Without it and --password-stdin the password is taken from RDPTRACE_PASSWORD, else asked for.
    #[arg(long, value_name = "FILE", requires = "user", conflicts_with = "password_stdin", hide_short_help = true, value_hint = clap::ValueHint::FilePath)]
    pub password_file: Option<PathBuf>,

    /// Read the password from the first line of standard input
    #[arg(long, requires = "user", hide_short_help = true)]
    pub password_stdin: bool,

    /// Log on without NLA too, to see whether the account is taken
    ///
    /// A server without NLA checks an account only when a session begins. The password is sent to it
    /// once, over TLS, if its certificate is trusted or the one of --expect-thumbprint. Goes on to
    /// activate; --take-session allows that, and the session may stay on the host.
    #[arg(long, conflicts_with = "restricted_admin", hide_short_help = true)]
    pub logon: bool,

    /// Use the account in Restricted Admin mode, which gives the server no password
    ///
    /// The account is not used at all if the server does not say that it supports the mode; only
    /// administrators of the host may log on in it.
    #[arg(long, requires = "user", hide_short_help = true)]
    pub restricted_admin: bool,

    /// Authenticate even to a CredSSP version below 5 (CVE-2018-0886)
    #[arg(long, hide_short_help = true)]
    pub allow_unpatched: bool,
}

impl AccountArguments {
    /// The account, if a user was given.
    ///
    /// # Errors
    /// The password cannot be read.
    pub(crate) fn account(&self) -> Result<Option<Account>, Error> {
        let source = Source {
            option: "--password-file, --password-stdin",
            file: self.password_file.as_deref(),
            standard_input: self.password_stdin,
            variable: VARIABLE,
        };
        self.user.as_deref().map(|name| password::read(name, &source)).transpose()
    }
}
