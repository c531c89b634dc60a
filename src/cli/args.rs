//! The arguments, with the names of the contract with scripts.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::{codes::Phase, report::Severity};

use super::{
    choices::{ExperimentsArgument, LicenseArgument, LocalArgument, SecurityArgument},
    connection::ConnectionArguments,
    demo_arguments::DemoArguments,
    explain::ExplainArguments,
    farm::FarmArguments,
    gateway::GatewayArguments,
    judge::JudgeArguments,
    kerberos::KerberosArguments,
    local::LocalArguments,
    target::TargetArgument,
    values::{duration, further_report, picture},
};

const EXIT_CODES: &str = "\
Exit codes:
  0   passed, or stopped by our own choice at the default depth
  1   the same, but a finding is at or above --fail-on
  2   could not run: usage, unreadable file, internal error
  3   stopped by our own choice before the phase that --until asked for
  10 to 18
      the connection ended in this phase: 10 resolve, 11 connect, 12 gateway,
      13 negotiate, 14 tls, 15 credssp, 16 mcs, 17 licensing, 18 activate
  20  the server refused the credentials
  130 Ctrl-C in a trace, or before the first try of a wait ended";

const POSTURE_CODES: &str = "\
Exit codes:
  0   the server was asked, and no finding is at or above --fail-on
  1   the same, but a finding is at or above --fail-on
  2   could not run: usage, unreadable file, internal error
  10 to 14
      no connection could be made: every one ended in this phase or before;
      10 resolve, 11 connect, 13 negotiate, 14 tls";

const LOCAL_CODES: &str = "\
Exit codes:
  0   no check is at or above --fail-on
  1   a check is at or above --fail-on
  2   could not run: usage, unreadable file, internal error";

/// Traces a Remote Desktop connection phase by phase: how far it gets, who ends it and how.
#[derive(Debug, Parser)]
#[command(name = "rdptrace", version, propagate_version = true, after_help = EXIT_CODES, max_term_width = 80)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Trace one connection, phase by phase
    #[command(after_help = EXIT_CODES)]
    Trace(Box<TraceArguments>),
    /// Tell what a server accepts: protocols, NLA, TLS versions and suites, CredSSP, certificate
    #[command(after_help = POSTURE_CODES)]
    Posture(PostureArguments),
    /// Trace a built-in server on loopback: nothing to install
    Demo(DemoArguments),
    /// Check this machine as a client and, where it is one, as a host; nothing is changed or sent
    #[command(after_help = LOCAL_CODES)]
    Local(LocalArguments),
    /// Judge a stored JSON report again; nothing is sent
    #[command(after_help = EXIT_CODES)]
    Judge(JudgeArguments),
    /// Explain a code of a message box, a log or a trace
    Explain(ExplainArguments),
    /// Print the JSON schema of the report
    Schema,
    /// Print a completion script
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page (roff)
    Man,
}

#[derive(Args, Debug)]
pub struct TraceArguments {
    /// host, host:port, [v6]:port, rdp://... or a .rdp file; the default port is 3389. Options win
    /// over what the file says, and the account that it names is not used
    pub target: TargetArgument,

    /// Account for CredSSP: USER, DOMAIN\USER or a UPN. One attempt is made.
    #[arg(short, long, value_name = "[DOMAIN\\]USER", value_parser = not_empty)]
    pub user: Option<String>,

    /// Read the password from the first line of this file
    #[arg(long, value_name = "FILE", requires = "user", conflicts_with = "password_stdin")]
    pub password_file: Option<PathBuf>,

    /// Read the password from the first line of standard input; without either, from
    /// RDPTRACE_PASSWORD, else from a prompt
    #[arg(long, requires = "user")]
    pub password_stdin: bool,

    #[command(flatten)]
    pub kerberos: KerberosArguments,

    /// Stop after this phase: resolve, connect, gateway, negotiate, tls, credssp, mcs,
    /// licensing or activate [default: licensing, but credssp once an account is verified]
    #[arg(long, value_name = "PHASE", value_parser = until)]
    pub until: Option<Phase>,

    /// Go on to activate with an account that NLA has verified: it may take over that account's
    /// session
    #[arg(long)]
    pub take_session: bool,

    /// Go on to activate, watch the session until the server has drawn its screen, at most
    /// --timeout, and write it to this PNG file; with NLA -u and --take-session are needed. Without
    /// a picture a line says why, and the exit code is that of the trace
    #[arg(long, value_name = "FILE", value_parser = picture)]
    pub screenshot: Option<PathBuf>,

    /// What to offer in the negotiation [default: auto, without NLA where the .rdp file says so]
    #[arg(long, value_enum)]
    pub security: Option<SecurityArgument>,

    /// How far the license exchange may go: end at the server's request, end at its challenge
    /// (nothing is issued), or consume a license
    #[arg(long, value_enum, default_value = "challenge")]
    pub license: LicenseArgument,

    /// Authenticate even to a CredSSP version below 5 (CVE-2018-0886)
    #[arg(long)]
    pub allow_unpatched: bool,

    /// Use the account in Restricted Admin mode, which gives the server no password, or not at all
    /// where the server does not say that it supports it; only administrators of the host may
    #[arg(long, requires = "user")]
    pub restricted_admin: bool,

    #[command(flatten)]
    pub gateway: GatewayArguments,

    /// Ask over UDP too, where TCP connected to: three SYN of RDP-UDP at most, and one ACK
    #[arg(long)]
    pub udp: bool,

    #[command(flatten)]
    pub connection: ConnectionArguments,

    #[command(flatten)]
    pub farm: FarmArguments,

    /// Try until the requested phase is reached or this time is over, such as 90, 90s, 5m or 1h;
    /// the account is used once, when the server is ready and serves the certificate of
    /// --expect-thumbprint where one is given. --deadline then limits each try, and Ctrl-C ends the
    /// wait with the report of the last one.
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    pub wait: Option<Duration>,

    /// Follow-up connections without the account: those that a failure deserves, none, or all of
    /// them also after success
    #[arg(long, value_enum, default_value = "auto")]
    pub experiments: ExperimentsArgument,

    /// Check this machine too, and compare both sides
    #[arg(long, value_enum, default_value = "auto")]
    pub local: LocalArgument,

    /// Compare with another machine instead of this one: the event logs (.evtx), registry exports
    /// (.reg), registry hives and collected zip files of this folder
    #[arg(long, value_name = "DIR")]
    pub host_files: Option<PathBuf>,

    #[command(flatten)]
    pub output: OutputArguments,
}

#[derive(Args, Debug)]
pub struct PostureArguments {
    /// host, host:port, [v6]:port, rdp://... or a .rdp file; the default port is 3389. Two
    /// connections at once, none with an account.
    pub target: TargetArgument,

    /// How many connections to make at most, in place of 25; a server with many suites needs more to
    /// tell them all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=200))]
    pub connections: Option<u16>,

    #[command(flatten)]
    pub connection: ConnectionArguments,

    #[command(flatten)]
    pub output: OutputArguments,
}

#[derive(Args, Debug)]
pub struct OutputArguments {
    /// How to write the report
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,

    #[command(flatten)]
    pub place: PlaceArguments,

    /// Write a further report, such as junit=report.xml; may be given more than once
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = further_report)]
    pub reports: Vec<(Format, PathBuf)>,

    /// Which findings make the exit code 1
    #[arg(long, value_enum, default_value = "error")]
    pub fail_on: FailOn,

    /// Log to standard error; twice for every message
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// No progress and no logs; errors and why there is no screenshot are still said
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// Where the one thing that is always written goes.
#[derive(Args, Debug)]
pub struct PlaceArguments {
    /// Write it to this file instead of standard output; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Colours
    #[arg(long, value_enum, default_value = "auto")]
    pub color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Junit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Error,
    Warning,
    Never,
}

impl FailOn {
    /// The lowest severity that counts.
    pub fn threshold(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Never => None,
        }
    }
}

fn until(text: &str) -> Result<Phase, String> {
    text.parse::<Phase>().map_err(|error| error.to_string())
}

/// An account with one separator at most.
pub fn not_empty(text: &str) -> Result<String, String> {
    let user = text.rsplit('\\').next().unwrap_or_default();
    let one_separator = text.matches('\\').count() <= 1;
    if user.is_empty() || !one_separator {
        Err("USER, DOMAIN\\USER or a UPN is expected".to_owned())
    } else {
        Ok(text.to_owned())
    }
}
