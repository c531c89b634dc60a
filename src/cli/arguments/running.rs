//! The arguments of a command that runs on and writes a report for each client.

use clap::{Args, ValueEnum};

use super::output::{PlaceArguments, TellingArguments};

#[derive(Args, Debug)]
#[command(next_help_heading = "Report")]
pub(crate) struct RunningArguments {
    /// Write the reports as text or ndjson [default: text, ndjson with -o]
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<RunningFormat>,

    #[command(flatten)]
    pub place: PlaceArguments,

    /// End after the first client, with the exit code of its report
    #[arg(long)]
    pub once: bool,

    #[command(flatten)]
    pub telling: TellingArguments,
}

/// A format in which one report can follow another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunningFormat {
    Text,
    Ndjson,
}

impl RunningArguments {
    /// The format that was asked for, or else the one that suits the place.
    pub(crate) fn chosen(&self) -> RunningFormat {
        let usual = if self.place.file().is_some() { RunningFormat::Ndjson } else { RunningFormat::Text };
        self.format.unwrap_or(usual)
    }
}
