//! The arguments of `rdptrace judge`.

use std::path::PathBuf;

use clap::Args;

use super::{output::OutputArguments, policy::PolicyArguments};

#[derive(Args, Debug)]
pub(crate) struct JudgeArguments {
    /// A report that --format json wrote; - is standard input
    pub file: PathBuf,

    #[command(flatten)]
    pub promises: PolicyArguments,

    #[command(flatten)]
    pub output: OutputArguments,
}

impl JudgeArguments {
    /// Whether the report comes from standard input.
    pub(crate) fn is_standard_input(&self) -> bool {
        self.file.as_os_str() == "-"
    }
}
