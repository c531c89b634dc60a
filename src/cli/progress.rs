//! What is under way, on standard error: phases and experiments while it is a terminal, and how each try of a wait ended.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use super::{
    arguments::output::OutputArguments,
    out::{sink, stderr},
};
use crate::{
    codes::Phase,
    net::interrupted,
    pdu::canvas::Picture,
    plain,
    probe::Observer,
    render,
    report::{Connection, Purpose, Status, Summary},
    wait::{Next, Tried, Watcher, has_other_certificate},
};

/// Columns of a phase under way, and two more: there the terminal shows ^C.
const WIDEST: usize = 34;

/// Shows what is under way in one line that is wiped at the end, a line for each phase that has ended, and one for each try. The
/// lines of phases are taken back where the page with the same follows on the same terminal.
pub(super) struct Progress {
    phases: bool,
    shows: Shows,
    tries: bool,
    lines: AtomicUsize,
    asked: AtomicUsize,
    pictures: Mutex<Pictures>,
}

/// What a run consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// One trace, whose phases are shown as they end too.
    Trace,
    /// As many as it takes, of which each is a line.
    Tries,
}

/// What was drawn in the try under way, and in the last one that has ended.
#[derive(Default)]
struct Pictures {
    now: Option<Picture>,
    has_tried: bool,
    tried: Option<Picture>,
}

impl Progress {
    /// Shows nothing when quiet, and phases only when somebody is looking and nothing is logged.
    pub(super) fn new(output: &OutputArguments, shows: Shows) -> Self {
        let phases = !output.telling.quiet && output.telling.verbose == 0 && stderr::is_terminal();
        Self {
            phases,
            shows,
            tries: !output.telling.quiet,
            lines: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            pictures: Mutex::default(),
        }
    }

    /// Ends with Ctrl-C, and says so.
    pub(super) async fn interrupt(&self) {
        interrupted().await;
        if self.tries {
            self.wipe();
            // What was shown stays above this line.
            self.lines.store(0, Relaxed);
            stderr::line(match self.shows {
                Shows::Trace => "interrupted; this is what is known",
                Shows::Tries => "interrupted, no further try",
            });
        }
    }

    /// What the server drew in the connection that is reported: of a wait, in the last whole try.
    pub(super) fn take_picture(&self) -> Option<Picture> {
        let mut pictures = self.pictures();
        if pictures.has_tried { pictures.tried.take() } else { pictures.now.take() }
    }

    fn pictures(&self) -> MutexGuard<'_, Pictures> {
        self.pictures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wipe(&self) {
        if self.phases {
            stderr::wipe(WIDEST);
        }
    }

    /// Says in one line what is under way.
    fn now(&self, what: &str) {
        if self.phases {
            stderr::instead(format_args!("{what:<width$}", width = WIDEST - 2));
        }
    }
}

impl Observer for Progress {
    fn phase(&self, phase: Phase) {
        self.now(&format!("  {phase} ..."));
    }

    fn ended(&self, purpose: &Purpose, phase: &Summary<'_>) {
        if self.phases && self.shows == Shows::Trace && purpose.is_traced() {
            let how = match phase.status {
                Status::Passed => "",
                Status::Failed => "  FAILED",
                Status::Stopped => "  STOPPED",
                Status::Unseen => "  unseen",
            };
            self.wipe();
            stderr::line(format_args!("  {:<10}{:>8.1} ms{how}", phase.phase.name(), phase.elapsed_ms.0));
            self.lines.fetch_add(1, Relaxed);
        }
    }

    fn made(&self, connection: &Connection) {
        if matches!(connection.purpose, Purpose::Posture(_)) {
            let asked = self.asked.fetch_add(1, Relaxed) + 1;
            self.now(&format!("  {}", plain::plural(asked as u64, "connection")));
        }
    }

    fn experiments(&self, done: usize, of: usize) {
        self.now(&format!("  experiments: {done} of {of}"));
    }

    fn picture(&self, picture: Picture) {
        self.pictures().now = Some(picture);
    }
}

impl Watcher for Progress {
    fn tried(&self, tried: &Tried<'_>) {
        let mut pictures = self.pictures();
        (pictures.has_tried, pictures.tried) = (true, pictures.now.take());
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
        if sink::is_seen() {
            stderr::take_back(self.lines.load(Relaxed));
        }
    }
}
