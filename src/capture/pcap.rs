//! The pcap format (draft-ietf-opsawg-pcap), with microseconds or nanoseconds, in both byte orders, and its modified form, whose
//! packets have eight bytes more. pcap-parser reads these headers too, but not the modified form in the other byte order.

use super::{
    item::{Error, Item, Packet},
    source::Source,
};
use crate::flow::At;

/// What the file header says.
#[derive(Clone, Copy)]
pub(super) struct Pcap {
    big_endian: bool,
    /// Nanoseconds of the unit in which a packet counts parts of a second.
    unit: At,
    /// The length of a packet's header.
    header: usize,
    link: u32,
}

impl Pcap {
    /// Reads the header of a file that begins with one.
    pub(super) fn open(source: &mut Source<'_>) -> Result<Option<Self>, Error> {
        let magic = source.peek(4)?;
        let (unit, header, big_endian) = match magic {
            [0xa1, 0xb2, 0xc3, 0xd4] => (1000, 16, true),
            [0xd4, 0xc3, 0xb2, 0xa1] => (1000, 16, false),
            [0xa1, 0xb2, 0x3c, 0x4d] => (1, 16, true),
            [0x4d, 0x3c, 0xb2, 0xa1] => (1, 16, false),
            [0xa1, 0xb2, 0xcd, 0x34] => (1000, 24, true),
            [0x34, 0xcd, 0xb2, 0xa1] => (1000, 24, false),
            _ => return Ok(None),
        };
        let link = number(source.take(24)?, 20, big_endian);
        // The upper six bits say how long a frame check sequence is.
        Ok(Some(Self { big_endian, unit, header, link: link & 0x03ff_ffff }))
    }

    /// The next packet; none at the end.
    pub(super) fn next<'s>(self, source: &'s mut Source<'_>, count: u64) -> Result<Option<Item<'s>>, Error> {
        if source.peek(1)?.is_empty() {
            return Ok(None);
        }
        let header = source.take(self.header)?;
        let field = |offset| number(header, offset, self.big_endian);
        let (seconds, part, captured, length) = (field(0), field(4), field(8), field(12));
        let bytes = source.take(captured as usize)?;
        Ok(Some(Item::Packet(Packet {
            number: count + 1,
            at: At::from(seconds) * 1_000_000_000 + At::from(part) * self.unit,
            link: self.link,
            bytes,
            length: (length as usize).max(bytes.len()),
            note: None,
        })))
    }
}

/// The number at an offset that the header has.
fn number(header: &[u8], offset: usize, big_endian: bool) -> u32 {
    let bytes = header[offset..].first_chunk().copied().unwrap_or_default();
    if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}
