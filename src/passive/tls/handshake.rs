//! What crosses in plain: both hellos, the certificate up to TLS 1.2, alerts, and when encryption begins.

use std::borrow::Cow;

use super::{
    super::{
        sealed::{Sealed, Size},
        talk::{Content, Halt, Passing, Talk},
        track::Next,
    },
    derive::Prf,
    exchange::{Exchange, Locked},
    opener::Agreed,
    records::{self, Record},
    suite::Suite,
};
use crate::{
    codes,
    flow::{KeyLog, Secrets, Side},
    net::{self, Framing},
    pdu::{
        client_hello,
        content_type::{ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE},
        hello::{ClientHello, TLS_1_0, TLS_1_2, TLS_1_3},
        peer,
        server_hello::Answer,
        server_key::ServerKey,
    },
    phase::{negotiate::GREETING, tls},
    report::{Failure, FailureKind, Selected, Speaker, Spoken, TlsEvidence},
};

const ENCRYPT_THEN_MAC: u16 = 22;
/// extended_master_secret (RFC 7627).
const EXTENDED_MASTER_SECRET: u16 = 23;

/// A handshake as it is read.
#[derive(Default)]
pub(super) struct Handshake {
    /// What the server has selected before it; none of a connection that begins with TLS.
    selected: Option<Selected>,
    pub answer: Answer,
    hello: Option<ClientHello>,
    exchange: Exchange,
    /// Who has announced that it encrypts.
    ciphers: [bool; 2],
    /// Whether the client's last record is one behind which its next one comes: its key exchange or ChangeCipherSpec.
    announces: bool,
    /// Who has sent an encrypted record.
    encrypts: [bool; 2],
    /// The encrypted records of the handshake.
    pub early: Vec<(Side, Record)>,
}

impl Handshake {
    /// One of which nothing was read.
    pub(super) fn after(selected: Option<Selected>) -> Self {
        Self { selected, ..Self::default() }
    }

    /// Reads until both sides encrypt.
    pub(super) fn read(&mut self, talk: &mut Talk<'_>, evidence: &mut TlsEvidence) -> Passing<()> {
        while !self.is_done() {
            let owes = self.owes(talk);
            let Some(side) = talk.next() else { return Err(self.missing(talk, owes, 0)) };
            // An alert after the other side's end answers that end, and says nothing of its own.
            if talk.answers_end(side, ALERT) {
                return Err(self.missing(talk, owes, 0));
            }
            let record = self.next(talk, side, evidence)?;
            count(evidence, side, record.body.len() + 5);
            self.take(side, record, evidence)?;
            self.note(evidence);
        }
        Ok(())
    }

    /// Who owes the next record.
    fn owes(&self, talk: &Talk<'_>) -> Side {
        if self.announces { Side::Client } else { talk.owes() }
    }

    fn next(&self, talk: &mut Talk<'_>, side: Side, evidence: &mut TlsEvidence) -> Passing<Record> {
        let track = if side == Side::Client { &mut talk.client } else { &mut talk.server };
        match track.take(Framing::TlsRecord) {
            Next::Message(message) => {
                talk.note(side, &message, Content::Open);
                Record::of(&message).ok_or_else(|| Halt::Unseen("a record without a header".to_owned()))
            }
            Next::Malformed(_) if side == Side::Server && !peer::begins_record(talk.server.rest()) => {
                let rest = talk.server.rest();
                let bytes = rest[..rest.len().min(GREETING)].to_vec();
                evidence.speaks = peer::speaks(&bytes).map(Spoken);
                Err(net::not_tls(&bytes).into())
            }
            Next::Malformed(malformed) => Err(Halt::Unseen(format!("a record cannot be read: {malformed}"))),
            Next::Unfinished(pending) => {
                count(evidence, side, pending);
                Err(self.missing(talk, side, pending))
            }
            Next::Gap => Err(talk.lacking(side)),
            Next::Full if !talk.is_seen(side.other()) => Err(talk.lacking(side.other())),
            Next::Full => Err(Halt::Unseen("more was sent than is looked at".to_owned())),
        }
    }

    /// What it means that nobody says more. A client that has sent nothing has asked nothing of the server's TLS.
    fn missing(&self, talk: &mut Talk<'_>, owes: Side, pending: usize) -> Halt {
        let halt = talk.missing(owes, pending);
        let unasked = owes == Side::Client && pending == 0 && self.exchange.client.is_empty();
        let Some(selected) = self.selected.filter(|_| unasked) else { return halt };
        let sent = if talk.flow.cut { "had sent no ClientHello by then" } else { "sent no ClientHello" };
        let before = format!("the server had selected {}, and the client {sent}", selected.name());
        match halt {
            Halt::Failed(failure) => {
                let detail = format!("{}; {before}", failure.detail);
                Halt::Failed(Failure { detail, ..failure })
            }
            Halt::Stopped(why) => {
                let wanted = talk.wants_nla() && !selected.is_nla() && talk.has_ended(Side::Client);
                let wanted = if wanted { ", as one does that insists on NLA" } else { "" };
                Halt::Stopped(format!("{why}; {before}{wanted}"))
            }
            Halt::Unseen(why) => Halt::Unseen(why),
        }
    }

    fn is_tls13(&self) -> bool {
        self.answer.version == Some(TLS_1_3)
    }

    fn is_done(&self) -> bool {
        match self.is_tls13() {
            // The client's Finished is its first encrypted record, unless it answers a retry.
            true => self.encrypts[0] && self.encrypts[1],
            false => self.encrypts == [true, true],
        }
    }

    fn take(&mut self, side: Side, record: Record, evidence: &mut TlsEvidence) -> Passing<()> {
        let index = usize::from(side == Side::Server);
        let sealed = self.ciphers[index] || record.kind == APPLICATION_DATA;
        if side == Side::Client {
            let goes_on = record.kind == HANDSHAKE && self.hello.is_some() && !self.answer.is_retry;
            self.announces = record.kind == CHANGE_CIPHER_SPEC || goes_on && !sealed;
        }
        match (record.kind, side) {
            (CHANGE_CIPHER_SPEC, _) => self.ciphers[index] |= !self.is_tls13(),
            (_, _) if sealed => {
                self.encrypts[index] = true;
                self.early.push((side, record));
            }
            (HANDSHAKE, Side::Client) => self.client_hello(&record, evidence),
            (HANDSHAKE, Side::Server) => self.answer(&record)?,
            (ALERT, _) => return alert(side, &record, evidence),
            _ => {}
        }
        Ok(())
    }

    fn client_hello(&mut self, record: &Record, evidence: &mut TlsEvidence) {
        self.exchange.client.extend_from_slice(&record.body);
        if self.hello.is_some() && !self.answer.is_retry {
            return;
        }
        let whole = [&record.header()[..], &record.body].concat();
        if let Ok(hello) = ClientHello::read(&whole) {
            evidence.sni = client_hello::named(&hello).map(str::to_owned);
            self.hello = Some(hello);
        }
    }

    fn answer(&mut self, record: &Record) -> Passing<()> {
        self.exchange.server.extend_from_slice(&record.body);
        let whole = [&record.header()[..], &record.body].concat();
        self.answer.take(&whole).map_err(|error| {
            let detail = format!("the answer to the ClientHello cannot be read: {error}");
            Halt::Failed(Failure::new(FailureKind::Malformed, detail).with_received(&whole))
        })
    }

    fn note(&self, evidence: &mut TlsEvidence) {
        evidence.version = self.answer.version.map(tls::version);
        evidence.cipher_suite = self.answer.suite.map(tls::suite);
        let elliptic = self.is_tls13()
            || evidence.cipher_suite.as_ref().is_some_and(|suite| suite.starts_with("TLS_ECDHE_"));
        evidence.key_exchange = self.answer.group.filter(|_| elliptic).map(tls::group);
        evidence.client_certificate_requested |= self.answer.client_certificate_requested;
    }

    /// What the client offers.
    pub(super) fn hello(&self) -> Option<&ClientHello> {
        self.hello.as_ref()
    }

    /// What is known of its session, or follows from the server's private key.
    ///
    /// # Errors
    /// Why nothing opens it.
    pub(super) fn secrets<'k>(
        &self,
        keys: &'k KeyLog,
        server_keys: &[ServerKey],
    ) -> Result<Cow<'k, Secrets>, Locked> {
        if let Some(known) = self.hello.as_ref().and_then(|hello| keys.of(&hello.random)) {
            return Ok(Cow::Borrowed(known));
        }
        let suite = self.answer.suite.and_then(|code| codes::TLS_CIPHER_SUITE.symbol(code.into()));
        match suite {
            _ if server_keys.is_empty() || self.answer.version.is_none() => Err(Locked::NoKey),
            _ if self.is_tls13() => Err(Locked::Ephemeral("TLS 1.3")),
            Some(name) if name.starts_with("TLS_ECDHE_") => Err(Locked::Ephemeral("ECDHE")),
            Some(name) if name.starts_with("TLS_DHE_") => Err(Locked::Ephemeral("DHE")),
            Some(name) if name.starts_with("TLS_RSA_WITH_") => {
                let agreed = self.agreed().ok_or(Locked::Suite)?;
                let is_extended = self.answer.extensions.contains(&EXTENDED_MASTER_SECRET);
                self.exchange.secrets(&agreed, is_extended, &self.answer.chain, server_keys).map(Cow::Owned)
            }
            _ => Err(Locked::Suite),
        }
    }

    /// The label of a secret without which these open nothing.
    pub(super) fn lacks(&self, secrets: &Secrets) -> Option<&'static str> {
        self.suite().and_then(|_| secrets.lacks(self.is_tls13()))
    }

    /// The suite, if its records can be opened here.
    pub(super) fn suite(&self) -> Option<Suite> {
        let (version, suite) = (self.answer.version?, Suite::of(self.answer.suite?)?);
        let known = match version {
            TLS_1_2 | TLS_1_3 => true,
            old => (TLS_1_0..TLS_1_2).contains(&old) && !suite.is_current(),
        };
        known.then_some(suite)
    }

    /// What keys up to TLS 1.2 are made of; none in TLS 1.3.
    pub(super) fn agreed(&self) -> Option<Agreed> {
        let (version, suite) = (self.answer.version?, self.suite()?);
        (!self.is_tls13()).then_some(Agreed {
            version,
            suite,
            prf: if version < TLS_1_2 { Prf::Halves } else { Prf::Of(suite.hash) },
            client_random: self.hello.as_ref()?.random,
            server_random: self.answer.random?,
            encrypt_then_mac: self.answer.extensions.contains(&ENCRYPT_THEN_MAC),
        })
    }

    /// What sizes and times of the records say; those of the handshake are left out.
    pub(super) fn sealed(&self, talk: &mut Talk<'_>) -> Sealed {
        let (client, from_client) = records::all(&mut talk.client);
        let (server, from_server) = records::all(&mut talk.server);
        // Clients of TLS 1.0 split what they send, so a record says little of a message.
        let suite = self.suite().filter(|_| self.answer.version > Some(TLS_1_0));
        let lengths = |side, records: Vec<Record>| {
            let size = move |Record { mark, kind, body, .. }| {
                let plain = suite.map(|suite| suite.content(self.is_tls13(), body.len()));
                Size::new(side, mark, kind, body.len(), plain)
            };
            records.into_iter().map(size)
        };
        let both = lengths(Side::Client, client).chain(lengths(Side::Server, server));
        Sealed::new(self.is_tls13(), both.collect(), [from_client, from_server])
            .with_tickets(talk.flow.from_client.packets.round_trip_ms)
    }
}

/// Counts what a side sent in the handshake, whether a record is whole or not.
fn count(evidence: &mut TlsEvidence, side: Side, bytes: usize) {
    let count = match side {
        Side::Client => &mut evidence.bytes_sent,
        Side::Server => &mut evidence.bytes_received,
    };
    *count += bytes as u64;
}

/// An alert in plain: the server's ends the phase as its failure, the client's as its choice.
fn alert(side: Side, record: &Record, evidence: &mut TlsEvidence) -> Passing<()> {
    let [_level, code] = record.body[..] else { return Ok(()) };
    let shown = Some(tls::alert(code.into()));
    match side {
        _ if code == net::CLOSE_NOTIFY => Ok(()),
        Side::Server => {
            evidence.alert_received = shown;
            Err(net::alert(Speaker::Server, code).into())
        }
        Side::Client => {
            evidence.alert_sent = shown;
            let name = codes::TLS_ALERT.symbol(code.into()).unwrap_or("unknown");
            Err(Halt::Stopped(format!("the client ended the handshake with the TLS alert {code} ({name})")))
        }
    }
}
