//! Bytes of a file or a pipe, as many at once as one block has, and no more in memory than that.

use std::io::{ErrorKind, Read};

use super::item::Error;

/// The longest packet or block that is read; offloaded packets have 64 KiB, key logs may have megabytes.
const LONGEST: usize = 16 << 20;

/// How much is asked of the system at once.
const CHUNK: usize = 256 * 1024;

/// Where the bytes come from.
pub(super) struct Source<'r> {
    from: Box<dyn Read + 'r>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<'r> Source<'r> {
    pub(super) fn new(from: Box<dyn Read + 'r>) -> Self {
        Self { from, buffer: vec![0; CHUNK], start: 0, end: 0 }
    }

    /// What it was made of; bytes that were peeked at come first.
    pub(super) fn into_read(self) -> Box<dyn Read + 'r> {
        let Self { from, mut buffer, start, end } = self;
        buffer.truncate(end);
        buffer.drain(..start);
        Box::new(std::io::Cursor::new(buffer).chain(from))
    }

    /// The next bytes, which stay; fewer only at the end of the file.
    pub(super) fn peek(&mut self, length: usize) -> Result<&[u8], Error> {
        self.fill(length)?;
        Ok(&self.buffer[self.start..self.end.min(self.start + length)])
    }

    /// The next bytes, all of them.
    pub(super) fn take(&mut self, length: usize) -> Result<&[u8], Error> {
        if length > LONGEST {
            return Err(Error::Damaged("a packet or a block claims more than 16 MiB"));
        }
        self.fill(length)?;
        if self.end - self.start < length {
            return Err(Error::Cut);
        }
        self.start += length;
        Ok(&self.buffer[self.start - length..self.start])
    }

    /// Passes over bytes, however many.
    pub(super) fn skip(&mut self, mut length: usize) -> Result<(), Error> {
        while length > 0 {
            let step = length.min(CHUNK);
            self.take(step)?;
            length -= step;
        }
        Ok(())
    }

    /// Reads until so many bytes are here, or the file ends.
    fn fill(&mut self, length: usize) -> Result<(), Error> {
        if self.end - self.start >= length {
            return Ok(());
        }
        if self.start + length > self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if length > self.buffer.len() {
                self.buffer.resize(length.next_multiple_of(CHUNK), 0);
            }
        }
        while self.end - self.start < length {
            match self.from.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
