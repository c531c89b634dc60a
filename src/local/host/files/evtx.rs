//! An exported event log (`.evtx`) as a file: its newest events, chunk by chunk from the end, whatever its size.

use std::{
    collections::BTreeSet,
    io::{self, Read, Seek, SeekFrom},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ::evtx::{EvtxChunkData, EvtxFileHeader, HeaderFlags, ParserSettings};
use time::{Duration, OffsetDateTime};

use super::{super::event_xml, Answer, EVENT_DAYS, Event, MOST_EVENTS, Unreadable, same};

const HEAD: u64 = 4096;
const CHUNK: u64 = 65_536;
/// More chunks are not looked at: 4 GiB, the largest log.
const MOST_CHUNKS: u64 = 65_536;
/// More chunks are not read for one channel of a file that holds several.
const MOST_READ: usize = 1024;

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
    /// Every channel, once all chunks were read.
    all: Option<BTreeSet<String>>,
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
            for (channel, event) in state.events(*place) {
                newest = newest.max(Some(event.at.into()));
                channels.insert(channel);
            }
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

    /// The newest events of a channel, newest first.
    pub fn events(&self, channel: &str) -> Answer<Vec<Event>> {
        let held = self.channels.iter().any(|known| same(known, channel));
        if !held && self.channels.len() < 2 {
            let unread = self.channels.is_empty() && !self.chunks.is_empty();
            return match unread {
                true => Err(Unreadable::Failed("no event of an exported log could be read".to_owned())),
                false => Err(Unreadable::NotHeld),
            };
        }
        let mut state = self.state();
        if state.all.as_ref().is_some_and(|all| !all.iter().any(|known| same(known, channel))) {
            return Err(Unreadable::NotHeld);
        }
        let found = state.search(&self.chunks, channel, self.channels.len() > 1);
        if found.is_empty() && !held { Err(Unreadable::NotHeld) } else { Ok(Some(found)) }
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

    /// The newest events of a channel out of these chunks.
    fn search(&mut self, chunks: &[Place], channel: &str, is_mixed: bool) -> Vec<Event> {
        let most = if is_mixed { MOST_READ } else { chunks.len() };
        let (mut found, mut all): (Vec<Event>, _) = (Vec::new(), BTreeSet::new());
        let mut is_over = false;
        for place in chunks.iter().take(most) {
            let mut events = self.events(*place);
            events.reverse();
            let since = found.first().map(since);
            let newest = events.first().map(|(_, newest)| OffsetDateTime::from(newest.at));
            is_over = since.is_some_and(|since| newest.is_some_and(|newest| newest < since));
            all.extend(events.iter().map(|(own, _)| own.clone()));
            found.extend(events.into_iter().filter(|(own, _)| same(own, channel)).map(|(_, event)| event));
            is_over |= found.len() >= MOST_EVENTS;
            if is_over {
                break;
            }
        }
        if !is_over {
            self.all = Some(all);
            if chunks.len() > most {
                self.notes.insert(format!("only its newest {} MiB were read", MOST_READ / 16));
            }
        }
        newest(&mut found);
        found
    }

    /// The events of a chunk with their channels, oldest first.
    fn events(&mut self, place: Place) -> Vec<(String, Event)> {
        let found = self.chunk(place.at).unwrap_or_else(|| vec![None]);
        if found.iter().any(Option::is_none) {
            self.unreadable.insert(place.at);
        }
        found.into_iter().flatten().collect()
    }

    /// The records of a chunk, none in place of one that is damaged.
    fn chunk(&mut self, at: u64) -> Option<Vec<Option<(String, Event)>>> {
        let mut bytes = vec![0; usize::try_from(CHUNK).ok()?];
        self.file.seek(SeekFrom::Start(at)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        let mut chunk = EvtxChunkData::new(bytes, false).ok()?;
        if !self.is_dirty && !chunk.validate_checksum() {
            self.notes.insert("a checksum in it is wrong".to_owned());
        }
        let mut parsed = chunk.parse(Arc::new(ParserSettings::default().indent(false))).ok()?;
        let read = |xml: String| event_xml::event(&xml);
        let records = parsed.iter().take(MOST_RECORDS);
        Some(records.map(|record| record.ok()?.into_xml().ok().map(|xml| xml.data).and_then(read)).collect())
    }
}

/// More records do not fit in a chunk.
const MOST_RECORDS: usize = 2048;

/// Puts events in order, newest first, and keeps those that are read of a log.
pub fn newest(events: &mut Vec<Event>) {
    events.sort_by_key(|event| std::cmp::Reverse(OffsetDateTime::from(event.at)));
    if let Some(since) = events.first().map(since) {
        events.retain(|event| OffsetDateTime::from(event.at) >= since);
    }
    events.truncate(MOST_EVENTS);
}

/// The time before which nothing is read of a log with this newest event.
fn since(newest: &Event) -> OffsetDateTime {
    let newest = OffsetDateTime::from(newest.at);
    newest.checked_sub(Duration::days(EVENT_DAYS)).unwrap_or(newest)
}

/// The channel whose log has this name: a slash is written `%4` in it.
fn channel_of(name: &str) -> String {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace("%4", "/")
}
