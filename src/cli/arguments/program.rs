//! The commands, with the names of the contract with scripts.

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::{
    choices::SchemaArgument, demo::DemoArguments, diff::DiffArguments, explain::ExplainArguments,
    judge::JudgeArguments, listen::ListenArguments, local::LocalArguments, posture::PostureArguments,
    read::ReadArguments, relay::RelayArguments, scan::ScanArguments, trace::TraceArguments, values::Proposed,
};
use crate::cli::manual;

/// Trace a Remote Desktop connection: how far it gets, who ends it and how
#[derive(Debug, Parser)]
#[command(name = "rdptrace", version, propagate_version = true, max_term_width = 80)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Trace one connection, phase by phase
    Trace(Box<TraceArguments>),
    /// Tell what a server accepts: NLA, TLS, CredSSP, certificate
    Posture(PostureArguments),
    /// Trace many hosts; what was interrupted goes on
    Scan(Box<ScanArguments>),
    /// Trace a built-in server on loopback: try this first
    Demo(DemoArguments),
    /// Check this machine as a client and as a host; nothing is changed
    Local(LocalArguments),
    /// Judge a stored JSON report again; nothing is sent
    Judge(JudgeArguments),
    /// Tell what changed between two reports or scans
    Diff(DiffArguments),
    /// Tell where the connections in a capture ended, by whom and why
    Read(ReadArguments),
    /// Pass a client's connections on to a server, and report on each
    Relay(RelayArguments),
    /// Tell what a client offers
    Listen(ListenArguments),
    /// Explain a code of a message box, a log or a trace
    Explain(ExplainArguments),
    /// Print the JSON schema of the report
    Schema {
        /// Of report, policy or diff
        #[arg(value_enum, default_value = "report", hide_possible_values = true)]
        of: SchemaArgument,
    },
    /// Print a completion script
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual pages (roff)
    Man {
        /// The command whose page is printed; without it all are
        #[arg(value_parser = Proposed(manual::names), hide_possible_values = true)]
        command: Option<String>,
    },
}
