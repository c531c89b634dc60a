//! Both directions of a connection, read in the order of time, and what it means that one of them says no more.

mod leaving;
mod missing;
mod unread;

use super::track::{Closing, Message, Next, Track, Word};
use crate::{
    codes::Phase,
    flow::{At, Flow, Kept, Mark, Side, millis},
    net::Framing,
    pdu::{
        connection_request::ConnectionRequest,
        mcs::{self, Mcs},
        preconnection,
    },
    report::{Client, Direction, Failure, FailureKind, Frame, Millis, Speaker},
};

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
        let told = matches!(&self, Self::Failed(failure) if failure.code.is_some() || failure.is_of_path());
        if told || matches!(self, Self::Unseen(_)) {
            return self;
        }
        let missing = flow.from_client.has_gaps() || flow.from_server.has_gaps();
        // What the client begins with shows that nothing was sent before it.
        let first = &flow.from_client.bytes;
        let begins = ConnectionRequest::read(first).is_ok() || preconnection::length(first).is_some();
        match (missing, flow.begins_late() && !begins) {
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
    /// Who is at the other end.
    pub speaker: Speaker,
    /// Whether Standard RDP Security was opened.
    pub opened: bool,
    /// Whether it is what crosses in the channel of a gateway.
    pub in_channel: bool,
    /// Why only the server's side of it is known, if it is so.
    pub one_way: Option<&'static str>,
    /// When this phase began.
    pub since: At,
    /// How many messages of the server were read since then, one behind the other.
    pub unasked: u64,
    /// When the server last spoke.
    spoke: At,
    /// When the client last said what the server has not answered.
    asked: At,
    /// Who spoke last, and when the last byte of that came.
    last: Option<Side>,
    heard: Mark,
    /// Whether a message of the server was read that never reached the client.
    pub undelivered: bool,
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
            speaker: Speaker::Server,
            opened: false,
            in_channel: false,
            one_way: None,
            since: flow.began,
            unasked: 0,
            spoke: At::MIN,
            asked: flow.began,
            last: None,
            heard: Mark { offset: 0, at: flow.began, packet: 0 },
            undelivered: false,
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

    /// Who speaks next, by time; none if nobody does, or if nobody can read what a server answers.
    pub(super) fn next(&self) -> Option<Side> {
        let order = |mark: Mark| (mark.at, mark.packet);
        let next = match (self.client.next().map(order), self.server.next().map(order)) {
            (Some(client), Some(server)) if server < client => Some(Side::Server),
            (Some(_), _) => Some(Side::Client),
            (None, Some(_)) => Some(Side::Server),
            (None, None) => None,
        };
        next.filter(|side| !self.answers_unread(*side))
    }

    /// Says who is at the other end from here on; returns who was before.
    pub(super) fn meets(&mut self, speaker: Speaker) -> Speaker {
        std::mem::replace(&mut self.speaker, speaker)
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
        if self.answers_unread(side) {
            return Err(self.lacking(side.other()));
        }
        match self.track(side).take(framing) {
            Next::Message(message) => {
                self.note(side, &message, content);
                Ok(message.bytes)
            }
            Next::Unfinished(pending) => Err(self.missing(side, pending)),
            Next::Gap => Err(self.lacking(side)),
            Next::Full => Err(Halt::Unseen("more was sent than is looked at".to_owned())),
            Next::Malformed(malformed) => Err(self.malformed(side, malformed.0)),
        }
    }

    /// Goes on behind what is not kept of what this side sent.
    pub(super) fn resume(&mut self, side: Side) -> bool {
        self.track(side).resume(Framing::TpktOrFastPath)
    }

    /// What it means that bytes of this side are not in the record, or cannot be opened.
    pub(super) fn lacking(&self, side: Side) -> Halt {
        let track = if side == Side::Client { &self.client } else { &self.server };
        Halt::Unseen(match (self.is_seen(side), side) {
            (true, _) if track.shut.is_some() => {
                let packet = track.shut.map_or(0, |mark| mark.packet);
                let place = if packet > 0 { format!(" (packet {packet})") } else { String::new() };
                format!(
                    "a record{place} does not open with the keys of those before it: it is damaged, or the keys changed"
                )
            }
            (true, _) => "bytes are missing in the record here".to_owned(),
            (false, Side::Client) => "the capture holds no packet of the client".to_owned(),
            (false, Side::Server) => "the capture holds no packet of the server".to_owned(),
        })
    }

    /// Records a message that was read.
    pub(super) fn note(&mut self, side: Side, message: &Message, content: Content) {
        let paused = millis(self.now, message.last.at);
        let asks = matches!(self.phase, Phase::Connect | Phase::Gateway | Phase::Tls | Phase::Credssp);
        if asks && (side, self.last) == (Side::Client, Some(Side::Server)) && paused >= PROMPT {
            self.prompted += paused;
            self.since = message.last.at;
        }
        if side == Side::Client && self.last != Some(Side::Client) {
            self.asked = message.last.at;
        }
        match side {
            Side::Server => {
                self.unasked += 1;
                self.spoke = message.last.at;
            }
            Side::Client if is_ultimatum(&message.bytes) => {
                self.client.closing.get_or_insert(Closing { word: Word::End, mark: message.last });
            }
            Side::Client => self.unasked = 0,
        }
        self.undelivered |= side == Side::Server && self.is_in_vain(message.last);
        self.now = self.now.max(message.last.at);
        (self.last, self.heard) = (Some(side), message.last);
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
            Side::Server => {
                Failure::new(FailureKind::Malformed, why).of(self.speaker).with_received(&head).into()
            }
            Side::Client if self.flow.begins_late() => {
                Halt::Unseen("the record begins after the connection did".to_owned())
            }
            Side::Client => Halt::Unseen(format!("what the client sends is not understood: {why}")),
        }
    }

    /// The frames, and how many were left out.
    pub(super) fn into_frames(self) -> (Vec<Frame>, u64) {
        self.frames.finish()
    }
}

/// Whether a message of a client is its goodbye on MCS (T.125 section 7, DisconnectProviderUltimatum).
fn is_ultimatum(message: &[u8]) -> bool {
    matches!(mcs::read(message), Ok(Mcs::Ultimatum { .. }))
}
