//! Why the program could not do what was asked.

use std::fmt;

/// Why there is no report.
#[derive(Debug)]
pub(crate) enum Error {
    /// The program could not run; one sentence for the user.
    CouldNotRun(String),
    /// The user pressed Ctrl-C, and knows.
    Interrupted,
}

impl Error {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self::CouldNotRun(text.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CouldNotRun(sentence) => f.write_str(sentence),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}
