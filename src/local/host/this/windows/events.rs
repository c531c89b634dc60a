//! Event logs, as the system's own tool prints them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use time::{Duration, OffsetDateTime};

use super::super::{commands, shared::ThisMachine};
use crate::local::host::{
    Answer, EVENT_DAYS, Event, Host as _, MOST_EVENTS, Span, Unreadable,
    event_query::{Part, queries, whole},
    event_xml,
};
use crate::utf16;

/// The tool's exit codes are numbers of Windows.
const ACCESS_DENIED: i32 = 5;
const CHANNEL_NOT_FOUND: i32 = 15007;
/// Five hundred events of 8 KiB each.
const MOST: u64 = 4 << 20;

/// From when to when each log was read.
static SPANS: Mutex<BTreeMap<String, Span>> = Mutex::new(BTreeMap::new());

/// The events of a channel that are looked for, newest first.
pub(crate) fn events(machine: &ThisMachine, channel: &str) -> Answer<Vec<Event>> {
    let (found, days) = match asked(channel, None) {
        // A log of gigabytes takes longer to look through than a check may last.
        Err(Unreadable::Failed(_)) => (asked(channel, Some(EVENT_DAYS))?, Some(EVENT_DAYS)),
        found => (found?, None),
    };
    let Some(parts) = found else { return Ok(None) };
    let (events, since) = whole(parts);
    let until = machine.now();
    let since = since.or(days.map(|days| until - Duration::days(days)));
    let since = since.or_else(|| oldest(channel)).unwrap_or(until);
    let span = Span { since: since.into(), until: until.into(), left_out: BTreeMap::new() };
    SPANS.lock().unwrap_or_else(PoisonError::into_inner).insert(channel.to_owned(), span);
    Ok(Some(events))
}

/// From when to when the events go that were read last.
pub(crate) fn span(channel: &str) -> Option<Span> {
    SPANS.lock().unwrap_or_else(PoisonError::into_inner).get(channel).cloned()
}

fn asked(channel: &str, days: Option<i64>) -> Answer<Vec<Part>> {
    let mut parts = Vec::new();
    for query in queries(channel, days) {
        let Some(part) = printed(channel, &[&format!("/q:{query}"), "/rd:true"], MOST_EVENTS)? else {
            return Ok(None);
        };
        parts.push(part);
    }
    Ok(Some(parts))
}

/// When the oldest event of any kind was written.
fn oldest(channel: &str) -> Option<OffsetDateTime> {
    let part = printed(channel, &["/rd:false"], 1).ok()??;
    part.events.first().map(|event| event.at.0)
}

fn printed(channel: &str, how: &[&str], count: usize) -> Answer<Part> {
    let count = format!("/c:{count}");
    // By its whole path: Windows looks for a bare name beside this program first.
    let tool = super::super::expanded(r"%SystemRoot%\System32\wevtutil.exe");
    let words = [&[tool.as_str(), "qe", channel], how, &[count.as_str(), "/f:xml", "/uni:true"]].concat();
    let Some((code, bytes)) = commands::bytes(&words, MOST)? else { return Err(Unreadable::NotHeld) };
    // Where there is more than is read, the tool meets a closed pipe.
    let is_cut = bytes.len() as u64 == MOST;
    match code {
        0 => {}
        _ if is_cut => {}
        ACCESS_DENIED => return Err(Unreadable::Denied),
        CHANNEL_NOT_FOUND => return Ok(None),
        code => return Err(Unreadable::Failed(format!("wevtutil ended with {code}"))),
    }
    Ok(Some(Part { events: event_xml::events(utf16::text(&bytes).trim_start_matches('\u{feff}')), is_cut }))
}
