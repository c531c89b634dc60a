//! The arguments of `rdptrace demo`.

use std::net::SocketAddr;

use clap::Args;

use super::{
    output::OutputArguments,
    policy::PolicyArguments,
    values::{Proposed, listening},
};
use crate::demo::{self, gateway};

#[derive(Args, Debug)]
#[command(next_help_heading = "Demo")]
pub(crate) struct DemoArguments {
    /// Put an RD Gateway before it, with faults of its own
    #[arg(long)]
    pub gateway: bool,

    /// Show this fault; --list names them
    #[arg(long, value_name = "NAME", conflicts_with = "list", value_parser = Proposed(faults), hide_possible_values = true)]
    pub fault: Option<String>,

    /// List the faults and what a trace says of each
    #[arg(long, conflicts_with_all = ["format", "output", "reports", "policy", "write_policy"])]
    pub list: bool,

    /// Serve it on this address for any client, and trace nothing
    #[arg(long, value_name = "ADDR", conflicts_with = "list", value_parser = listening)]
    pub serve: Option<SocketAddr>,

    /// With --serve: answer the SYN of RDP-UDP at this address too
    #[arg(long, requires = "serve", conflicts_with = "gateway", hide_short_help = true)]
    pub udp: bool,

    #[command(flatten)]
    pub promises: PolicyArguments,

    #[command(flatten)]
    pub output: OutputArguments,
}

/// Those of the server and of its gateway.
fn faults() -> Vec<&'static str> {
    demo::FAULTS.iter().map(|fault| fault.name).chain(gateway::all().map(|fault| fault.name)).collect()
}
