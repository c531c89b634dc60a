//! The arguments of `rdptrace read`.

use std::path::PathBuf;

use clap::Args;

use super::{output::OutputArguments, policy::PolicyArguments, server_keys::ServerKeyArguments};

#[derive(Args, Debug)]
#[command(next_help_heading = "Capture")]
pub(crate) struct ReadArguments {
    /// Captures, pcap or pcapng, gzipped or not, read in the order of time; - is standard input
    #[arg(required = true, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub files: Vec<PathBuf>,

    /// A key log of TLS (SSLKEYLOGFILE), which opens what is encrypted; may be given more than once
    #[arg(long = "keylog", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub keylogs: Vec<PathBuf>,

    #[command(flatten)]
    pub keys: ServerKeyArguments,

    /// Report on the conversation with this number alone
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub conversation: Option<u64>,

    /// The name that the server's certificate has to be for
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub server_name: Option<String>,

    /// Replace names and addresses, each by the same one everywhere
    #[arg(long, hide_short_help = true)]
    pub redact: bool,

    #[command(flatten)]
    pub promises: PolicyArguments,

    #[command(flatten)]
    pub output: OutputArguments,
}

impl ReadArguments {
    /// Whether this is standard input, or a pipe that a shell put in the place of `<(command)`.
    pub(crate) fn is_read_once(path: &std::path::Path) -> bool {
        Self::is_standard_input(path) || !std::fs::metadata(path).is_ok_and(|about| about.is_file())
    }

    /// Whether this file is standard input.
    pub(crate) fn is_standard_input(path: &std::path::Path) -> bool {
        path.as_os_str() == "-"
    }
}
