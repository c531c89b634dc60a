//! Packets and secrets out of a capture file or a pipe, gzipped or not.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::{
    item::{Error, Item},
    pcap::Pcap,
    pcapng::Pcapng,
    source::Source,
};

/// Whoever compresses twice means no harm; whoever does so more often does.
const MOST_WRAPPINGS: usize = 3;

/// A capture file that is being read.
pub struct File<'r> {
    source: Source<'r>,
    format: Format,
    count: u64,
}

enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

impl<'r> File<'r> {
    /// Reads as far as what says that it is a capture.
    ///
    /// # Errors
    /// If it is none, or cannot be read.
    pub fn open(from: impl Read + 'r) -> Result<Self, Error> {
        let mut source = Source::new(Box::new(from));
        for _ in 0..MOST_WRAPPINGS {
            if source.peek(2)? != [0x1f, 0x8b] {
                break;
            }
            source = Source::new(Box::new(MultiGzDecoder::new(source.into_read())));
        }
        let format = if Pcapng::opens(&mut source)? {
            Format::Pcapng(Pcapng::default())
        } else {
            Format::Pcap(Pcap::open(&mut source)?.ok_or(Error::NotCapture)?)
        };
        Ok(Self { source, format, count: 0 })
    }

    /// The next packet or secrets; none at the end.
    ///
    /// # Errors
    /// If the file is cut or damaged here, or cannot be read; then there is nothing more.
    pub fn next_item(&mut self) -> Result<Option<Item<'_>>, Error> {
        let item = match &mut self.format {
            Format::Pcap(pcap) => pcap.next(&mut self.source, self.count)?,
            Format::Pcapng(pcapng) => pcapng.next(&mut self.source, self.count)?,
        };
        if let Some(Item::Packet(packet)) = &item {
            self.count = packet.number;
        }
        Ok(item)
    }

    /// How many packets have been read.
    pub fn packets(&self) -> u64 {
        self.count
    }
}
