//! From when to when a log was read, as every check that found nothing in it says.

use std::collections::BTreeMap;

use crate::{
    local::{EVENT_DAYS, Event, MOST_EVENTS, Survey},
    report::Timestamp,
};

/// In words.
pub(super) fn span(survey: &Survey<'_>, channel: &str, events: &[Event]) -> String {
    match (survey.machine.span(channel), events.last()) {
        (Some(span), _) => format!("from {} to {}", minute(span.since), minute(span.until)),
        (None, Some(oldest)) if events.len() >= MOST_EVENTS => {
            format!("in the newest {MOST_EVENTS} events, since {}", minute(oldest.at))
        }
        (None, _) => format!("in the last {EVENT_DAYS} days"),
    }
}

/// How often each was logged, and from when to when the log was read.
pub(super) fn counts<'a>(
    survey: &Survey<'_>,
    channel: &str,
    own: impl Iterator<Item = &'a Event>,
    all: &[Event],
) -> String {
    let left_out = survey.machine.span(channel).map(|span| span.left_out).unwrap_or_default();
    let mut counts: BTreeMap<u32, (usize, Timestamp)> = BTreeMap::new();
    for event in own {
        let first = || (left_out.get(&event.id).copied().unwrap_or_default(), event.at);
        counts.entry(event.id).or_insert_with(first).0 += 1;
    }
    let shown = counts.iter().map(|(id, (times, last))| match times {
        1 => format!("{id} once, on {}", minute(*last)),
        _ => format!("{id} {times} times, the last on {}", minute(*last)),
    });
    let shown: Vec<_> = shown.collect();
    let shown = if shown.is_empty() { "no such event".to_owned() } else { shown.join("; ") };
    format!("{shown}; {}", span(survey, channel, all))
}

/// A time to the minute.
pub(super) fn minute(at: Timestamp) -> String {
    let at = at.0;
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}
