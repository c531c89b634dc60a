//! A pcapng file of connections and the secrets of their TLS sessions (draft-ietf-opsawg-pcapng).

use std::io::{self, Write};

use super::{item::Note, pcapng, segments};
use crate::flow::{At, Flow, How, Side};

/// Raw IP (LINKTYPE registry).
const LINK: u16 = 101;
/// `if_tsresol`: nanoseconds.
const RESOLUTION: [u8; 8] = [9, 0, 1, 0, 9, 0, 0, 0];
/// `SecretsType` of a key log of TLS.
const TLS_KEY_LOG: u32 = 0x544c_534b;

/// Writes a capture file.
pub struct Writer<W>(W);

/// A connection that is written while it goes on.
pub struct Ongoing(segments::Pair);

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = Self(out);
        let length = u64::MAX.to_le_bytes();
        writer.block(pcapng::SECTION, &[&0x1a2b_3c4d_u32.to_le_bytes(), &[1, 0, 0, 0], &length])?;
        let end_of_options = [0; 4];
        writer.block(pcapng::INTERFACE, &[&LINK.to_le_bytes(), &[0; 6], &RESOLUTION, &end_of_options])?;
        Ok(writer)
    }

    /// Adds a key log (RFC 9850), which has to come before the connections that it is about.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn secrets(&mut self, key_log: &[u8]) -> io::Result<()> {
        let length = (key_log.len() as u32).to_le_bytes();
        self.block(pcapng::SECRETS, &[&TLS_KEY_LOG.to_le_bytes(), &length, key_log])
    }

    /// Adds a connection, with the packets that it may have had.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn flow(&mut self, flow: &Flow) -> io::Result<()> {
        let mut name = flow.note.as_deref().map(Note::Connection);
        segments::each(flow, &mut |at, packet, note| self.packet(at, packet, name.take().or(note)))?;
        self.0.flush()
    }

    /// Begins a connection that is open by now, of which nothing more is known than its opening.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(&mut self, flow: &Flow) -> io::Result<Ongoing> {
        let mut pair = segments::Pair::of(flow);
        pair.open(flow, &mut |at, packet, note| self.packet(at, packet, note))?;
        Ok(Ongoing(pair))
    }

    /// Adds what an end of it sends.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn bytes(&mut self, of: &mut Ongoing, at: At, side: Side, bytes: &[u8]) -> io::Result<()> {
        of.0.bytes(at, side, bytes, &mut |at, packet, note| self.packet(at, packet, note))
    }

    /// Ends what an end of it sends, and writes what was held back.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn end(&mut self, of: &mut Ongoing, at: At, side: Side, how: How) -> io::Result<()> {
        of.0.end(at, side, how, &mut |at, packet, note| self.packet(at, packet, note))?;
        self.0.flush()
    }

    /// A packet, with a comment if something is noted.
    fn packet(&mut self, at: At, packet: &[u8], note: Option<Note<'_>>) -> io::Result<()> {
        let units = at.max(0).cast_unsigned();
        let numbers = [0, (units >> 32) as u32, units as u32, packet.len() as u32, packet.len() as u32];
        let padding = &[0; 4][..packet.len().next_multiple_of(4) - packet.len()];
        let comment = note.map(comment).unwrap_or_default();
        let numbers = numbers.map(u32::to_le_bytes);
        self.block(pcapng::ENHANCED_PACKET, &[numbers.as_flattened(), packet, padding, &comment])
    }

    /// A block, padded to four bytes.
    fn block(&mut self, kind: u32, parts: &[&[u8]]) -> io::Result<()> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let padding = length.next_multiple_of(4) - length;
        let total = ((length + padding + 12) as u32).to_le_bytes();
        self.0.write_all(&kind.to_le_bytes())?;
        self.0.write_all(&total)?;
        for part in parts {
            self.0.write_all(part)?;
        }
        self.0.write_all(&[0; 4][..padding])?;
        self.0.write_all(&total)
    }
}

/// The options of a packet: `opt_comment`, padded, and their end.
fn comment(note: Note<'_>) -> Vec<u8> {
    const COMMENT: u16 = 1;
    let text = note.to_string();
    let mut option = [COMMENT, text.len() as u16].map(u16::to_le_bytes).concat();
    option.extend_from_slice(text.as_bytes());
    option.resize(4 + text.len().next_multiple_of(4), 0);
    option.extend_from_slice(&[0; 4]);
    option
}
