//! The arguments of `rdptrace diff`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};

use super::output::PlaceArguments;
use crate::diff::Times;

#[derive(Args, Debug)]
pub(crate) struct DiffArguments {
    /// A report, or many, a line each; - is standard input
    pub before: PathBuf,

    /// The same later; of several reports on one target the last counts
    pub after: PathBuf,

    /// Tell a phase that is so many times slower
    ///
    /// The same goes for one that is so much faster; off tells none.
    #[arg(long, value_name = "TIMES", default_value = "3", value_parser = factor)]
    pub slower: Factor,

    /// But none that is less than this slower
    ///
    /// On a fast network 1 ms that became 3 ms is no news.
    #[arg(long, value_name = "MS", default_value = "100")]
    pub floor: u32,

    /// Write the differences as text, json or markdown
    #[arg(long, value_enum, default_value = "text", hide_possible_values = true, help_heading = "Report")]
    pub format: DiffFormat,

    #[command(flatten)]
    pub place: PlaceArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    Text,
    Json,
    Markdown,
}

/// How many times as long a phase has to take; infinite where no time is news.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Factor(f64);

fn factor(text: &str) -> Result<Factor, String> {
    let expected = || "a number from 1 to 1000, or off, is expected".to_owned();
    match text {
        "off" => Ok(Factor(f64::INFINITY)),
        _ => {
            let factor = text.parse().ok().filter(|factor| (1.0..=1000.0).contains(factor));
            factor.map(Factor).ok_or_else(expected)
        }
    }
}

impl DiffArguments {
    /// Which times are news.
    pub(crate) fn times(&self) -> Times {
        Times { factor: self.slower.0, floor: Duration::from_millis(self.floor.into()) }
    }
}

/// Whether it is read from standard input.
pub(crate) fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}
