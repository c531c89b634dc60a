//! What passes, in a capture file.

use std::io::{self, Write};

use crate::{
    capture::{Ongoing, Writer},
    flow::{At, Flow, How, Side},
};

/// A capture that is written, or none.
#[derive(Default)]
pub struct Record {
    writer: Option<Writer<Box<dyn Write>>>,
    failure: Option<String>,
}

impl Record {
    /// Begins a capture.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn to(out: Box<dyn Write>) -> io::Result<Self> {
        Ok(Self { writer: Some(Writer::new(out)?), failure: None })
    }

    /// A connection that is open by now.
    pub(super) fn begin(&mut self, flow: &Flow) -> Option<Ongoing> {
        self.write(|writer| writer.begin(flow))
    }

    /// One that was never open.
    pub(super) fn unopened(&mut self, flow: &Flow) {
        self.write(|writer| writer.flow(flow));
    }

    pub(super) fn bytes(&mut self, of: &mut Ongoing, at: At, side: Side, bytes: &[u8]) {
        self.write(|writer| writer.bytes(of, at, side, bytes));
    }

    pub(super) fn end(&mut self, of: &mut Ongoing, at: At, side: Side, how: How) {
        self.write(|writer| writer.end(of, at, side, how));
    }

    pub(super) fn take_failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    /// After the first failure nothing more is written: what passes matters more than its record.
    fn write<T>(&mut self, write: impl FnOnce(&mut Writer<Box<dyn Write>>) -> io::Result<T>) -> Option<T> {
        match write(self.writer.as_mut()?) {
            Ok(written) => Some(written),
            Err(error) => {
                self.writer = None;
                self.failure = Some(error.to_string());
                None
            }
        }
    }
}
