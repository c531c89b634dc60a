//! The dual HTTP channel of an RD Gateway (MS-TSGU 3.3.3): what comes is the body of one response, what goes that of one request.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{BoxStream, codec::Codec, packet::Cut};
use crate::pdu::http::chunk_line;

/// Bodies in chunks, or as they come.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    /// Whether the response comes in chunks.
    pub chunked: bool,
    /// What is still to come of the chunk under way, with the line end after it.
    remaining: usize,
    /// Whether a request is under way on this connection, whose body has to end.
    sends: bool,
    /// The packet that is being written; each is a chunk.
    cut: Cut,
}

impl Bodies {
    /// A response in chunks, or without a length.
    pub(super) fn received(chunked: bool) -> Self {
        Self { chunked, ..Self::default() }
    }

    /// A request in chunks.
    pub(super) fn sent() -> Self {
        Self { sends: true, ..Self::default() }
    }
}

impl Codec for Bodies {
    fn decode(
        &mut self,
        incoming: &mut Vec<u8>,
        content: &mut Vec<u8>,
        _reply: &mut Vec<u8>,
    ) -> io::Result<bool> {
        if !self.chunked {
            content.append(incoming);
            return Ok(false);
        }
        let mut at = 0;
        while at < incoming.len() {
            let rest = &incoming[at..];
            if self.remaining > 2 {
                let count = (self.remaining - 2).min(rest.len());
                content.extend_from_slice(&rest[..count]);
                self.remaining -= count;
                at += count;
            } else if self.remaining > 0 {
                self.remaining -= 1;
                at += 1;
            } else {
                let line = chunk_line(rest).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e.0))?;
                let Some((line, size)) = line else { break };
                if size == 0 {
                    incoming.clear();
                    return Ok(true);
                }
                self.remaining = size + 2;
                at += line;
            }
        }
        incoming.drain(..at);
        Ok(false)
    }

    fn encode(&mut self, bytes: &[u8], outgoing: &mut Vec<u8>) -> usize {
        let (count, packet) = self.cut.take(bytes);
        if let Some(packet) = packet {
            outgoing.extend(format!("{:x}\r\n", packet.len()).into_bytes());
            outgoing.extend(packet);
            outgoing.extend(b"\r\n");
        }
        count
    }

    fn farewell(&mut self, outgoing: &mut Vec<u8>) {
        if self.sends {
            outgoing.extend(b"0\r\n\r\n");
        }
    }
}

/// Two connections as one stream.
pub(super) struct Dual {
    /// What is read.
    pub receiving: BoxStream,
    /// What is written. An answer on it is the end: the gateway answers nothing there while it takes the body.
    pub sending: BoxStream,
    /// The other direction of it, which says no more once it ended.
    pub answered: bool,
}

impl Dual {
    /// Whoever answers the request before its body is over refuses it.
    fn poll_answer(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let mut chunk = [0; 1024];
        let mut buf = ReadBuf::new(&mut chunk);
        match Pin::new(&mut self.sending).poll_read(cx, &mut buf) {
            Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                let text = String::from_utf8_lossy(buf.filled()).into_owned();
                let line: String = text.lines().next().unwrap_or_default().chars().take(80).collect();
                let clean: String = line.chars().filter(|c| !c.is_control()).collect();
                Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("the channel for sending was answered early: {clean}"),
                ))
            }
            Poll::Ready(_) => {
                self.answered = true;
                Ok(())
            }
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Dual {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.receiving).poll_read(cx, buf);
        if poll.is_pending() && !self.answered {
            self.poll_answer(cx)?;
        }
        poll
    }
}

impl AsyncWrite for Dual {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.sending).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sending).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The response goes on until the connection ends, so its end is ours to make.
        let _ = Pin::new(&mut self.receiving).poll_shutdown(cx);
        Pin::new(&mut self.sending).poll_shutdown(cx)
    }
}
