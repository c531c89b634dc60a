//! How many hosts are probed at once: what was asked for, as far as the system has descriptors for it.

use crate::{
    cli::{
        arguments::{output::TellingArguments, scan::PaceArguments},
        out::stderr,
    },
    net::open_files,
    scan::{Pace, Targets},
};

/// Descriptors of the program itself: streams, the runtime, outputs, and the roots while they are read.
const OWN: u64 = 40;
/// A connection that is being opened takes two: what ICMP says of it comes on a second one.
const OF_ADDRESS: u64 = 2;
/// A name takes those of its look-up, or of eight addresses while none of them answers.
const OF_NAME: u64 = 8 * OF_ADDRESS;

/// The pace that was asked for, or less.
pub(super) fn pace(asked: &PaceArguments, targets: &Targets, telling: &TellingArguments) -> Pace {
    let each = if targets.has_names() { OF_NAME } else { OF_ADDRESS };
    let wanted = u64::from(asked.concurrency).min(targets.count());
    let limit = open_files(OWN + each * wanted);
    let most = limit.map_or(u64::MAX, |limit| (limit.saturating_sub(OWN) / each).max(1));
    if wanted > most && !telling.quiet {
        stderr::say(format_args!(
            "--concurrency is {most} in place of {wanted}: the limit of open files (ulimit -Hn) allows no more"
        ));
    }
    let at_once = usize::try_from(wanted.min(most)).unwrap_or(1);
    Pace { at_once: at_once.max(1), per_second: asked.rate }
}
