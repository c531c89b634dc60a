//! A codec, and a stream with one on it: bytes that are framed on the way out and unframed on the way in.
//!
//! The channel of a gateway is such a stream, with a new `Wire` on it for the ordinary phases, so none of them knows
//! of the gateway: WebSocket or the bodies of two HTTP connections below, then the packets of the channel. A gateway
//! that closes it, or is lost, in a later phase comes out as `gateway_error`, and `Facts` gives it back to the
//! gateway. A CLOSE_CHANNEL with 0 or 0xA0 is the server's end, told by the gateway.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::BoxStream;

/// What waits to be written before no more is taken, from either side.
const MOST_WAITING: usize = 64 * 1024;

/// How bytes are framed in one protocol.
pub(super) trait Codec: Unpin + Send {
    /// Takes whole pieces from `incoming`, appends what they hold to `content` and what has to be answered to `reply`; true
    /// when the peer ended the stream.
    ///
    /// # Errors
    /// The peer broke the protocol, or ended the stream with a reason.
    fn decode(
        &mut self,
        incoming: &mut Vec<u8>,
        content: &mut Vec<u8>,
        reply: &mut Vec<u8>,
    ) -> io::Result<bool>;

    /// Takes some of `bytes`, at least one, and frames them when they are a whole piece; returns how many.
    fn encode(&mut self, bytes: &[u8], outgoing: &mut Vec<u8>) -> usize;

    /// The last words of a polite end.
    fn farewell(&mut self, outgoing: &mut Vec<u8>);

    /// What it means that the stream below ended without a word.
    ///
    /// # Errors
    /// It is no end in order.
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// What it means that the stream below broke.
    fn broken(&mut self, error: io::Error) -> io::Error {
        error
    }
}

/// A stream with a codec on it.
pub(super) struct CodecStream<C> {
    stream: BoxStream,
    codec: C,
    incoming: Vec<u8>,
    content: Vec<u8>,
    outgoing: Vec<u8>,
    /// Whether `incoming` holds what was not looked at yet.
    fresh: bool,
    ended: bool,
    /// Why it ended, until that was told; what came before it is read first.
    failed: Option<io::Error>,
    said_farewell: bool,
}

impl<C: Codec> CodecStream<C> {
    /// Puts the codec on the stream, of which `pending` was already read.
    pub(super) fn new(stream: BoxStream, codec: C, pending: Vec<u8>) -> Self {
        Self {
            stream,
            codec,
            fresh: !pending.is_empty(),
            incoming: pending,
            content: Vec::new(),
            outgoing: Vec::new(),
            ended: false,
            failed: None,
            said_farewell: false,
        }
    }

    fn decode(&mut self) {
        self.fresh = false;
        match self.codec.decode(&mut self.incoming, &mut self.content, &mut self.outgoing) {
            Ok(ended) => self.ended = ended,
            Err(error) => (self.ended, self.failed) = (true, Some(error)),
        }
    }

    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.outgoing));
            match written {
                Ok(0) => return Poll::Ready(Err(self.codec.broken(io::ErrorKind::WriteZero.into()))),
                Ok(count) => drop(self.outgoing.drain(..count)),
                Err(error) => return Poll::Ready(Err(self.codec.broken(error))),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Fills `incoming`; false at the end of the stream below.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut chunk = [0; 8192];
        let mut buf = ReadBuf::new(&mut chunk);
        match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buf)) {
            Ok(()) if buf.filled().is_empty() => Poll::Ready(Ok(false)),
            Ok(()) => {
                self.incoming.extend_from_slice(buf.filled());
                Poll::Ready(Ok(true))
            }
            Err(error) => Poll::Ready(Err(self.codec.broken(error))),
        }
    }
}

impl<C: Codec> AsyncRead for CodecStream<C> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if !this.content.is_empty() {
                let count = this.content.len().min(buf.remaining());
                buf.put_slice(&this.content[..count]);
                this.content.drain(..count);
                return Poll::Ready(Ok(()));
            }
            if this.fresh {
                this.decode();
                // An answer, such as that to a ping, is sent while something is awaited. What came is read all the same: who
                // cannot be answered any more may have said why.
                if !this.outgoing.is_empty() && this.poll_drain(cx).is_ready() {
                    let _ = Pin::new(&mut this.stream).poll_flush(cx);
                }
                continue;
            }
            if this.ended {
                return Poll::Ready(this.failed.take().map_or(Ok(()), Err));
            }
            // Who sends what has to be answered and takes no answer is not read on: nothing may grow without a bound.
            if this.outgoing.len() > MOST_WAITING {
                ready!(this.poll_drain(cx))?;
            }
            match ready!(this.poll_fill(cx))? {
                true => this.fresh = true,
                false => {
                    this.ended = true;
                    return Poll::Ready(this.codec.end());
                }
            }
        }
    }
}

impl<C: Codec> AsyncWrite for CodecStream<C> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.outgoing.len() > MOST_WAITING {
            ready!(this.poll_drain(cx))?;
        }
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        Poll::Ready(Ok(this.codec.encode(bytes, &mut this.outgoing)))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(cx))?;
        let flushed = ready!(Pin::new(&mut this.stream).poll_flush(cx));
        Poll::Ready(flushed.map_err(|error| this.codec.broken(error)))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.said_farewell {
            this.said_farewell = true;
            this.codec.farewell(&mut this.outgoing);
        }
        ready!(this.poll_drain(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}
