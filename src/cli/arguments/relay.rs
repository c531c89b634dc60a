//! The arguments of `rdptrace relay`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;

use super::{
    running::RunningArguments,
    server_keys::ServerKeyArguments,
    target::TargetArgument,
    values::{listening, seconds},
};

#[derive(Args, Debug)]
#[command(next_help_heading = "Relay")]
pub(crate) struct RelayArguments {
    /// host, host:port, [v6]:port, rdp://... or a .rdp file
    ///
    /// The default port is 3389. Of a .rdp file only the address counts: a gateway is relayed by
    /// its own name.
    pub target: TargetArgument,

    /// Where clients connect: PORT on 127.0.0.1, or ADDR:PORT
    ///
    /// Port 0 takes a free one, which standard error names. Ctrl-C ends the relay: connections under
    /// way are closed, and get a report.
    #[arg(long, value_name = "ADDR", value_parser = listening)]
    pub listen: SocketAddr,

    /// Keep what passes in this pcapng file, in place of what it holds; others may not read a new one
    ///
    /// Everything is kept as it crosses, however much it is; the secrets of --keylog are not. What a
    /// client sends without TLS, such as a password, is in it.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub capture: Option<PathBuf>,

    /// A key log that the client writes (SSLKEYLOGFILE), read when a connection has ended; may be given more than once
    #[arg(long = "keylog", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub keylogs: Vec<PathBuf>,

    #[command(flatten)]
    pub keys: ServerKeyArguments,

    /// Seconds for name resolution and for TCP of the target
    #[arg(long, value_name = "SECS", default_value = "10", value_parser = seconds, hide_short_help = true, allow_negative_numbers = true)]
    pub timeout: Duration,

    #[command(flatten)]
    pub output: RunningArguments,
}
