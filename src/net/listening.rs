//! What may come or not: this program listens for a while, and that while is no time of the peer's.
//!
//! Times are the peer's: waiting here in vain, for consent or for last words, is subtracted from the phase's time.
//! After a write or a handshake fails, what the server had already sent is read for up to 250 ms before the end is
//! judged, because it mostly holds the reason.

use std::{io, time::Duration};

use tokio::time::Instant;

use super::{channel::has_said_goodbye, failure, wire::Wire};
use crate::report::{Failure, FailureKind};

/// How long to read what the server said before it ended the stream.
pub(super) const LAST_WORDS: Duration = Duration::from_millis(250);

impl Wire {
    /// A write fails after the server has ended the stream; what it said before may still be waiting to be read. When there
    /// is something, the next receive reads it, and then how the stream ended.
    pub(super) async fn last_words(&mut self, error: &io::Error) -> Result<(), Failure> {
        let until = self.deadline.min(Instant::now() + LAST_WORDS);
        while self.listen(until).await.is_ok() {}
        let written = self.timed(failure::broken(self.speaker, error, self.buffer.len()));
        // The system tells of a reset once: what is read after it looks like an end in order. Whoever said goodbye before it meant
        // that end.
        let orderly = self.sheltered || has_said_goodbye(&mut self.channel);
        let reset = written.kind == FailureKind::Reset && !orderly;
        let ended = self.ended.take().filter(|ended| !(reset && ended.kind == FailureKind::Closed));
        let ended = ended.unwrap_or(written);
        if self.buffer.is_empty() {
            return Err(ended);
        }
        self.ended = Some(ended);
        Ok(())
    }

    /// Whatever comes next, at least one byte, until `quiet` passes without more or `most` bytes came.
    ///
    /// # Errors
    /// As [`Wire::receive`], when nothing comes at all.
    pub async fn receive_some(&mut self, most: usize, quiet: Duration) -> Result<Vec<u8>, Failure> {
        if self.buffer.is_empty() {
            self.fill(self.deadline).await?;
        }
        while self.buffer.len() < most {
            let until = self.deadline.min(Instant::now() + quiet);
            if self.listen(until).await.is_err() {
                break;
            }
        }
        self.buffer.truncate(most);
        Ok(std::mem::take(&mut self.buffer))
    }

    /// Whether nothing comes for a while; what comes stays to be received.
    ///
    /// # Errors
    /// The server ends the connection meanwhile.
    pub async fn is_quiet(&mut self, span: Duration) -> Result<bool, Failure> {
        if !self.buffer.is_empty() {
            return Ok(false);
        }
        let until = self.deadline.min(Instant::now() + span);
        match self.fill(until).await {
            Ok(()) => Ok(false),
            Err(failure) if failure.kind == FailureKind::Timeout && self.ended.is_none() => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    /// The same, in a time that is counted as this program's own.
    ///
    /// # Errors
    /// As [`Wire::is_quiet`].
    pub async fn stays_quiet(&mut self, span: Duration) -> Result<bool, Failure> {
        let begin = Instant::now();
        let quiet = self.is_quiet(span).await?;
        if quiet {
            self.listened(begin);
        }
        Ok(quiet)
    }

    /// Reads what is there; a wait in vain is counted as this program's own.
    async fn listen(&mut self, until: Instant) -> Result<(), Failure> {
        let begin = Instant::now();
        let result = self.fill(until).await;
        let in_vain = result.as_ref().is_err_and(|failure| failure.kind == FailureKind::Timeout);
        if in_vain && self.ended.is_none() {
            self.listened(begin);
        }
        result
    }

    /// Counts the time since then as this program's own.
    pub(super) fn listened(&mut self, begin: Instant) {
        self.idle.push((self.phase, begin.elapsed()));
    }
}
