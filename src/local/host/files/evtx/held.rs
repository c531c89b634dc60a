//! What a log holds of one channel: its events that are looked for, within bounds, and from when to when it goes.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::super::keys::same;
use crate::local::host::{Event, MOST_EVENTS, Span};

/// More of all events of a file is not kept, in bytes; what is left out is counted.
const MOST_TEXT: usize = 8 << 20;
/// More channels of one file are not told apart.
const MOST_CHANNELS: usize = 500;

/// The channels of a file.
#[derive(Default)]
pub(super) struct Channels {
    held: Vec<(String, Held)>,
    kept: usize,
}

#[derive(Default)]
struct Held {
    events: Vec<Event>,
    counts: BTreeMap<u32, usize>,
    left_out: BTreeMap<u32, usize>,
    span: Option<(OffsetDateTime, OffsetDateTime)>,
}

impl Channels {
    /// An event of any kind was written at this time.
    pub(super) fn seen(&mut self, channel: &str, at: OffsetDateTime) {
        let Some(held) = self.entry(channel) else { return };
        let (since, until) = held.span.unwrap_or((at, at));
        held.span = Some((since.min(at), until.max(at)));
    }

    /// Keeps an event that is looked for, or counts it where there are enough of its kind; `read` reads it, and is called
    /// for what is kept only. The newest has to come first.
    pub(super) fn add(&mut self, channel: &str, id: u32, read: impl FnOnce() -> Option<Event>) -> bool {
        let is_full = self.kept >= MOST_TEXT;
        let Some(held) = self.entry(channel) else { return true };
        let count = held.counts.entry(id).or_default();
        if is_full || *count >= MOST_EVENTS {
            *held.left_out.entry(id).or_default() += 1;
            return true;
        }
        let Some(event) = read() else { return false };
        *count += 1;
        let size = event.data.iter().map(|(name, value)| name.len() + value.len() + 48).sum::<usize>() + 128;
        held.events.push(event);
        self.kept += size;
        true
    }

    /// The events of a channel; none where there are none of any kind.
    pub(super) fn events(&self, channel: &str) -> Option<Vec<Event>> {
        self.held.iter().find(|(name, _)| same(name, channel)).map(|(_, held)| held.events.clone())
    }

    /// From when to when they go.
    pub(super) fn span(&self, channel: &str) -> Option<Span> {
        let (_, held) = self.held.iter().find(|(name, _)| same(name, channel))?;
        let (since, until) = held.span?;
        Some(Span { since: since.into(), until: until.into(), left_out: held.left_out.clone() })
    }

    fn entry(&mut self, channel: &str) -> Option<&mut Held> {
        let known = self.held.iter().position(|(name, _)| name == channel);
        let index = known.unwrap_or_else(|| {
            if self.held.len() < MOST_CHANNELS {
                self.held.push((channel.to_owned(), Held::default()));
            }
            self.held.len() - 1
        });
        self.held.get_mut(index).filter(|(name, _)| name == channel).map(|(_, held)| held)
    }
}
