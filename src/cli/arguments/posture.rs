//! The arguments of `rdptrace posture`.

use clap::Args;

use super::{
    connection::ConnectionArguments, output::OutputArguments, policy::PolicyArguments, target::TargetArgument,
};

#[derive(Args, Debug)]
pub(crate) struct PostureArguments {
    /// host, host:port, [v6]:port, rdp://... or a .rdp file
    ///
    /// The default port is 3389. Two connections are made at once, none with an account.
    pub target: TargetArgument,

    /// Make at most this many connections, in place of 25
    ///
    /// A server with many suites needs more to tell them all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=200), hide_short_help = true, help_heading = "Limits")]
    pub connections: Option<u16>,

    #[command(flatten)]
    pub connection: ConnectionArguments,

    #[command(flatten)]
    pub promises: PolicyArguments,

    #[command(flatten)]
    pub output: OutputArguments,
}
