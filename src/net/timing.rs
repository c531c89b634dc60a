//! When a stream ended: how long after the last byte of either side, and how much of a message had come by then.

use std::time::Duration;

use tokio::time::Instant;

use super::wire::Wire;
use crate::report::{Failure, FailureKind, StreamEnd, Tcp};

/// Who ends a connection at once was not waiting for anything.
const TELLING: Duration = Duration::from_millis(500);

/// Bytes that came no longer ago are still on their way.
const ARRIVING: Duration = Duration::from_secs(2);

impl Wire {
    /// Adds the times of the last bytes to what ended the stream, and says them where they tell something.
    pub(super) fn timed(&self, failure: Failure) -> Failure {
        if !matches!(failure.kind, FailureKind::Closed | FailureKind::Reset | FailureKind::Timeout) {
            return failure;
        }
        let now = Instant::now();
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        let (sent, received) = (since(self.tap.sent().at), since(self.tap.received().at));
        let told = match failure.kind {
            FailureKind::Closed | FailureKind::Reset => sent
                .filter(|after| *after >= TELLING)
                .map(|after| format!(", {:.1} s after our last byte", after.as_secs_f64())),
            FailureKind::Timeout => received
                .filter(|_| failure.partial_bytes().is_some())
                .map(|before| format!(", the last of it {:.1} s before the end", before.as_secs_f64())),
            _ => None,
        };
        let detail = format!("{}{}", failure.detail, told.unwrap_or_default());
        let (after_sent_ms, after_received_ms) = (sent.map(Into::into), received.map(Into::into));
        let end = StreamEnd { after_sent_ms, after_received_ms, partial_bytes: failure.partial_bytes() };
        Failure { detail, end: Some(Box::new(end)), ..failure }
    }

    /// Adds how much was sent and received.
    pub(super) fn counted(&self, seen: Tcp) -> Tcp {
        let total = |bytes| self.whole.then_some(bytes);
        let (sent_bytes, received_bytes) = (total(self.tap.sent().total), total(self.tap.received().total));
        Tcp { sent_bytes, received_bytes, ..seen }
    }

    /// Bytes of the message that is awaited; inside TLS also those of a record of which the end has not come.
    pub(super) fn unfinished(&self) -> u64 {
        let pending = self.pending().len() as u64;
        let received = self.tap.received();
        let late = received.at.is_some_and(|at| at > self.entered && at.elapsed() < ARRIVING);
        let arriving = late && received.is_within_record();
        if pending > 0 || !arriving { pending } else { received.bytes.saturating_sub(self.before) }
    }
}
