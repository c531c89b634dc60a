//! Opens what both sides have encrypted, with the secrets of their session.

use super::{
    super::{
        talk::Talk,
        track::{Closing, LeftOut, Track, Word},
    },
    handshake::Handshake,
    inner::Inner,
    opener::Opener,
    records::{self, Record},
    suite::Suite,
};
use crate::{
    flow::{Secret, Secrets, Side},
    pdu::content_type::{ALERT, APPLICATION_DATA, HANDSHAKE},
};

/// What was inside.
pub(super) struct Opened {
    pub client: Track<'static>,
    pub server: Track<'static>,
    /// The server's certificates, if they were encrypted too.
    pub chain: Vec<Vec<u8>>,
    pub certificate_requested: bool,
}

/// Opens all that follows; none if the secrets do not open it.
pub(super) fn all(handshake: &Handshake, secrets: &Secrets, talk: &mut Talk<'_>) -> Option<Opened> {
    let mut client = Direction::of(Side::Client, handshake, secrets)?;
    let mut server = Direction::of(Side::Server, handshake, secrets)?;
    for (side, record) in &handshake.early {
        if *side == Side::Client { client.take(record) } else { server.take(record) }
    }
    // Wrong secrets open nothing, and then the records are left for what their sizes say.
    if client.opened + server.opened == 0 && !handshake.early.is_empty() {
        return None;
    }
    client.rest(&mut talk.client);
    server.rest(&mut talk.server);
    Some(Opened {
        client: client.track,
        chain: server.inner.chain,
        certificate_requested: server.inner.certificate_requested,
        server: server.track,
    })
}

struct Direction {
    suite: Suite,
    opener: Opener,
    /// The secret that follows the handshake's, in TLS 1.3.
    traffic: Option<Secret>,
    is_tls13: bool,
    inner: Inner,
    track: Track<'static>,
    opened: usize,
    /// Whether a record could not be opened, after which none can.
    lost: bool,
}

impl Direction {
    fn of(side: Side, handshake: &Handshake, secrets: &Secrets) -> Option<Self> {
        let suite = handshake.suite()?;
        let (opener, traffic, is_tls13) = match handshake.agreed() {
            Some(agreed) => (Opener::tls12(secrets.master.as_ref()?, &agreed, side)?, None, false),
            None => {
                let (first, traffic) = match side {
                    Side::Client => (secrets.client_handshake.as_ref()?, secrets.client_traffic.as_ref()?),
                    Side::Server => (secrets.server_handshake.as_ref()?, secrets.server_traffic.as_ref()?),
                };
                (Opener::tls13(suite, first)?, Some(traffic.clone()), true)
            }
        };
        let (inner, track) = (Inner::default(), Track::default());
        Some(Self { suite, opener, traffic, is_tls13, inner, track, opened: 0, lost: false })
    }

    fn rest(&mut self, track: &mut Track<'_>) {
        let mut missing = self.records(track);
        if missing && let Some(left_out) = track.resume_records() {
            if !self.lost {
                self.track.leave_out(None);
            }
            self.lost |= !matches!(left_out, LeftOut::Records(count) if self.opener.pass(count));
            missing = self.records(track);
        }
        if missing && !self.lost {
            self.track.miss();
        }
        // What ends the stream below ends this one too.
        self.track.closing = self.track.closing.or(track.closing);
        self.track.shut = self.track.shut.or(track.shut);
    }

    /// Takes all that follow; whether something is missing after them.
    fn records(&mut self, track: &mut Track<'_>) -> bool {
        let (records, missing) = records::rest(track);
        records.iter().for_each(|record| self.take(record));
        missing
    }

    fn take(&mut self, record: &Record) {
        if self.lost || self.is_tls13 && record.kind != APPLICATION_DATA {
            return;
        }
        let Some(content) = self.opener.open(record) else {
            self.lost = true;
            self.track.shut.get_or_insert(record.mark);
            self.track.miss();
            return;
        };
        self.opened += 1;
        let (kind, content) = match self.is_tls13 {
            true => inner_type(&content),
            false => (record.kind, content.as_slice()),
        };
        match (kind, content) {
            (APPLICATION_DATA, content) => self.track.push(content, record.mark),
            (ALERT, [_level, code]) => {
                self.track.closing = Some(Closing { word: Word::Alert(*code), mark: record.mark });
            }
            (HANDSHAKE, content) if self.is_tls13 => self.handshake(content),
            _ => {}
        }
    }

    /// Finished and KeyUpdate bring other keys.
    fn handshake(&mut self, content: &[u8]) {
        let was_finished = self.inner.is_finished;
        self.inner.take(content);
        let next = match (self.inner.is_finished && !was_finished, self.inner.updates) {
            (true, _) => self.traffic.clone(),
            (false, true) => self
                .traffic
                .take()
                .map(|secret| self.suite.hash.expand_label(&secret, "traffic upd", self.suite.hash.length())),
            (false, false) => return,
        };
        if let Some(opener) = next.as_ref().and_then(|secret| Opener::tls13(self.suite, secret)) {
            self.opener = opener;
        }
        self.traffic = next;
    }
}

/// TLSInnerPlaintext: the type is the last byte that is no zero.
fn inner_type(content: &[u8]) -> (u8, &[u8]) {
    let end = content.iter().rposition(|byte| *byte != 0);
    end.map_or((0, &[]), |end| (content[end], &content[..end]))
}
