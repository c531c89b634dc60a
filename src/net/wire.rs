//! The wire: what a phase sends and receives, each with its deadline, each recorded.

use std::{sync::Arc, time::Duration};

use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

use super::{
    BoxStream, Framing,
    channel::{Channel, read, shutdown, write},
    failure::{self, Limit, Unfinished},
    frames::{Content, Frames},
    socket::{Ends, Socket},
    tap::{Tap, Tapped},
};
use crate::{
    codes::Phase,
    pdu::peer,
    report::{Direction, Failure, FailureKind, Frame, Speaker, Tcp},
};

/// How long a polite end may take.
const FAREWELL: Duration = Duration::from_millis(250);

/// The deadlines of a run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time for one phase.
    pub phase: Duration,
    /// When the run ends.
    pub run: Instant,
}

impl Limits {
    /// When a phase that begins now must have ended.
    pub fn phase_end(&self) -> Instant {
        self.run.min(Instant::now() + self.phase)
    }
}

/// A wire taken apart.
pub(super) struct Parts {
    pub stream: BoxStream,
    /// What was read and belongs to no message yet.
    pub unread: Vec<u8>,
    pub frames: Frames,
    pub limits: Limits,
}

/// What is left of a connection.
#[derive(Debug, Default)]
pub struct Record {
    /// Its frames, the first and the last ones.
    pub frames: Vec<Frame>,
    /// How many were left out between them.
    pub frames_omitted: u64,
    /// Its ends; none where there was no socket of the system.
    pub ends: Ends,
    /// What TCP showed; none without such a socket, too.
    pub tcp: Option<Tcp>,
    /// How long this program only listened, by phase: no time of the peer's.
    pub idle: Vec<(Phase, Duration)>,
}

/// One connection to the server, with its deadlines and its record.
pub struct Wire {
    pub(super) channel: Channel,
    pub(super) tap: Arc<Tap>,
    pub(super) deadline: Instant,
    pub(super) entered: Instant,
    /// Bytes that came below TLS before the message that is awaited.
    pub(super) before: u64,
    pub(super) phase: Phase,
    pub(super) idle: Vec<(Phase, Duration)>,
    limits: Limits,
    /// Whole messages that were received in this phase.
    messages: u64,
    pub(super) buffer: Vec<u8>,
    pub(super) ended: Option<Failure>,
    frames: Frames,
    /// Whether the stream lies inside TLS already.
    pub(super) sheltered: bool,
    /// Whether all that crosses the connection crosses here.
    pub(super) whole: bool,
    /// Who is at the other end.
    pub(super) speaker: Speaker,
}

impl Wire {
    /// A wire over a connection that was just opened.
    pub fn new(stream: BoxStream, limits: Limits) -> Self {
        let frames = Frames::new(Instant::now(), Socket::of(&stream));
        Self { whole: true, ..Self::over(stream, limits, frames) }
    }

    /// A wire over a stream inside another connection, whose record goes on.
    pub(super) fn over(stream: BoxStream, limits: Limits, frames: Frames) -> Self {
        let tap = Arc::new(Tap::default());
        Self {
            channel: Channel::Plain(Tapped::new(stream, Arc::clone(&tap))),
            tap,
            deadline: limits.phase_end(),
            entered: Instant::now(),
            before: 0,
            phase: Phase::Connect,
            idle: Vec::new(),
            limits,
            messages: 0,
            buffer: Vec::new(),
            ended: None,
            frames,
            sheltered: false,
            whole: false,
            speaker: Speaker::Server,
        }
    }

    /// Says who is at the other end from here on; returns who was before.
    pub fn meets(&mut self, speaker: Speaker) -> Speaker {
        std::mem::replace(&mut self.speaker, speaker)
    }

    /// The same with somebody else at the other end.
    pub(super) fn of(self, speaker: Speaker) -> Self {
        Self { speaker, ..self }
    }

    /// Who is at the other end.
    pub fn speaker(&self) -> Speaker {
        self.speaker
    }

    fn takes_no_more(&self) -> Failure {
        let detail = format!("{} takes no more bytes", self.speaker.title());
        Failure::new(FailureKind::Timeout, detail).of(self.speaker)
    }

    /// The same, known to lie inside TLS.
    pub(super) fn sheltered(self) -> Self {
        Self { sheltered: true, ..self }
    }

    /// Begins a phase: its deadline counts from now.
    pub fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.messages = 0;
        self.before = self.tap.received().bytes;
        self.entered = Instant::now();
        self.deadline = self.limits.phase_end();
    }

    /// Sends one message.
    ///
    /// # Errors
    /// What ended the connection; when the server had a reason to say, that reason.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.put(bytes, Content::Open).await
    }

    /// Sends one message that carries a secret; only its length is recorded.
    ///
    /// # Errors
    /// As [`Wire::send`].
    pub async fn send_secret(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.put(bytes, Content::Secret).await
    }

    async fn put(&mut self, bytes: &[u8], content: Content) -> Result<(), Failure> {
        self.frames.push(self.phase, Direction::Sent, self.is_tls(), bytes, content);
        let written = timeout_at(self.deadline, write(&mut self.channel, bytes)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => self.last_words(&error).await,
            Err(_) => Err(self.takes_no_more()),
        }
    }

    /// Receives one whole message.
    ///
    /// # Errors
    /// Closed, reset, timeout, or malformed when the bytes cannot begin such a message.
    pub async fn receive(&mut self, framing: Framing) -> Result<Vec<u8>, Failure> {
        loop {
            match framing.length(&self.buffer) {
                Ok(Some(length)) if self.buffer.len() >= length => {
                    let rest = self.buffer.split_off(length);
                    let frame = std::mem::replace(&mut self.buffer, rest);
                    self.frames.push(self.phase, Direction::Received, self.is_tls(), &frame, Content::Open);
                    self.messages += 1;
                    self.before = self.tap.received().bytes;
                    return Ok(frame);
                }
                Ok(_) => self.fill(self.deadline).await?,
                Err(malformed) => {
                    let malformed = peer::explained(malformed, &self.buffer);
                    self.frames.push(
                        self.phase,
                        Direction::Received,
                        self.is_tls(),
                        &self.buffer,
                        Content::Open,
                    );
                    let failure = Failure::new(FailureKind::Malformed, malformed.0).of(self.speaker);
                    return Err(failure.with_received(&self.buffer));
                }
            }
        }
    }

    /// Takes the bytes that belong to no message yet.
    pub(super) fn take_pending(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    /// Bytes that were received and belong to no message yet.
    pub fn pending(&self) -> &[u8] {
        &self.buffer
    }

    /// Does work that takes long without holding up the clock; none when the deadline of the phase passes before.
    pub async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        timeout_at(self.deadline, spawn_blocking(work)).await.ok()?.ok()
    }

    /// Brings the deadline of the phase forward.
    pub fn hurry(&mut self, until: Instant) {
        self.deadline = self.deadline.min(until);
    }

    /// Whether the deadline of the phase has passed.
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Reads what is there. How the stream ended is kept, so that asking again gives the same answer.
    pub(super) async fn fill(&mut self, until: Instant) -> Result<(), Failure> {
        if let Some(ended) = &self.ended {
            return Err(ended.clone());
        }
        let pending = self.buffer.len();
        let ended = match timeout_at(until, read(&mut self.channel, &mut self.buffer)).await {
            Ok(Ok(0)) => failure::closed(self.speaker, pending),
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => failure::broken(self.speaker, &error, pending),
            Err(_) => {
                let seen = Unfinished { messages: self.messages, pending: self.unfinished() };
                let ended = failure::timeout(self.speaker, self.entered.elapsed(), &seen, self.limit());
                return Err(self.timed(ended).with_received(&self.buffer));
            }
        };
        let ended = self.timed(ended).with_received(&self.buffer).with_partial(pending as u64);
        self.ended = Some(ended.clone());
        Err(ended)
    }

    /// Which deadline has ended the phase.
    pub(super) fn limit(&self) -> Limit {
        if Instant::now() >= self.limits.run { Limit::Run } else { Limit::Phase }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.sheltered || matches!(self.channel, Channel::Tls(_))
    }

    /// What is below.
    pub(super) fn into_parts(self) -> Parts {
        let stream: BoxStream = match self.channel {
            Channel::Plain(stream) => Box::new(stream),
            Channel::Tls(stream) => stream,
            Channel::Gone => Box::new(tokio::io::empty()),
        };
        Parts { stream, unread: self.buffer, frames: self.frames, limits: self.limits }
    }

    /// Ends politely: a last message if there is one, close_notify, FIN. Returns the record.
    pub async fn close(mut self, farewell: Option<&[u8]>) -> Record {
        // Before the end, which is a segment too.
        let (ends, tcp) = (self.frames.ends(), self.frames.tcp());
        let tcp = tcp.map(|seen| self.counted(seen));
        let until = Instant::now() + FAREWELL;
        if let Some(bytes) = farewell {
            self.frames.push(self.phase, Direction::Sent, self.is_tls(), bytes, Content::Open);
            let _ = timeout_at(until, write(&mut self.channel, bytes)).await;
        }
        let _ = timeout_at(until, shutdown(&mut self.channel)).await;
        let (frames, frames_omitted) = self.frames.finish();
        Record { frames, frames_omitted, ends, tcp, idle: self.idle }
    }
}
