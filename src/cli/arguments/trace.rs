//! The arguments of `rdptrace trace`.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::{
    account::AccountArguments,
    capture::CaptureArguments,
    choices::{ExperimentsArgument, LicenseArgument, LocalArgument, SecurityArgument},
    connection::ConnectionArguments,
    farm::FarmArguments,
    gateway::GatewayArguments,
    kerberos::KerberosArguments,
    output::OutputArguments,
    policy::PolicyArguments,
    target::TargetArgument,
    values::{PHASE, duration, picture},
};
use crate::codes::Phase;

#[derive(Args, Debug)]
pub(crate) struct TraceArguments {
    /// host, host:port, [v6]:port, rdp://... or a .rdp file
    ///
    /// The default port is 3389. Options win over what a .rdp file says, and the account that it
    /// names is not used.
    pub target: TargetArgument,

    #[command(flatten)]
    pub account: AccountArguments,

    #[command(flatten)]
    pub kerberos: KerberosArguments,

    #[command(flatten)]
    pub depth: DepthArguments,

    #[command(flatten)]
    pub gateway: GatewayArguments,

    #[command(flatten)]
    pub connection: ConnectionArguments,

    #[command(flatten)]
    pub farm: FarmArguments,

    #[command(flatten)]
    pub checks: ChecksArguments,

    #[command(flatten)]
    pub capture: CaptureArguments,

    #[command(flatten)]
    pub promises: PolicyArguments,

    #[command(flatten)]
    pub output: OutputArguments,
}

/// How far the trace goes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Depth")]
pub(crate) struct DepthArguments {
    /// Stop after this phase, such as tls [default: licensing]
    ///
    /// resolve, connect, gateway, negotiate, tls, credssp, mcs, licensing or activate, in this
    /// order. The default is credssp once an account is verified.
    #[arg(long, value_name = "PHASE", value_parser = PHASE, hide_possible_values = true)]
    pub until: Option<Phase>,

    /// Try until that is reached, at most so long, such as 5m
    ///
    /// Seconds, or days, hours, minutes and seconds, such as 90, 1h30m or 1d.
    /// The account is used once, when the server is ready and serves the certificate of
    /// --expect-thumbprint where one is given. --deadline then limits each try, and Ctrl-C ends the
    /// wait with the report of the last one that ended.
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    pub wait: Option<Duration>,

    /// Go on to activate with an account that NLA has verified
    ///
    /// It may take over that account's session.
    #[arg(long, hide_short_help = true)]
    pub take_session: bool,

    /// Go on to activate, and write what the server draws to this PNG file
    ///
    /// The session is watched until the screen is drawn, at most --timeout; with NLA -u and
    /// --take-session are needed. Without a picture a line says why, and the exit code is that of
    /// the trace.
    #[arg(long, value_name = "FILE", value_parser = picture, hide_short_help = true, value_hint = clap::ValueHint::FilePath)]
    pub screenshot: Option<PathBuf>,

    /// What to offer in the negotiation
    ///
    /// The default is auto, without NLA where the .rdp file says so.
    #[arg(long, value_enum, value_name = "OFFER", hide_short_help = true)]
    pub security: Option<SecurityArgument>,

    /// How far the license exchange may go
    #[arg(long, value_enum, value_name = "HOW", default_value = "challenge", hide_short_help = true)]
    pub license: LicenseArgument,

    /// Ask over UDP too, if TCP connects: three SYN of RDP-UDP at most, and one ACK
    #[arg(long, hide_short_help = true)]
    pub udp: bool,

    /// Follow-up connections without the account
    #[arg(long, value_enum, value_name = "WHICH", default_value = "auto", hide_short_help = true)]
    pub experiments: ExperimentsArgument,
}

/// The machine that the trace is compared with.
#[derive(Args, Debug)]
#[command(next_help_heading = "This machine")]
pub(crate) struct ChecksArguments {
    /// Check this machine too, and compare both sides
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    pub local: LocalArgument,

    /// Compare with the machine of these files instead of this one
    ///
    /// The folder holds event logs (.evtx), registry exports (.reg), registry hives and zip files of
    /// `local --collect`.
    #[arg(long, value_name = "DIR", hide_short_help = true, value_hint = clap::ValueHint::DirPath)]
    pub host_files: Option<PathBuf>,
}
