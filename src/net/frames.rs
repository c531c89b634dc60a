//! The record of the frames of one connection: the first and the last ones, however many there are.

use tokio::time::Instant;

use super::socket::{Ends, Socket};
use crate::{
    codes::Phase,
    flow::Kept,
    report::{Direction, Frame, Tcp},
};

const HEAD: usize = 16;

/// What is recorded of a frame besides its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Its first bytes.
    Open,
    /// Nothing: it carries a secret.
    Secret,
}

/// Bounded record of frames.
pub(super) struct Frames {
    opened: Instant,
    kept: Kept<Frame>,
    /// The connection below all that is recorded.
    socket: Option<Socket>,
}

impl Frames {
    /// An empty record; times count from `opened`.
    pub(super) fn new(opened: Instant, socket: Option<Socket>) -> Self {
        Self { opened, kept: Kept::default(), socket }
    }

    /// What TCP counts of the connection now.
    pub(super) fn tcp(&self) -> Option<Tcp> {
        self.socket.as_ref().map(Socket::counts)
    }

    /// Both ends of the connection, where there is a socket of the system.
    pub(super) fn ends(&self) -> Ends {
        self.socket.as_ref().map(Socket::ends).unwrap_or_default()
    }

    /// Records a frame.
    pub(super) fn push(
        &mut self,
        phase: Phase,
        direction: Direction,
        tls: bool,
        bytes: &[u8],
        content: Content,
    ) {
        let head = (content == Content::Open).then(|| hex::encode(&bytes[..bytes.len().min(HEAD)]));
        let at_ms = self.opened.elapsed().into();
        tracing::debug!(%phase, ?direction, tls, length = bytes.len(), "frame");
        tracing::trace!(head, "begins");
        self.kept.push(Frame { at_ms, phase, direction, tls, length: bytes.len(), head });
    }

    /// The kept frames in order, and how many were left out between them.
    pub(super) fn finish(self) -> (Vec<Frame>, u64) {
        self.kept.finish()
    }
}
