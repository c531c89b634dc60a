//! Counts the bytes below TLS and reads the alerts that cross before encryption begins (RFC 8446 section 5.1, 6).

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

use super::BoxStream;
use crate::pdu::content_type::ALERT;

/// A ClientHello with a long name is shorter.
const HEAD: usize = 2048;

/// What was seen in one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Bytes since the last reset.
    pub bytes: u64,
    /// The first of them, at most 2,048.
    pub head: Vec<u8>,
    /// Bytes since the connection was opened.
    pub total: u64,
    /// When the last of them passed.
    pub at: Option<Instant>,
    /// Level and description of the last plain alert.
    pub alert: Option<(u8, u8)>,
    record: Vec<u8>,
    skip: usize,
}

impl Seen {
    /// Whether a part of a record has come and its end has not.
    pub(super) fn is_within_record(&self) -> bool {
        self.skip > 0 || !self.record.is_empty()
    }

    fn note(&mut self, mut bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.total += bytes.len() as u64;
        self.at = if bytes.is_empty() { self.at } else { Some(Instant::now()) };
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        while let Some(byte) = bytes.first() {
            if self.skip > 0 {
                let step = self.skip.min(bytes.len());
                self.skip -= step;
                bytes = &bytes[step..];
                continue;
            }
            self.record.push(*byte);
            bytes = &bytes[1..];
            self.record_header();
        }
    }

    /// A TLS record is a type, a version and a 16-bit length; only alerts of two bytes are plain.
    fn record_header(&mut self) {
        let [kind, _, _, high, low, body @ ..] = self.record.as_slice() else { return };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        match (*kind, length, body) {
            (ALERT, 2, [level, description]) => self.alert = Some((*level, *description)),
            (ALERT, 2, _) => return,
            _ => self.skip = length,
        }
        self.record.clear();
    }
}

/// What was seen in both directions.
#[derive(Debug, Default)]
pub(super) struct Tap {
    sent: Mutex<Seen>,
    received: Mutex<Seen>,
}

impl Tap {
    /// What we sent.
    pub(super) fn sent(&self) -> MutexGuard<'_, Seen> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the peer sent.
    pub(super) fn received(&self) -> MutexGuard<'_, Seen> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was seen, but not how much it was in all, and when.
    pub(super) fn reset(&self) {
        for mut seen in [self.sent(), self.received()] {
            *seen = Seen { total: seen.total, at: seen.at, ..Seen::default() };
        }
    }
}

/// A stream whose bytes the tap sees.
pub(super) struct Tapped {
    stream: BoxStream,
    tap: Arc<Tap>,
    prefix: Vec<u8>,
}

impl Tapped {
    /// Puts the tap on the stream.
    pub(super) fn new(stream: BoxStream, tap: Arc<Tap>) -> Self {
        Self { stream, tap, prefix: Vec::new() }
    }

    /// Gives these bytes back, to be read again before any other.
    pub(super) fn with_prefix(mut self, prefix: Vec<u8>) -> Self {
        self.prefix = prefix;
        self
    }
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if !self.prefix.is_empty() {
            let count = self.prefix.len().min(buf.remaining());
            buf.put_slice(&self.prefix[..count]);
            self.prefix.drain(..count);
            let mut received = self.tap.received();
            let (total, at) = (received.total, received.at);
            received.note(&buf.filled()[before..]);
            (received.total, received.at) = (total, at);
            return Poll::Ready(Ok(()));
        }
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        if poll.is_ready() {
            self.tap.received().note(&buf.filled()[before..]);
        }
        poll
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = poll {
            self.tap.sent().note(&bytes[..count]);
        }
        poll
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
