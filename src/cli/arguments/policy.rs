//! The arguments of promises, and of what is decided of findings.

use std::path::{Path, PathBuf};

use clap::Args;

use super::values::FINDING;
use crate::{
    cli::apart::{Input, Written},
    report::FindingCode,
};

#[derive(Args, Debug)]
#[command(next_help_heading = "Promises")]
pub(crate) struct PolicyArguments {
    /// Check the promises in this TOML file; a broken one makes the exit code 1
    ///
    /// Each is kept, broken or not checked. A phase that fails keeps its own exit code.
    #[arg(long, value_name = "FILE", hide_short_help = true, value_hint = clap::ValueHint::FilePath)]
    pub policy: Option<PathBuf>,

    /// Write a policy that promises what was seen to this new file, to be edited
    #[arg(long, value_name = "FILE", hide_short_help = true, value_hint = clap::ValueHint::FilePath)]
    pub write_policy: Option<PathBuf>,

    /// Do not count this finding; may be given more than once
    #[arg(long, value_name = "CODE", value_parser = FINDING, hide_possible_values = true, hide_short_help = true)]
    pub accept: Vec<FindingCode>,

    /// Days in which certificate-expires-soon warns, in place of 14
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=36500), hide_short_help = true)]
    pub expiry_days: Option<u32>,
}

impl PolicyArguments {
    /// The file that is read.
    pub(crate) fn input(&self) -> Option<Input> {
        self.policy.as_deref().map(|path| Input::file("--policy", path))
    }

    /// The file that is written.
    pub(crate) fn written(&self) -> Option<Written<'_>> {
        self.write_policy.as_deref().map(|path: &Path| Written { what: "--write-policy", path })
    }
}
