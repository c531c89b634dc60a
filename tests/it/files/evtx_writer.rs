//! Writes event logs for tests: chunks of records, each with a template of its own in binary XML.

use time::OffsetDateTime;

use super::hive_writer::utf16;

const CHUNK: usize = 65_536;

/// An event to write.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Its channel.
    pub channel: &'static str,
    /// Who wrote it.
    pub provider: &'static str,
    /// Its number.
    pub id: u32,
    /// When.
    pub at: OffsetDateTime,
    /// Its values by name, which may be empty; one that is called `Param1` and so on stands in `UserData`, `Binary` is one.
    pub data: Vec<(&'static str, String)>,
}

/// The file.
pub(super) fn log(samples: impl Iterator<Item = Sample>) -> Vec<u8> {
    let mut chunks: Vec<Chunk> = vec![Chunk::new(1)];
    for (sample, id) in samples.zip(1..) {
        let last = chunks.last_mut().expect("there is one");
        if !last.add(&sample, id) {
            let mut next = Chunk::new(id);
            assert!(next.add(&sample, id), "an event fits in a chunk");
            chunks.push(next);
        }
    }
    let mut head = vec![0; 4096];
    head[..8].copy_from_slice(b"ElfFile\0");
    let next = chunks.last().map_or(1, |chunk| chunk.next);
    for (at, number) in [(16, chunks.len() as u64 - 1), (24, next)] {
        head[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }
    for (at, number) in [(32, 128_u16), (36, 1), (38, 3), (40, 4096), (42, chunks.len() as u16)] {
        head[at..at + 2].copy_from_slice(&number.to_le_bytes());
    }
    let sum = crc32(&head[..120]);
    head[124..128].copy_from_slice(&sum.to_le_bytes());
    let chunks = chunks.into_iter().map(Chunk::finish);
    [head].into_iter().chain(chunks).flatten().collect()
}

struct Chunk {
    bytes: Vec<u8>,
    first: u64,
    next: u64,
    last_at: usize,
}

impl Chunk {
    fn new(first: u64) -> Self {
        Self { bytes: vec![0; 512], first, next: first, last_at: 512 }
    }

    /// Whether the event fitted.
    fn add(&mut self, sample: &Sample, id: u64) -> bool {
        let begin = self.bytes.len();
        let ticks = (sample.at.unix_timestamp() + 11_644_473_600) as u64 * 10_000_000;
        self.bytes.extend(b"\x2a\x2a\0\0\0\0\0\0");
        self.bytes.extend(id.to_le_bytes());
        self.bytes.extend(ticks.to_le_bytes());
        self.template(sample, id as u32);
        let size = (self.bytes.len() - begin + 4) as u32;
        self.bytes.extend(size.to_le_bytes());
        self.bytes[begin + 4..begin + 8].copy_from_slice(&size.to_le_bytes());
        let fits = self.bytes.len() <= CHUNK;
        match fits {
            true => (self.last_at, self.next) = (begin, id + 1),
            false => self.bytes.truncate(begin),
        }
        fits
    }

    fn template(&mut self, sample: &Sample, id: u32) {
        self.bytes.extend([0x0f, 1, 1, 0, 0x0c, 1]);
        self.bytes.extend(id.to_le_bytes());
        let definition = self.bytes.len() as u32 + 4;
        self.bytes.extend(definition.to_le_bytes());
        self.bytes.extend([0; 4]);
        self.bytes.extend([&id.to_le_bytes()[..], &[0; 12]].concat());
        let size = self.bytes.len();
        self.bytes.extend([0; 4]);
        self.bytes.extend([0x0f, 1, 1, 0]);
        self.event(sample);
        self.bytes.push(0);
        let length = (self.bytes.len() - size - 4) as u32;
        self.bytes[size..size + 4].copy_from_slice(&length.to_le_bytes());
        self.bytes.extend(0_u32.to_le_bytes());
    }

    fn event(&mut self, sample: &Sample) {
        let time = sample.at.format(&time::format_description::well_known::Rfc3339).expect("a time");
        let number = sample.id.to_string();
        self.element("Event", &[], |chunk| {
            chunk.element("System", &[], |chunk| {
                chunk.element("Provider", &[("Name", sample.provider)], |_| {});
                chunk.element("EventID", &[("Qualifiers", "0")], |chunk| chunk.text(&number));
                chunk.element("Level", &[], |chunk| chunk.text("4"));
                chunk.element("TimeCreated", &[("SystemTime", &time)], |_| {});
                chunk.element("Channel", &[], |chunk| chunk.text(sample.channel));
            });
            let (own, event): (Vec<_>, Vec<_>) =
                sample.data.iter().partition(|(name, _)| name.starts_with("Param"));
            if !own.is_empty() {
                chunk.element("UserData", &[], |chunk| {
                    chunk.element("EventXML", &[], |chunk| {
                        own.iter().for_each(|(name, value)| {
                            chunk.element(name, &[], |chunk| chunk.text(value));
                        });
                    });
                });
            }
            chunk.element("EventData", &[], |chunk| {
                for (name, value) in event {
                    if *name == "Binary" {
                        chunk.element(name, &[], |chunk| chunk.text(value));
                        continue;
                    }
                    let name: &[_] = if name.is_empty() { &[] } else { &[("Name", *name)] };
                    chunk.element("Data", name, |chunk| chunk.text(value));
                }
            });
        });
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        self.bytes.push(if attributes.is_empty() { 0x01 } else { 0x41 });
        self.bytes.extend([0xff, 0xff]);
        let size = self.bytes.len();
        self.bytes.extend([0; 4]);
        self.name(name);
        if !attributes.is_empty() {
            let list = self.bytes.len();
            self.bytes.extend([0; 4]);
            for (index, (name, value)) in attributes.iter().enumerate() {
                self.bytes.push(if index + 1 < attributes.len() { 0x46 } else { 0x06 });
                self.name(name);
                self.text(value);
            }
            self.patch(list);
        }
        self.bytes.push(0x02);
        content(self);
        self.bytes.push(0x04);
        self.patch(size);
    }

    /// A name stands where it is used.
    fn name(&mut self, name: &str) {
        let at = self.bytes.len() as u32 + 4;
        self.bytes.extend(at.to_le_bytes());
        self.bytes.extend([0; 6]);
        self.bytes.extend((name.encode_utf16().count() as u16).to_le_bytes());
        self.bytes.extend(utf16(name));
        self.bytes.extend([0; 2]);
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend([0x05, 0x01]);
        self.bytes.extend((text.encode_utf16().count() as u16).to_le_bytes());
        self.bytes.extend(utf16(text));
    }

    fn patch(&mut self, at: usize) {
        let length = (self.bytes.len() - at - 4) as u32;
        self.bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
    }

    fn finish(self) -> Vec<u8> {
        let Self { mut bytes, first, next, last_at } = self;
        let free = bytes.len();
        let last = if next == first { u64::MAX } else { next - 1 };
        let first = if next == first { u64::MAX } else { first };
        bytes.resize(CHUNK, 0);
        bytes[..8].copy_from_slice(b"ElfChnk\0");
        for (at, number) in [(8, first), (16, last), (24, first), (32, last)] {
            bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        let records = crc32(&bytes[512..free]);
        for (at, number) in [(40, 128), (44, last_at as u32), (48, free as u32), (52, records)] {
            bytes[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
        }
        let sum = crc32(&[&bytes[..120], &bytes[128..512]].concat());
        bytes[124..128].copy_from_slice(&sum.to_le_bytes());
        bytes
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}
