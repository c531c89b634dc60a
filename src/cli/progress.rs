//! The phase under way, on standard error while it is a terminal.

use std::io::{IsTerminal as _, Write as _, stderr};

use crate::{codes::Phase, probe::Observer};

/// Shows the phase under way in one line that is wiped at the end.
pub struct Progress {
    shown: bool,
}

impl Progress {
    /// Shows nothing when quiet, when logging, or when nobody is looking.
    pub fn new(quiet: bool, verbose: u8) -> Self {
        Self { shown: !quiet && verbose == 0 && stderr().is_terminal() }
    }
}

impl Observer for Progress {
    fn phase(&self, phase: Phase) {
        if self.shown {
            let _ = write!(stderr(), "\r{phase:<12}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(stderr(), "\r{:12}\r", "");
        }
    }
}
