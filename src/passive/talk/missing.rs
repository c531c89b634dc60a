//! What it means that a side says no more: who ended the connection, or who was silent for too long.

use super::{
    super::{
        ended,
        track::{Closing, Word},
        vain,
    },
    Halt, Talk, is_ultimatum,
};
use crate::{
    codes::{Phase, Protocols},
    flow::{At, End, How, Mark, Side, millis},
    net::{self, CLOSED_BY_SERVER, Framing},
    report::{EndSide, Failure, FailureKind, Speaker},
};

/// So long a server may think before a client that leaves has waited in vain, in milliseconds.
const PATIENCE: f64 = 3_000.0;

impl Talk<'_> {
    /// What it means that this side, whose turn it is, says no more; so many bytes of a message have come.
    pub(in crate::passive) fn missing(&mut self, owes: Side, pending: usize) -> Halt {
        let goodbye = self.client.find(Framing::TpktOrFastPath, is_ultimatum);
        let goodbye = goodbye.map(|mark| Closing { word: Word::End, mark });
        self.client.closing = self.client.closing.or(goodbye);
        let client = self.client_left();
        if let Some(failure) = self.told(pending, client) {
            return failure.into();
        }
        if let Some((failure, mark)) = self.server.unopened() {
            self.now = self.now.max(mark.at);
            return failure.into();
        }
        let (quiet, other) = (self.flow.stream(owes), self.flow.stream(owes.other()));
        if quiet.packets.count == 0 && other.packets.count > 2 {
            return self.lacking(owes);
        }
        if let Some((failure, end)) = self.on_the_way() {
            self.now = self.now.max(end);
            return failure.with_received(self.server.rest()).with_partial(pending as u64).into();
        }
        // What does not open may be an answer, or a goodbye.
        for (side, track) in [(Side::Server, &self.server), (Side::Client, &self.client)] {
            if track.shut.is_some() && track.has_gap() {
                return self.lacking(side);
            }
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
        let (waited, quiet) = (self.waited(first.1.at), millis(self.now, first.1.at));
        self.now = self.now.max(first.1.at);
        match first {
            (Side::Server, _) if self.in_channel => lost().into(),
            (Side::Server, end) if owes == Side::Client && quiet >= PATIENCE => {
                let (how, seconds) = (verb(end), quiet / 1000.0);
                Halt::Stopped(format!(
                    "the client sent nothing for {seconds:.1} s, then the server {how} the connection"
                ))
            }
            (Side::Server, end) => {
                let head = self.server.rest().to_vec();
                let failure = net::ended(self.speaker, end.how == How::Rst, pending);
                failure.with_received(&head).with_partial(pending as u64).into()
            }
            (Side::Client, _) if owes == Side::Server && waited >= PATIENCE => {
                self.silent(waited, pending, ", and the client gave up").into()
            }
            (Side::Client, _) => self.left(),
        }
    }

    /// What happened between both ends that neither did, and when the connection ended: a RST of somebody else, or loss.
    pub(in crate::passive) fn on_the_way(&self) -> Option<(Failure, At)> {
        self.forged().or_else(|| vain::failure(self.flow))
    }

    /// Whether what the server sent and ended here never reached the client.
    pub(super) fn is_in_vain(&self, last: Mark) -> bool {
        let vain = self.flow.from_server.packets.in_vain;
        vain.is_some_and(|vain| vain.first <= (last.at, last.packet))
    }

    /// The failure that ends a phase whose last message never reached the client.
    pub(in crate::passive) fn undelivered(&mut self) -> Option<Failure> {
        let (failure, end) = vain::failure(self.flow).filter(|_| self.undelivered)?;
        self.now = self.now.max(end);
        Some(failure)
    }

    /// A RST of somebody else.
    fn forged(&self) -> Option<(Failure, At)> {
        let (side, end) = ended::first(self.flow)?;
        let who = if side == Side::Server { self.speaker.title() } else { "the client" };
        let detail = format!("a RST in {who}'s name, but not of {who}, ended the connection");
        let failure = Failure::new(FailureKind::Reset, detail).of(Speaker::Path);
        (ended::by(self.flow).side == EndSide::Path).then_some((failure, end.at))
    }

    /// How long the server has owed an answer. From licensing on whatever else it says is none, so the whole phase counts.
    fn waited(&self, until: At) -> f64 {
        let since = if self.phase >= Phase::Licensing { self.since } else { self.asked.max(self.since) };
        millis(since, until)
    }

    /// What was awaited did not come for so long.
    fn silent(&self, waited: f64, pending: usize, more: &str) -> Failure {
        let (seconds, speaker) = (waited / 1000.0, self.speaker);
        let detail = match pending {
            0 if self.has_said_others(waited) && self.phase >= Phase::Licensing => {
                format!("{} sent nothing that was awaited for {seconds:.1} s{more}", speaker.title())
            }
            0 => format!("{} sent nothing for {seconds:.1} s{more}", speaker.title()),
            bytes => format!("only part of a message came in {seconds:.1} s: {bytes} B{more}"),
        };
        Failure::new(FailureKind::Timeout, detail).of(speaker).with_partial(pending as u64)
    }

    /// Whether the server has said something that nobody answered, or went on saying things for half of that time.
    fn has_said_others(&self, waited: f64) -> bool {
        self.unasked > 0 || millis(self.since, self.spoke.max(self.since)) > waited / 2.0
    }

    /// The record ends, and neither side has ended the connection.
    fn open_end(&mut self, owes: Side, pending: usize) -> Halt {
        let waited = self.waited(self.flow.watched);
        if owes == Side::Server && waited >= PATIENCE {
            self.now = self.flow.watched;
            return self.silent(waited, pending, "").into();
        }
        let part = if pending > 0 { ", in the middle of a message" } else { "" };
        Halt::Stopped(format!("the record of the connection ends here{part}"))
    }

    /// Whether this side has ended the connection.
    pub(in crate::passive) fn has_ended(&self, side: Side) -> bool {
        self.flow.stream(side).end.is_some()
    }

    /// Whether this side speaks next, begins with this byte, and the other side had ended the connection before that.
    pub(in crate::passive) fn answers_end(&self, side: Side, first: u8) -> bool {
        let track = if side == Side::Client { &self.client } else { &self.server };
        let end = self.flow.stream(side.other()).end;
        let is_after = |end: End, mark: Mark| (end.at, end.packet) < (mark.at, mark.packet);
        track.rest().first() == Some(&first)
            && end.zip(track.next()).is_some_and(|(end, mark)| is_after(end, mark))
    }

    /// Whether the server says goodbye to a client that had left before.
    pub(in crate::passive) fn is_goodbye(&self, failure: &Failure) -> bool {
        let heard = (self.heard.at, self.heard.packet);
        let left = self.client_left().is_some_and(|left| (left.at, left.packet) < heard);
        left && failure.kind == FailureKind::Disconnect
    }

    /// Whether the client says no more and was the first to leave.
    pub(in crate::passive) fn has_client_left_first(&self) -> bool {
        let Some(left) = self.client_left().map(|left| (left.at, left.packet)) else { return false };
        let word = self.server.closing.map(|closing| closing.mark.order());
        let end = self.flow.from_server.end.map(|end| (end.at, end.packet));
        self.client.rest().is_empty() && word.into_iter().chain(end).all(|server| left < server)
    }

    /// Whether a gateway says by number why it closed the channel, which counts whatever else is there.
    pub(in crate::passive) fn is_told_by_gateway(&self) -> bool {
        let word = self.server.closing.map(|closing| closing.word);
        matches!(word, Some(Word::Channel(status)) if status != 0 && status != CLOSED_BY_SERVER)
    }

    /// That the client has left, if nobody else ended the connection in its name.
    pub(in crate::passive) fn left(&self) -> Halt {
        if let Some((failure, _)) = self.forged() {
            return failure.into();
        }
        let verb = self.flow.from_client.end.map_or("closed", verb);
        Halt::Stopped(format!("the client {verb} the connection"))
    }

    /// Whether the client offers NLA.
    pub(in crate::passive) fn wants_nla(&self) -> bool {
        let code = self.offered.request.as_ref().and_then(|request| request.protocols_code);
        code.is_some_and(|code| Protocols::from_bits(code).has(Protocols::NLA))
    }

    /// When the client left: with a last word of a protocol inside, after which the server may end the connection of TCP first, or without one.
    pub(in crate::passive) fn client_left(&self) -> Option<End> {
        let word = self.client.closing.map(|closing| closing.mark);
        let word = word.map(|mark| End { how: How::Fin, at: mark.at, packet: mark.packet });
        let ends = word.into_iter().chain(self.flow.from_client.end);
        ends.min_by_key(|end| (end.at, end.packet))
    }

    /// What the word says with which the other end closed what is inside, if the client had not left before.
    fn told(&mut self, pending: usize, client: Option<End>) -> Option<Failure> {
        let closing = self.server.closing.filter(|closing| !self.ends_unread(*closing))?;
        let order = (closing.mark.at, closing.mark.packet);
        if client.is_some_and(|client| (client.at, client.packet) < order) {
            return None;
        }
        self.now = self.now.max(closing.mark.at);
        Some(match closing.word {
            Word::Alert(net::CLOSE_NOTIFY) | Word::End | Word::Channel(0 | CLOSED_BY_SERVER) => {
                net::ended(self.speaker, false, pending).with_partial(pending as u64)
            }
            Word::Alert(code) => net::alert(self.speaker, code),
            Word::Channel(status) => {
                net::gateway_error("the gateway closed the channel", status).of(Speaker::Gateway)
            }
            Word::Answer(status) => {
                let detail = format!("the channel for sending was answered early: HTTP {status}");
                let kind = if self.in_channel { FailureKind::GatewayError } else { FailureKind::Malformed };
                Failure::new(kind, detail).of(Speaker::Gateway)
            }
            Word::Lost => lost(),
            Word::Unreadable => {
                let detail = "what the gateway sends cannot be taken: it is no packet";
                Failure::new(FailureKind::GatewayError, detail).of(Speaker::Gateway)
            }
        })
    }
}

fn verb(end: End) -> &'static str {
    if end.how == How::Rst { "reset" } else { "closed" }
}

/// A channel that its gateway did not close.
fn lost() -> Failure {
    let detail = "the gateway closed its connection without closing the channel";
    Failure::new(FailureKind::GatewayError, detail).of(Speaker::Gateway)
}
