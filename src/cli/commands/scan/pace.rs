//! How many hosts are probed at once: what was asked for, as far as the system has descriptors for it.

use crate::{
    cli::{
        arguments::{output::TellingArguments, scan::PaceArguments},
        out::stderr,
    },
    net::most_open_files,
    scan::{Pace, Targets},
};

/// Descriptors of the program itself: streams, the runtime, outputs, and the roots while they are read.
const OWN: u64 = 40;
/// A name takes those of its look-up, and of several addresses while none of them answers.
const OF_NAME: u64 = 3;

/// The pace that was asked for, or less.
pub(super) fn pace(asked: &PaceArguments, targets: &Targets, telling: &TellingArguments) -> Pace {
    let each = if targets.has_names() { OF_NAME } else { 1 };
    let wanted = u64::from(asked.concurrency).min(targets.count());
    let most = most_open_files().map_or(u64::MAX, |most| (most.saturating_sub(OWN) / each).max(1));
    if wanted > most && !telling.quiet {
        stderr::say(format_args!(
            "--concurrency is {most} in place of {wanted}: the limit of open files (ulimit -n) allows no more"
        ));
    }
    let at_once = usize::try_from(wanted.min(most)).unwrap_or(1);
    Pace { at_once: at_once.max(1), per_second: asked.rate }
}
