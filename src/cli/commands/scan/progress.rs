//! How far a scan is, in one line of a terminal: how many hosts, how fast, and how long it will take.

use std::time::Duration;

use crate::{
    cli::{arguments::output::TellingArguments, out::stderr},
    net::Instant,
};

/// Columns of the line.
const WIDEST: usize = 70;
/// The line changes at most this often.
const EVERY: Duration = Duration::from_millis(250);

/// The line.
pub(super) struct Progress {
    shows: bool,
    of: u64,
    /// Those that an earlier run had done.
    before: u64,
    began: Instant,
    next: Instant,
}

impl Progress {
    /// Shows nothing when quiet, and nothing unless somebody is looking and nothing is logged.
    pub(super) fn new(telling: &TellingArguments, of: u64, before: u64) -> Self {
        let shows = !telling.quiet && telling.verbose == 0 && stderr::is_terminal();
        let now = Instant::now();
        Self { shows, of, before, began: now, next: now }
    }

    /// So many have ended.
    pub(super) fn ended(&mut self, done: u64) {
        if self.shows && Instant::now() >= self.next {
            self.next = Instant::now() + EVERY;
            let line = told(done, self.of, done - self.before, self.began.elapsed());
            stderr::instead(format_args!("{line:<WIDEST$}"));
        }
    }

    /// Takes the line away.
    pub(super) fn wipe(&self) {
        if self.shows {
            stderr::wipe(WIDEST);
        }
    }
}

fn told(done: u64, of: u64, now: u64, took: Duration) -> String {
    let rate = now as f64 / took.as_secs_f64().max(0.001);
    let left = (of - done) as f64 / rate.max(0.001);
    let left = match left {
        left if left < 90.0 => format!("{left:.0} s"),
        left if left < 5400.0 => format!("{:.0} min", left / 60.0),
        left => format!("{:.1} h", left / 3600.0),
    };
    format!("  {done} of {of} hosts, {rate:.1}/s, {left} left")
}
