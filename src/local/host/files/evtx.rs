//! An exported event log (`.evtx`) as a file, read whole, chunk by chunk from the newest: what is looked for is kept.
//!
//! Each event becomes XML, whose first elements tell whether the table of events knows its log, provider and number.
//! Only those are read further, the newest 500 of each number; the others are counted. So 100 MB take about a second
//! and 20 MB of memory, and what nobody looks for hides nothing. `Host::span` says which time a log covers, which
//! every `ok` repeats.

mod head;
mod held;

use std::{
    collections::BTreeSet,
    io::{self, Read, Seek, SeekFrom},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ::evtx::{EvtxChunkData, EvtxFileHeader, EvtxRecord, HeaderFlags, ParserSettings};
use time::OffsetDateTime;

use super::keys::same;
use crate::local::host::{Answer, Event, Span, Unreadable, event_xml};
use head::Head;
use held::Channels;

const HEAD: u64 = 4096;
const CHUNK: u64 = 65_536;
/// More chunks are not looked at: 4 GiB, the largest log.
const MOST_CHUNKS: u64 = 65_536;
/// More chunks are not read, the newest: 1 GiB, which takes seconds.
const MOST_READ: usize = 16_384;
/// More records do not fit in a chunk.
const MOST_RECORDS: usize = 2048;

/// A log, and where its chunks are.
pub struct Log<R> {
    state: Mutex<State<R>>,
    /// Newest first.
    chunks: Vec<Place>,
    channels: BTreeSet<String>,
    newest: Option<OffsetDateTime>,
}

struct State<R> {
    file: R,
    is_dirty: bool,
    /// Where chunks are damaged.
    unreadable: BTreeSet<u64>,
    notes: BTreeSet<String>,
    /// What all chunks hold, once they were read.
    all: Option<Channels>,
}

#[derive(Clone, Copy)]
struct Place {
    at: u64,
    last: u64,
}

impl<R: Read + Seek> Log<R> {
    /// Reads which chunks there are and which channels they are about; `name` is the file's name, which tells the
    /// channel of an empty log.
    ///
    /// # Errors
    /// It is no event log, or cannot be read; why.
    pub fn open(mut file: R, name: &str) -> Result<Self, String> {
        let failed = |error: io::Error| error.to_string();
        let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.rewind().map_err(failed)?;
        let mut head = Vec::new();
        (&mut file).take(HEAD).read_to_end(&mut head).map_err(failed)?;
        if !head.starts_with(b"ElfFile\0") {
            return Err("it is no event log".to_owned());
        }
        let head = EvtxFileHeader::from_bytes(&head).ok();
        let is_dirty = head.as_ref().is_none_or(|head| head.flags.contains(HeaderFlags::DIRTY));
        let told = head.map_or(0, |head| head.chunk_count);
        let mut notes = BTreeSet::new();
        if is_dirty {
            notes.insert("it was copied while it was in use, so its newest events may be missing".to_owned());
        }
        let body = length.saturating_sub(HEAD);
        if body % CHUNK != 0 || u64::from(told) * CHUNK > body || length < HEAD {
            notes.insert("it is cut off, so events may be missing".to_owned());
        }
        if body / CHUNK > MOST_CHUNKS {
            notes.insert("it is larger than what is read of it".to_owned());
        }
        let mut state = State { file, is_dirty, unreadable: BTreeSet::new(), notes, all: None };
        let chunks = state.chunks((body / CHUNK).min(MOST_CHUNKS), told.into()).map_err(failed)?;
        let (mut channels, mut newest) = (BTreeSet::new(), None);
        // The newest and the oldest chunk tell whether the file is about one channel.
        for place in chunks.first().into_iter().chain(chunks.last()) {
            state.records(*place, |xml, at| {
                let Some(head) = Head::of(xml) else { return false };
                newest = newest.max(head.at.or(at));
                if !channels.contains(head.channel) {
                    channels.insert(head.channel.to_owned());
                }
                true
            });
        }
        if channels.is_empty() && state.unreadable.is_empty() {
            channels.insert(channel_of(name));
        }
        Ok(Self { state: Mutex::new(state), chunks, channels, newest })
    }

    /// What it is about, as far as the newest and the oldest events tell.
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(String::as_str)
    }

    /// When its newest event was written.
    pub fn newest(&self) -> Option<OffsetDateTime> {
        self.newest
    }

    /// What is damaged.
    pub fn notes(&self) -> Vec<String> {
        let state = self.state();
        let count = state.unreadable.len();
        let unreadable = (count > 0).then(|| format!("events in {count} of its parts are damaged"));
        state.notes.iter().cloned().chain(unreadable).collect()
    }

    /// The events of a channel that are looked for, newest first.
    pub fn events(&self, channel: &str) -> Answer<Vec<Event>> {
        let held = self.holds(channel);
        if !held && self.channels.len() < 2 {
            let unread = self.channels.is_empty() && !self.chunks.is_empty();
            return match unread {
                true => Err(Unreadable::Failed("no event of an exported log could be read".to_owned())),
                false => Err(Unreadable::NotHeld),
            };
        }
        match self.state().all(&self.chunks).events(channel) {
            None if !held => Err(Unreadable::NotHeld),
            found => {
                let mut found = found.unwrap_or_default();
                Event::sort_newest_first(&mut found);
                Ok(Some(found))
            }
        }
    }

    /// From when to when the events of a channel go.
    pub fn span(&self, channel: &str) -> Option<Span> {
        let is_asked = self.holds(channel) || self.channels.len() > 1;
        is_asked.then(|| self.state().all(&self.chunks).span(channel)).flatten()
    }

    fn holds(&self, channel: &str) -> bool {
        self.channels.iter().any(|known| same(known, channel))
    }

    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Read + Seek> State<R> {
    /// The chunks that hold events, newest first; the head of the file tells of `told` chunks.
    fn chunks(&mut self, count: u64, told: u64) -> io::Result<Vec<Place>> {
        let mut places = Vec::new();
        for at in (0..count).map(|index| HEAD + index * CHUNK) {
            let mut head = [0; 56];
            self.file.seek(SeekFrom::Start(at))?;
            self.file.read_exact(&mut head)?;
            let number =
                |from: usize| head[from..from + 8].try_into().map(u64::from_le_bytes).unwrap_or(u64::MAX);
            match (head.starts_with(b"ElfChnk\0"), number(32)) {
                // A log that was made large at once has anything behind its events.
                (false, _) if head == [0; 56] || at >= HEAD + told * CHUNK => {}
                (false, _) => {
                    self.unreadable.insert(at);
                }
                (true, u64::MAX) => {}
                (true, last) => places.push(Place { at, last }),
            }
        }
        places.sort_by_key(|place| std::cmp::Reverse((place.last, place.at)));
        Ok(places)
    }

    /// What the chunks hold, read once.
    fn all(&mut self, chunks: &[Place]) -> &Channels {
        if self.all.is_none() {
            let all = self.read(chunks);
            self.all = Some(all);
        }
        self.all.get_or_insert_default()
    }

    fn read(&mut self, chunks: &[Place]) -> Channels {
        let mut all = Channels::default();
        if chunks.len() > MOST_READ {
            self.notes.insert(format!("only its newest {} MiB were read", MOST_READ / 16));
        }
        for place in chunks.iter().take(MOST_READ) {
            let mut looked_for = Vec::new();
            self.records(*place, |xml, at| {
                let Some(head) = Head::of(xml) else { return false };
                if let Some(at) = head.at.or(at) {
                    all.seen(head.channel, at);
                }
                if head.is_looked_for(xml) {
                    looked_for.push(xml.to_owned());
                }
                true
            });
            // A chunk begins with its oldest event.
            for xml in looked_for.iter().rev() {
                let is_read = Head::of(xml).is_some_and(|head| {
                    all.add(head.channel, head.id, || event_xml::event(xml).map(|(_, event)| event))
                });
                if !is_read {
                    self.unreadable.insert(place.at);
                }
            }
        }
        all
    }

    /// Hands over the events of a chunk as XML, each with its record's time, the oldest first; `read` tells whether it could read one.
    fn records(&mut self, place: Place, read: impl FnMut(&str, Option<OffsetDateTime>) -> bool) {
        if !self.chunk(place.at, read).unwrap_or(false) {
            self.unreadable.insert(place.at);
        }
    }

    /// Whether every event of the chunk could be read; none where there is no chunk.
    fn chunk(&mut self, at: u64, mut read: impl FnMut(&str, Option<OffsetDateTime>) -> bool) -> Option<bool> {
        let mut bytes = vec![0; usize::try_from(CHUNK).ok()?];
        self.file.seek(SeekFrom::Start(at)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        let mut chunk = EvtxChunkData::new(bytes, false).ok()?;
        if !self.is_dirty && !chunk.validate_checksum() {
            self.notes.insert("a checksum in it is wrong".to_owned());
        }
        let mut parsed = chunk.parse(Arc::new(ParserSettings::default().indent(false))).ok()?;
        let mut is_whole = true;
        for record in parsed.iter().take(MOST_RECORDS) {
            let read = record.ok().and_then(|record| {
                let at = time(&record);
                record.into_xml().ok().map(|xml| read(&xml.data, at))
            });
            is_whole &= read.unwrap_or(false);
        }
        Some(is_whole)
    }
}

/// When a record was written; none where that cannot be.
fn time(record: &EvtxRecord<'_>) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(record.timestamp.as_nanosecond()).ok()?;
    (at > OffsetDateTime::UNIX_EPOCH).then_some(at)
}

/// The channel whose log has this name: a slash is written `%4` in it.
fn channel_of(name: &str) -> String {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace("%4", "/")
}
