//! What an event log says: a log that cannot be read is unknown, never empty.
//!
//! What is looked for in a log is a table: the event that tells most first, and what settles it later.

use super::{
    asked::{answer, outcome},
    carried::carried,
    spans::{counts, minute, span},
};
use crate::{
    codes,
    local::{CheckResult, Event, Survey},
    report::CheckStatus::{self, Error, Ok as Good},
};

/// More events of one number are not told one by one.
const SHOWN: usize = 3;

/// What is looked for in a log.
pub(super) struct Log {
    /// The log.
    pub channel: &'static str,
    /// Its events, those that tell most first.
    pub events: &'static [Looked],
    /// Events of trouble, and those that show that it was over.
    pub mended: &'static [(&'static [u32], &'static [u32])],
    /// What it means that none of its events tells of trouble.
    pub quiet: &'static str,
}

/// An event that is looked for: its provider, its numbers, and what it means that it was logged.
pub(super) struct Looked(pub &'static str, pub &'static [u32], pub CheckStatus);

/// What a log says.
pub(super) fn judge(survey: &Survey<'_>, log: &Log) -> CheckResult {
    let read = answer(&format!("the log {}", log.channel), survey.events(log.channel));
    outcome(read.map(|events| match events {
        None => CheckResult::not_applicable(format!("there is no log {}", log.channel)),
        Some(events) => log.judge(survey, &events),
    }))
}

/// An event that is looked for, and what it means.
struct Found<'a> {
    event: &'a Event,
    /// The lower, the more it tells.
    rank: usize,
    means: CheckStatus,
}

impl Log {
    fn judge(&self, survey: &Survey<'_>, events: &[Event]) -> CheckResult {
        let own: Vec<_> = events.iter().filter_map(|event| self.found(event)).collect();
        let trouble = own.iter().enumerate().filter(|(index, found)| {
            found.means != Good && !own[..*index].iter().any(|later| self.mends(later.event, found.event))
        });
        // The first of those that tell as much is the newest.
        let telling = trouble.min_by_key(|(_, found)| (found.means != Error, found.rank));
        let mut seen = counts(survey, self.channel, own.iter().map(|found| found.event), events);
        let Some((_, telling)) = telling else {
            return CheckResult::ok(format!("{} {}", self.quiet, span(survey, self.channel, events)))
                .seen(seen);
        };
        let same = own.iter().filter(|found| found.event.id == telling.event.id);
        if let Some(others) = others(same.map(|found| found.event)) {
            seen = format!("{seen}; {}: {others}", telling.event.id);
        }
        let message = format!("event {}: {}", telling.event.id, told(telling.event));
        CheckResult::new(telling.means, message).seen(seen)
    }

    fn found<'a>(&self, event: &'a Event) -> Option<Found<'a>> {
        let own =
            |looked: &Looked| looked.0.eq_ignore_ascii_case(&event.provider) && looked.1.contains(&event.id);
        let rank = self.events.iter().position(own)?;
        Some(Found { event, rank, means: self.events[rank].2 })
    }

    fn mends(&self, later: &Event, trouble: &Event) -> bool {
        let fits = |(what, by): &(&[u32], &[u32])| what.contains(&trouble.id) && by.contains(&later.id);
        later.provider.eq_ignore_ascii_case(&trouble.provider) && self.mended.iter().any(fits)
    }
}

/// What an event means, as `explain` has it, what it carries, and when it was.
fn told(event: &Event) -> String {
    let mut rows = codes::EVENT.find_all(event.id);
    let row = rows.find(|row| row.provider.eq_ignore_ascii_case(&event.provider));
    let meaning = row.map_or("its meaning is not known", |row| row.meaning);
    // What follows says what the event carries, which is told.
    let meaning = meaning.split(';').next().unwrap_or(meaning);
    let carried = Some(carried(event)).filter(|carried| !carried.is_empty());
    let carried = carried.map(|carried| format!("{carried}, ")).unwrap_or_default();
    format!("{meaning} ({carried}on {})", minute(event.at))
}

/// What the newest events of one number carry, where they differ.
fn others<'a>(events: impl Iterator<Item = &'a Event>) -> Option<String> {
    let mut different: Vec<String> = Vec::new();
    for event in events {
        let carried = carried(event);
        if !carried.is_empty() && !different.contains(&carried) {
            different.push(carried);
        }
    }
    let more = different.len().saturating_sub(SHOWN);
    let shown = different.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" / ");
    match (different.len(), more) {
        (0 | 1, _) => None,
        (_, 0) => Some(shown),
        _ => Some(format!("{shown} and {more} more")),
    }
}
