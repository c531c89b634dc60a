//! Which events of a channel Windows is asked for: those that checks and `explain` know, by number; and what the answers cover.
//!
//! wevtutil goes as far back as the log does, 500 events a query. Only a log that takes longer than a command may is asked
//! for its last seven days.

use time::OffsetDateTime;

use super::{Event, MOST_EVENTS};
use crate::codes::EVENT;

/// Windows refuses a query with more than about two dozen conditions.
const MOST_NUMBERS: usize = 18;
/// The log of logons.
pub(in crate::local) const SECURITY: &str = "Security";
/// A user who may log on and may not by Remote Desktop.
pub(in crate::local) const DENIED: u32 = 4825;
/// What domain controllers log of accounts, refused or not.
pub const OF_ACCOUNTS: &[u32] = &[4768, 4769, 4771, 4776];
/// Of the logons, which are many, only those over the network are looked for, and of what domain controllers log of accounts
/// only what was refused.
const NARROWED: &[(&[u32], &str)] = &[
    (&[4624, 4625], " and EventData[Data[@Name='LogonType']='3' or Data[@Name='LogonType']='10']"),
    (OF_ACCOUNTS, " and EventData[Data[@Name='Status']!='0x0']"),
];

/// The queries for a channel in XPath, of which each event fits one; `days` back, or as far as the log goes.
pub fn queries(channel: &str, days: Option<i64>) -> Vec<String> {
    let own = EVENT.rows().filter(|row| row.channel.eq_ignore_ascii_case(channel));
    let mut numbers: Vec<u32> = own.filter_map(|row| row.code).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let since = days.map(|days| days * 24 * 60 * 60 * 1000);
    let since = since.map(|ms| format!(" and TimeCreated[timediff(@SystemTime)<={ms}]")).unwrap_or_default();
    let query = |numbers: &[u32], narrowed: &str| {
        let any: Vec<_> = numbers.iter().map(|number| format!("EventID={number}")).collect();
        format!("*[System[({}){since}]{narrowed}]", any.join(" or "))
    };
    let mut asked = Vec::new();
    for (own, narrowed) in NARROWED.iter().filter(|_| channel.eq_ignore_ascii_case(SECURITY)) {
        asked.push(query(own, narrowed));
        numbers.retain(|number| !own.contains(number));
    }
    asked.extend(numbers.chunks(MOST_NUMBERS).map(|numbers| query(numbers, "")));
    asked
}

/// What one query was answered with, the newest first.
pub struct Part {
    /// The events.
    pub events: Vec<Event>,
    /// Whether there was more than was read.
    pub is_cut: bool,
}

/// The events of all queries, the newest first, and since when they are whole; none where nothing is missing.
pub fn whole(parts: Vec<Part>) -> (Vec<Event>, Option<OffsetDateTime>) {
    let is_cut = |part: &&Part| part.is_cut || part.events.len() >= MOST_EVENTS;
    let last = |part: &Part| part.events.last().map(|event| event.at.0);
    let since = parts.iter().filter(is_cut).filter_map(last).max();
    let mut events: Vec<Event> = parts.into_iter().flat_map(|part| part.events).collect();
    events.retain(|event| since.is_none_or(|since| event.at.0 >= since));
    events.sort_by_key(|event| std::cmp::Reverse(event.at.0));
    (events, since)
}
