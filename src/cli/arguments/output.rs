//! The arguments of every report: format, place, threshold, and what is said besides.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    choices::{Color, FailOn, Format},
    values::{FAIL_ON, further_report},
};
use crate::report::{FindingCode, Severity};

#[derive(Args, Debug)]
#[command(next_help_heading = "Report")]
pub(crate) struct OutputArguments {
    /// Write the report as text, json, ndjson, junit, html, markdown, prometheus or
    /// nagios
    #[arg(long, value_enum, default_value = "text", hide_possible_values = true)]
    pub format: Format,

    #[command(flatten)]
    pub place: PlaceArguments,

    /// Write a further report, such as junit=report.xml; may be given more than once
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = further_report, hide_short_help = true)]
    pub reports: Vec<(Format, PathBuf)>,

    #[command(flatten)]
    pub telling: TellingArguments,
}

/// What is told beside the reports: by the exit code, and on standard error.
#[derive(Args, Debug)]
#[command(next_help_heading = "Report")]
pub(crate) struct TellingArguments {
    /// Exit 1 on error, warning, never, CODE
    ///
    /// A finding of this severity or a worse one makes the exit code 1. Given once more with the
    /// code of a finding, that one does whatever its severity.
    #[arg(long, value_name = "WHICH", default_value = "error", value_parser = FAIL_ON, hide_possible_values = true)]
    pub fail_on: Vec<FailOn>,

    /// Log to standard error; -vv logs every message
    #[arg(short, long, action = clap::ArgAction::Count, hide_short_help = true)]
    pub verbose: u8,

    /// Say nothing but errors on standard error
    #[arg(short, long, conflicts_with = "verbose", hide_short_help = true)]
    pub quiet: bool,
}

impl TellingArguments {
    /// The lowest severity that counts.
    pub(crate) fn threshold(&self) -> Option<Severity> {
        let mut severities = self.fail_on.iter().rev().filter_map(|which| match which {
            FailOn::From(severity) => Some(*severity),
            FailOn::Finding(_) => None,
        });
        severities.next().unwrap_or(Some(Severity::Error))
    }

    /// The findings that count whatever their severity.
    pub(crate) fn counted(&self) -> Vec<FindingCode> {
        let codes = self.fail_on.iter().filter_map(|which| match which {
            FailOn::Finding(code) => Some(*code),
            FailOn::From(_) => None,
        });
        codes.collect()
    }
}

/// Where the one thing that is always written goes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Report")]
pub(crate) struct PlaceArguments {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Colours; auto is colour on a terminal only, and obeys NO_COLOR and CLICOLOR_FORCE
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    pub color: Color,
}

/// Other names of standard output, which is not to be opened anew: it may have been written to before.
const STANDARD_OUTPUT: [&str; 3] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

impl PlaceArguments {
    /// The file; none for standard output, however it is called.
    pub(crate) fn file(&self) -> Option<&Path> {
        let is_standard = |path: &Path| {
            path.as_os_str() == "-"
                || STANDARD_OUTPUT.iter().any(|name| path == Path::new(name)) && path.exists()
        };
        self.output.as_deref().filter(|path| !is_standard(path))
    }
}
