//! Both directions of a connection, read in the order of time, and what it means that one of them says no more.

use super::{
    ended,
    track::{Message, Next, Track},
};
use crate::{
    codes::Phase,
    flow::{At, End, Flow, How, Kept, Mark, Side, millis},
    net::{self, Framing},
    report::{Client, Direction, EndSide, Failure, FailureKind, Frame, Millis, Speaker},
};

/// So long a server may think before a client that leaves has waited in vain, in milliseconds.
const PATIENCE: f64 = 3_000.0;
/// A client that says nothing for so long shows its user a question: that is no time of the server's.
const PROMPT: f64 = 1_000.0;
/// Bytes of a frame that are shown.
const HEAD: usize = 16;

/// Why a phase does not pass.
#[derive(Debug)]
pub(super) enum Halt {
    /// The server, or the way to it, ended the connection.
    Failed(Failure),
    /// The client did, or the record ends.
    Stopped(String),
    /// What follows cannot be seen.
    Unseen(String),
}

impl Halt {
    /// The same, if the record holds all that crossed. Where it does not, only what is told by number is sure: whoever seems to
    /// be silent, to leave or to speak nonsense may have said what is missing.
    pub(super) fn doubted(self, flow: &Flow) -> Self {
        let told = matches!(&self, Self::Failed(failure) if failure.code.is_some());
        if told || matches!(self, Self::Unseen(_)) {
            return self;
        }
        let missing = flow.from_client.has_gaps() || flow.from_server.has_gaps();
        match (missing, flow.packet > 0 && flow.opening.syn.is_none()) {
            (true, _) => Self::Unseen("bytes of the connection are missing in the record".to_owned()),
            (_, true) => Self::Unseen("the record begins after the connection did".to_owned()),
            (false, false) => self,
        }
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What a phase comes to.
pub(super) type Passing<T> = Result<T, Halt>;

/// Whether the first bytes of a message are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Open,
    Secret,
}

/// A connection as it is read.
pub(super) struct Talk<'a> {
    pub flow: &'a Flow,
    pub client: Track<'a>,
    pub server: Track<'a>,
    /// When the last thing that was read came.
    pub now: At,
    pub phase: Phase,
    pub tls: bool,
    /// When this phase began.
    pub since: At,
    /// When the client last said what the server has not answered.
    asked: At,
    /// Who spoke last.
    last: Option<Side>,
    /// How long the client has shown questions, in milliseconds.
    pub prompted: f64,
    frames: Kept<Frame>,
    /// What the client offers.
    pub offered: Client,
}

impl<'a> Talk<'a> {
    /// One of which nothing was read.
    pub(super) fn of(flow: &'a Flow) -> Self {
        Self {
            flow,
            client: Track::of(&flow.from_client),
            server: Track::of(&flow.from_server),
            now: flow.began,
            phase: Phase::Connect,
            tls: false,
            since: flow.began,
            asked: flow.began,
            last: None,
            prompted: 0.0,
            frames: Kept::default(),
            offered: Client::default(),
        }
    }

    fn track(&mut self, side: Side) -> &mut Track<'a> {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Who speaks next, by time; none if nobody does.
    pub(super) fn next(&self) -> Option<Side> {
        let order = |mark: Mark| (mark.at, mark.packet);
        match (self.client.next().map(order), self.server.next().map(order)) {
            (Some(client), Some(server)) if server < client => Some(Side::Server),
            (Some(_), _) => Some(Side::Client),
            (None, Some(_)) => Some(Side::Server),
            (None, None) => None,
        }
    }

    /// Whether the record holds any packet of this side.
    pub(super) fn is_seen(&self, side: Side) -> bool {
        self.flow.packet == 0 || self.flow.stream(side).packets.count > 0
    }

    /// Who owes the next message, if the protocol does not say: the other than who spoke last.
    pub(super) fn owes(&self) -> Side {
        self.last.map_or(Side::Client, Side::other)
    }

    /// The next message of this side.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn take(&mut self, side: Side, framing: Framing) -> Passing<Vec<u8>> {
        self.take_as(side, framing, Content::Open)
    }

    /// The same for one that carries a secret, of which only the length is recorded.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn take_secret(&mut self, side: Side, framing: Framing) -> Passing<Vec<u8>> {
        self.take_as(side, framing, Content::Secret)
    }

    fn take_as(&mut self, side: Side, framing: Framing, content: Content) -> Passing<Vec<u8>> {
        match self.track(side).take(framing) {
            Next::Message(message) => {
                self.note(side, &message, content);
                Ok(message.bytes)
            }
            Next::Unfinished(pending) => Err(self.missing(side, pending)),
            Next::Gap => Err(Halt::Unseen("bytes are missing in the record here".to_owned())),
            Next::Full => Err(Halt::Unseen("more was sent than is looked at".to_owned())),
            Next::Malformed(malformed) => Err(self.malformed(side, malformed.0)),
        }
    }

    /// Records a message that was read.
    pub(super) fn note(&mut self, side: Side, message: &Message, content: Content) {
        let paused = millis(self.now, message.last.at);
        let asks = matches!(self.phase, Phase::Gateway | Phase::Tls | Phase::Credssp);
        if asks && (side, self.last) == (Side::Client, Some(Side::Server)) && paused >= PROMPT {
            self.prompted += paused;
            self.since = message.last.at;
        }
        if side == Side::Client && self.last != Some(Side::Client) {
            self.asked = message.last.at;
        }
        self.now = self.now.max(message.last.at);
        self.last = Some(side);
        let head = &message.bytes[..message.bytes.len().min(HEAD)];
        self.frames.push(Frame {
            at_ms: Millis::rounded(millis(self.flow.began, message.last.at)),
            phase: self.phase,
            direction: if side == Side::Client { Direction::Sent } else { Direction::Received },
            tls: self.tls,
            length: message.bytes.len(),
            head: (content == Content::Open).then(|| hex::encode(head)),
        });
    }

    fn malformed(&mut self, side: Side, why: String) -> Halt {
        let head = self.track(side).rest().to_vec();
        match side {
            Side::Server => Failure::new(FailureKind::Malformed, why).with_received(&head).into(),
            Side::Client if self.flow.packet > 0 && self.flow.opening.syn.is_none() => {
                Halt::Unseen("the record begins after the connection did".to_owned())
            }
            Side::Client => Halt::Unseen(format!("what the client sends is not understood: {why}")),
        }
    }

    /// What it means that this side, whose turn it is, says no more; so many bytes of a message have come.
    pub(super) fn missing(&mut self, owes: Side, pending: usize) -> Halt {
        let client = self.client_left();
        if let Some(failure) = self.alerted(pending, client) {
            return failure.into();
        }
        let (quiet, other) = (self.flow.stream(owes), self.flow.stream(owes.other()));
        if quiet.packets.count == 0 && other.packets.count > 2 {
            let who = if owes == Side::Server { "server" } else { "client" };
            return Halt::Unseen(format!("the capture holds no packet of the {who}"));
        }
        let server = self.flow.from_server.end;
        let first = match (client, server) {
            (Some(client), Some(server)) if (client.at, client.packet) < (server.at, server.packet) => {
                (Side::Client, client)
            }
            (_, Some(server)) => (Side::Server, server),
            (Some(client), None) => (Side::Client, client),
            (None, None) => return self.open_end(owes, pending),
        };
        let waited = self.waited(first.1.at);
        self.now = self.now.max(first.1.at);
        match first {
            (Side::Server, end) => {
                let head = self.server.rest().to_vec();
                let mut failure = net::ended(end.how == How::Rst, pending);
                if ended::by(self.flow).side == EndSide::Path {
                    failure.detail =
                        "a RST in the server's name, but not of the server, ended the connection".to_owned();
                }
                failure.with_received(&head).with_partial(pending as u64).into()
            }
            (Side::Client, _) if owes == Side::Server && waited >= PATIENCE => {
                silent(waited, pending, ", and the client gave up").into()
            }
            (Side::Client, end) => {
                let how = if end.how == How::Rst { "reset" } else { "closed" };
                Halt::Stopped(format!("the client {how} the connection"))
            }
        }
    }

    /// How long the server has owed an answer. From licensing on whatever else it says is none, so the whole phase counts.
    fn waited(&self, until: At) -> f64 {
        let since = if self.phase >= Phase::Licensing { self.since } else { self.asked.max(self.since) };
        millis(since, until)
    }

    /// The record ends, and neither side has ended the connection.
    fn open_end(&mut self, owes: Side, pending: usize) -> Halt {
        let waited = self.waited(self.flow.watched);
        if owes == Side::Server && waited >= PATIENCE {
            self.now = self.flow.watched;
            return silent(waited, pending, "").into();
        }
        let part = if pending > 0 { ", in the middle of a message" } else { "" };
        Halt::Stopped(format!("the record of the connection ends here{part}"))
    }

    /// When the client left: with an alert of TLS, after which the server may end the connection of TCP first, or without one.
    fn client_left(&self) -> Option<End> {
        let alert = self.client.alert.map(|alert| alert.mark);
        let alert = alert.map(|mark| End { how: How::Fin, at: mark.at, packet: mark.packet });
        let ends = alert.into_iter().chain(self.flow.from_client.end);
        ends.min_by_key(|end| (end.at, end.packet))
    }

    /// What the alert says with which the server ended TLS, if the client had not left before.
    fn alerted(&mut self, pending: usize, client: Option<End>) -> Option<Failure> {
        let alert = self.server.alert?;
        let order = (alert.mark.at, alert.mark.packet);
        if client.is_some_and(|client| (client.at, client.packet) < order) {
            return None;
        }
        self.now = self.now.max(alert.mark.at);
        Some(match alert.code {
            net::CLOSE_NOTIFY => net::ended(false, pending).with_partial(pending as u64),
            code => net::alert(Speaker::Server, code),
        })
    }

    /// The frames, and how many were left out.
    pub(super) fn into_frames(self) -> (Vec<Frame>, u64) {
        self.frames.finish()
    }
}

fn silent(waited: f64, pending: usize, more: &str) -> Failure {
    let seconds = waited / 1000.0;
    let detail = match pending {
        0 => format!("the server sent nothing for {seconds:.1} s{more}"),
        bytes => format!("only part of a message came in {seconds:.1} s: {bytes} B{more}"),
    };
    Failure::new(FailureKind::Timeout, detail).with_partial(pending as u64)
}
