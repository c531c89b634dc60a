//! The arguments of `rdptrace demo`.

use std::net::SocketAddr;

use clap::Args;

use super::args::OutputArguments;

#[derive(Args, Debug)]
pub struct DemoArguments {
    /// An RD Gateway in front of the server, with faults of its own
    #[arg(long)]
    pub gateway: bool,

    /// Show this fault; --list names them
    #[arg(long, value_name = "NAME", conflicts_with = "list")]
    pub fault: Option<String>,

    /// List the faults and what a trace says of each
    #[arg(long)]
    pub list: bool,

    /// Serve on this address until interrupted, for any client, in place of a trace
    #[arg(long, value_name = "ADDR", conflicts_with = "list", value_parser = socket_address)]
    pub serve: Option<SocketAddr>,

    /// Answer the SYN of RDP-UDP at this address too
    #[arg(long, requires = "serve", conflicts_with = "gateway")]
    pub udp: bool,

    #[command(flatten)]
    pub output: OutputArguments,
}

fn socket_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an address and a port are expected, such as 127.0.0.1:3390".to_owned())
}
