//! What is under way, on standard error: the phase while it is a terminal, and how each try of a wait ended.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::out::stderr;
use crate::{
    codes::Phase,
    pdu::canvas::Picture,
    probe::Observer,
    render,
    wait::{Next, Tried, Watcher, has_other_certificate},
};

/// Shows the phase under way in one line that is wiped at the end, and a line for each try.
pub struct Progress {
    phases: bool,
    tries: bool,
    pictures: Mutex<Pictures>,
}

/// What was drawn in the try under way, and in the last one that has ended.
#[derive(Default)]
struct Pictures {
    now: Option<Picture>,
    tried: Option<Option<Picture>>,
}

impl Progress {
    /// Shows nothing when quiet; phases only when somebody is looking and nothing is logged.
    pub fn new(quiet: bool, verbose: u8) -> Self {
        Self {
            phases: !quiet && verbose == 0 && stderr::is_terminal(),
            tries: !quiet,
            pictures: Mutex::default(),
        }
    }

    /// What the server drew in the connection that is reported: of a wait, in the last whole try.
    pub fn take_picture(&self) -> Option<Picture> {
        let mut pictures = self.pictures();
        let now = pictures.now.take();
        pictures.tried.take().unwrap_or(now)
    }

    fn pictures(&self) -> MutexGuard<'_, Pictures> {
        self.pictures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that Ctrl-C ends a wait.
    pub fn interrupted(&self) {
        if self.tries {
            self.wipe();
            stderr::line("interrupted, no further try");
        }
    }

    /// Two columns more than a phase takes: there the terminal shows ^C.
    fn wipe(&self) {
        if self.phases {
            stderr::wipe(14);
        }
    }
}

impl Observer for Progress {
    fn phase(&self, phase: Phase) {
        if self.phases {
            stderr::instead(format_args!("{phase:<12}"));
        }
    }

    fn picture(&self, picture: Picture) {
        self.pictures().now = Some(picture);
    }
}

impl Watcher for Progress {
    fn tried(&self, tried: &Tried<'_>) {
        let mut pictures = self.pictures();
        pictures.tried = Some(pictures.now.take());
        drop(pictures);
        if !self.tries {
            return;
        }
        self.wipe();
        let next = match tried.next {
            Next::Again(pause) if pause.as_millis() < 950 => {
                format!("; next in {:.1} s", pause.as_secs_f64())
            }
            Next::Again(pause) => format!("; next in {:.0} s", pause.as_secs_f64()),
            Next::WithAccount => "; next with the account".to_owned(),
            Next::TimeOver => "; the time is over".to_owned(),
            Next::Done => String::new(),
        };
        let seconds = tried.entry.at_ms.0 / 1000.0;
        let said = render::tried(tried.entry);
        let other =
            if has_other_certificate(tried.report) { ", not with the expected certificate" } else { "" };
        stderr::line(format_args!("try {}, {seconds:.1} s: {said}{other}{next}", tried.number));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.wipe();
    }
}
