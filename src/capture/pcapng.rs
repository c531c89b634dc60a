//! The pcapng format (draft-ietf-opsawg-pcapng): sections in either byte order, each with interfaces of its own, packets and the
//! secrets of TLS. Blocks of other kinds are passed over, whatever their length.

use std::borrow::Cow;

use pcap_parser::{
    Block, InterfaceDescriptionBlock, OptionCode, PcapNGOption, SecretsType, nom, parse_block_be,
    parse_block_le, parse_sectionheaderblock, traits::PcapNGPacketBlock,
};

use super::{
    item::{Error, Item, Note, Packet},
    source::Source,
};
use crate::flow::At;

pub(super) const SECTION: u32 = 0x0a0d_0d0a;
pub(super) const INTERFACE: u32 = 1;
/// The Packet Block, which the Enhanced Packet Block replaced.
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
pub(super) const ENHANCED_PACKET: u32 = 6;
pub(super) const SECRETS: u32 = 10;

/// More interfaces than any machine has.
const MOST_INTERFACES: usize = 65_536;

/// The section that is being read.
#[derive(Default)]
pub(super) struct Pcapng {
    big_endian: bool,
    interfaces: Vec<Interface>,
}

#[derive(Clone, Copy)]
struct Interface {
    link: u32,
    /// The longest part of a packet that is captured; 0 for no bound.
    snaplen: usize,
    /// `if_tsresol`.
    resolution: u8,
    /// `if_tsoffset`, in seconds.
    offset: i64,
}

impl Pcapng {
    /// Whether the file begins with a section.
    pub(super) fn opens(source: &mut Source<'_>) -> Result<bool, Error> {
        let head = source.peek(12)?;
        Ok(head.starts_with(&SECTION.to_le_bytes())
            && matches!(head.get(8..12), Some([0x1a, 0x2b, 0x3c, 0x4d] | [0x4d, 0x3c, 0x2b, 0x1a])))
    }

    /// The next packet or secrets; none at the end.
    pub(super) fn next<'s>(
        &mut self,
        source: &'s mut Source<'_>,
        count: u64,
    ) -> Result<Option<Item<'s>>, Error> {
        let (kind, length) = loop {
            let Some((kind, length, inside)) = self.head(source)? else { return Ok(None) };
            match kind {
                SECTION => self.section(source.take(length)?)?,
                INTERFACE => self.interface(source.take(length)?)?,
                OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET => break (kind, length),
                SECRETS if inside == SecretsType::TlsKeyLog.0 => break (kind, length),
                _ => source.skip(length)?,
            }
        };
        let block = source.take(length)?;
        if kind == OBSOLETE_PACKET {
            return self.obsolete(block, count).map(Some);
        }
        match self.parse(block)? {
            Block::DecryptionSecrets(secrets) => {
                let length = secrets.data.len().min(secrets.secrets_len as usize);
                Ok(Some(Item::Secrets(&secrets.data[..length])))
            }
            Block::EnhancedPacket(packet) => {
                let interface = self.described(packet.if_id)?;
                let at = interface.at(packet.ts_high, packet.ts_low);
                let captured = packet.data.get(..packet.caplen as usize).unwrap_or(packet.data);
                let note = packet.options.iter().find_map(note);
                Ok(Some(Item::Packet(Packet {
                    note,
                    ..interface.packet(captured, packet.orig_len(), at, count)
                })))
            }
            Block::SimplePacket(packet) => {
                let interface = self.described(0)?;
                let bound = if interface.snaplen == 0 { usize::MAX } else { interface.snaplen };
                let captured = bound.min(packet.origlen as usize).min(packet.data.len());
                Ok(Some(Item::Packet(interface.packet(&packet.data[..captured], packet.origlen, 0, count))))
            }
            _ => Err(DAMAGED),
        }
    }

    /// Kind and length of the next block, and the first number in it; none at the end.
    fn head(&self, source: &mut Source<'_>) -> Result<Option<(u32, usize, u32)>, Error> {
        let head = source.peek(12)?;
        if head.is_empty() {
            return Ok(None);
        }
        let [kind, length, inside] = head.as_chunks::<4>().0 else { return Err(Error::Cut) };
        // The section header says which byte order it has.
        let section = *kind == SECTION.to_le_bytes();
        let big_endian = if section { *inside == [0x1a, 0x2b, 0x3c, 0x4d] } else { self.big_endian };
        let number = |bytes: &[u8; 4]| match big_endian {
            true => u32::from_be_bytes(*bytes),
            false => u32::from_le_bytes(*bytes),
        };
        let length = number(length) as usize;
        if length < 12 || !length.is_multiple_of(4) {
            return Err(Error::Damaged("a block has an impossible length"));
        }
        Ok(Some((number(kind), length, number(inside))))
    }

    fn parse<'b>(&self, block: &'b [u8]) -> Result<Block<'b>, Error> {
        whole(if self.big_endian { parse_block_be(block) } else { parse_block_le(block) })
    }

    fn section(&mut self, block: &[u8]) -> Result<(), Error> {
        self.big_endian = whole(parse_sectionheaderblock(block))?.big_endian();
        self.interfaces.clear();
        Ok(())
    }

    fn interface(&mut self, block: &[u8]) -> Result<(), Error> {
        let Block::InterfaceDescription(block) = self.parse(block)? else { return Err(DAMAGED) };
        if self.interfaces.len() == MOST_INTERFACES {
            return Err(Error::Damaged("it describes too many interfaces"));
        }
        self.interfaces.push(Interface {
            link: block.linktype.0.cast_unsigned(),
            snaplen: block.snaplen as usize,
            resolution: block.if_tsresol,
            offset: self.offset(&block),
        });
        Ok(())
    }

    /// `if_tsoffset`, which pcap-parser reads as little-endian only.
    fn offset(&self, block: &InterfaceDescriptionBlock<'_>) -> i64 {
        let option = block.options.iter().find(|option| option.code == OptionCode::IfTsoffset);
        let bytes = option.and_then(|option| option.value.first_chunk().copied());
        bytes.map_or(0, if self.big_endian { i64::from_be_bytes } else { i64::from_le_bytes })
    }

    fn described(&self, index: u32) -> Result<Interface, Error> {
        let interface = self.interfaces.get(index as usize).copied();
        interface.ok_or(Error::Damaged("a packet names an interface that is not described"))
    }

    /// Reads a Packet Block, which pcap-parser does not.
    fn obsolete<'b>(&self, block: &'b [u8], count: u64) -> Result<Item<'b>, Error> {
        let (head, rest) = block.split_at_checked(28).ok_or(DAMAGED)?;
        let number = |offset: usize| {
            let bytes = head[offset..].first_chunk().copied().unwrap_or_default();
            if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        let index = if self.big_endian { number(8) >> 16 } else { number(8) & 0xffff };
        let interface = self.described(index)?;
        let captured = rest.get(..number(20) as usize).ok_or(DAMAGED)?;
        let at = interface.at(number(12), number(16));
        Ok(Item::Packet(interface.packet(captured, number(24), at, count)))
    }
}

impl Interface {
    fn packet(self, bytes: &[u8], length: u32, at: At, count: u64) -> Packet<'_> {
        let length = (length as usize).max(bytes.len());
        Packet { number: count + 1, at, link: self.link, bytes, length, note: None }
    }

    /// A time in nanoseconds, from one in the unit of the interface.
    fn at(self, high: u32, low: u32) -> At {
        let units = i128::from(u64::from(high) << 32 | u64::from(low));
        let exponent = u32::from(self.resolution & 0x7f);
        let nanoseconds = match (self.resolution & 0x80 != 0, exponent) {
            (true, _) => (units * 1_000_000_000).checked_shr(exponent).unwrap_or(0),
            (false, 0..=9) => units * 10_i128.pow(9 - exponent),
            (false, _) => 10_i128.checked_pow(exponent - 9).map_or(0, |unit| units / unit),
        };
        let at = nanoseconds + i128::from(self.offset) * 1_000_000_000;
        at.clamp(At::MIN.into(), At::MAX.into()) as At
    }
}

/// What this program noted.
fn note<'b>(option: &PcapNGOption<'b>) -> Option<Note<'b>> {
    let Cow::Borrowed(value) = option.value else { return None };
    let text = value.get(..option.len.into()).filter(|_| option.code == OptionCode::Comment)?;
    Note::read(str::from_utf8(text).ok()?)
}

const DAMAGED: Error = Error::Damaged("a block contradicts its own lengths");

fn whole<'b, T>(parsed: nom::IResult<&'b [u8], T, pcap_parser::PcapError<&'b [u8]>>) -> Result<T, Error> {
    parsed.map(|(_, block)| block).map_err(|_| DAMAGED)
}
