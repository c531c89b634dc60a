//! Captures as one, in the order of time, whatever the order in which they are named: what one holds again is a copy. Of two
//! places whose clocks are apart, the times are those of the first that was named.

use std::path::PathBuf;

use super::{
    clocks,
    named::{Named, name, open},
};
use crate::{
    capture::{self, Capture, Item, Note, Packet, Sink, Taken},
    cli::arguments::read::ReadArguments,
    flow::At,
};

/// Reads the files; a sentence for each that could not be read to its end.
pub(super) fn read(paths: &[PathBuf], capture: &mut Capture, out: Sink<'_>) -> Vec<String> {
    let mut told = Vec::new();
    match paths {
        [path] => {
            let result = open(path).and_then(|from| capture.read(from, out).map_err(shown));
            told.extend(result.err().map(|why| format!("{}: {why}", name(path))));
        }
        many => merged(many, capture, out, &mut told),
    }
    told
}

/// A file and its next packet.
struct Opened<'p> {
    named: Named<'p>,
    file: capture::File<'static>,
    next: Held,
}

/// A packet that others may precede.
#[derive(Default)]
struct Held {
    number: u64,
    at: At,
    link: u32,
    bytes: Vec<u8>,
    length: usize,
    note: Option<String>,
}

fn merged(paths: &[PathBuf], capture: &mut Capture, out: Sink<'_>, told: &mut Vec<String>) {
    let (mut waiting, mut opened, mut taken) = (Vec::new(), Vec::new(), Taken::default());
    for named in clocks::compared(paths, told) {
        let Some(first) = begin(named, capture, out, told) else { continue };
        match ReadArguments::is_read_once(named.path) {
            true => opened.push(first),
            // Many files follow each other, and are opened when their time has come.
            false => waiting.push((first.next.at, named)),
        }
    }
    waiting.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    loop {
        let now = opened.iter().map(|one| one.next.at).min().or(waiting.last().map(|(at, _)| *at));
        let Some(now) = now else { return };
        while let Some((_, named)) = waiting.pop_if(|(at, _)| *at <= now) {
            opened.extend(begin(named, capture, out, &mut Vec::new()));
        }
        let Some(place) = opened.iter().position(|one| one.next.at == now) else { continue };
        let (packet, named) = (opened[place].next.packet(), opened[place].named);
        if !(named.copies && taken.has(named.number, &packet)) {
            capture.take(&Item::Packet(packet), out);
        }
        if !advance(&mut opened[place], capture, out, told) {
            opened.swap_remove(place);
        }
    }
}

/// A file with its first packet; none if it has none.
fn begin<'p>(
    named: Named<'p>,
    capture: &mut Capture,
    out: Sink<'_>,
    told: &mut Vec<String>,
) -> Option<Opened<'p>> {
    let path = named.path;
    match open(path).and_then(|from| capture::File::open(from).map_err(shown)) {
        Ok(file) => {
            let mut opened = Opened { named, file, next: Held::default() };
            advance(&mut opened, capture, out, told).then_some(opened)
        }
        Err(why) => {
            told.push(format!("{}: {why}", name(path)));
            None
        }
    }
}

/// Goes on to the next packet of a file; secrets are learned on the way. Whether there is one.
fn advance(one: &mut Opened<'_>, capture: &mut Capture, out: Sink<'_>, told: &mut Vec<String>) -> bool {
    loop {
        match one.file.next_item() {
            Ok(Some(Item::Packet(packet))) => {
                one.next.hold(&packet);
                one.next.at = one.next.at.saturating_sub(one.named.ahead);
                return true;
            }
            Ok(Some(secrets)) => capture.take(&secrets, out),
            Ok(None) => return false,
            Err(error) => {
                told.push(format!("{}: {error}", name(one.named.path)));
                return false;
            }
        }
    }
}

impl Held {
    fn hold(&mut self, packet: &Packet<'_>) {
        self.bytes.clear();
        self.bytes.extend_from_slice(packet.bytes);
        (self.number, self.at, self.link, self.length) =
            (packet.number, packet.at, packet.link, packet.length);
        self.note = packet.note.map(|note| note.to_string());
    }

    fn packet(&self) -> Packet<'_> {
        let Self { number, at, link, ref bytes, length, ref note } = *self;
        Packet { number, at, link, bytes, length, note: note.as_deref().and_then(Note::read) }
    }
}

fn shown(error: capture::Error) -> String {
    error.to_string()
}
