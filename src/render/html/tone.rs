//! Colours of words by what they mean, and the signs that say the same without colour.

use std::fmt;

use crate::{
    render::page,
    report::{Outcome, Severity, Status},
};

/// A class of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Caution,
    Bad,
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Caution => "caution",
            Self::Bad => "bad",
        })
    }
}

impl From<page::Tone> for Tone {
    fn from(tone: page::Tone) -> Self {
        match tone {
            page::Tone::Plain | page::Tone::Heading => Self::Plain,
            page::Tone::Good => Self::Good,
            page::Tone::Caution => Self::Caution,
            page::Tone::Bad => Self::Bad,
        }
    }
}

impl From<Outcome> for Tone {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Good,
            Outcome::Stopped => Self::Caution,
            Outcome::Aborted => Self::Bad,
        }
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Plain,
            Severity::Warning => Self::Caution,
            Severity::Error => Self::Bad,
        }
    }
}

impl From<Status> for Tone {
    fn from(status: Status) -> Self {
        match status {
            Status::Passed => Self::Good,
            Status::Failed => Self::Bad,
            Status::Stopped => Self::Caution,
            Status::Unseen => Self::Plain,
        }
    }
}
