//! The two connections of one client to a gateway that has no WebSocket, and the second of them, which carries what the client sends
//! (MS-TSGU 3.3.5.1).

use super::{
    super::{
        http,
        talk::{Halt, Passing, Talk},
        track::{Closing, Track, Word},
    },
    bodies::{body, first},
    http::exchange,
};
use crate::{
    flow::{At, End, Flow, How, Packets, Side, Stream},
    net::Framing,
    pdu::http::{RequestHead, ResponseHead, request_length},
    phase::gateway::{IN_DATA, OUT_DATA, SEED},
    report::Speaker,
};

const OK: u16 = 200;
const NO_SECOND: &str =
    "what the client sends crosses a second connection, which is not in the record or cannot be opened";
/// A GUID in braces, and more.
const LONGEST_ID: usize = 64;

/// Which of two connections one is, as its first request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Half {
    /// The RDG-Connection-Id, which both name.
    pub id: String,
    /// Whether it carries what the client sends.
    pub sends: bool,
}

impl Half {
    /// What the request says that comes next.
    pub(super) fn of(talk: &Talk<'_>) -> Option<Self> {
        let bytes = talk.client.rest();
        let head = RequestHead::parse(&bytes[..request_length(bytes)?]).ok()?;
        let id = head.header("rdg-connection-id").filter(|id| id.len() <= LONGEST_ID)?;
        let sends = head.method == IN_DATA;
        (sends || head.method == OUT_DATA).then(|| Self { id: id.to_owned(), sends })
    }

    /// Whether both are of one client's tunnel, if they are of one client.
    pub fn is_other(&self, half: &Self) -> bool {
        self.id == half.id && self.sends != half.sends
    }
}

/// The second connection, as far as it was read.
pub(in crate::passive) struct Second<'a> {
    /// Both connections as one.
    pub both: &'a Flow,
    /// What it carries, or why it carries nothing.
    pub carried: Passing<Track<'static>>,
    /// What the gateway says on it, which ends it.
    pub answered: Option<Closing>,
    pub now: At,
}

impl<'a> Second<'a> {
    /// Reads what is inside TLS of it, if it was opened.
    pub(in crate::passive) fn read(talk: &mut Talk<'_>, both: &'a Flow, is_open: bool) -> Self {
        talk.meets(Speaker::Gateway);
        let carried = match is_open {
            true => requests(talk, &mut |_| {}).map(|()| body(&mut talk.client, true)),
            false => Err(Halt::Unseen("the second connection to the gateway cannot be read".to_owned())),
        };
        let answer = talk.server.peek(Framing::HttpHead);
        let head = answer.message().and_then(|message| ResponseHead::parse(&message.bytes).ok());
        // Whoever is let in may go on, whenever the answer comes.
        let refusal = head.filter(|head| carried.is_ok() && head.status != OK);
        let answered = talk.server.next().zip(refusal);
        let answered = answered.map(|(mark, head)| Closing { word: Word::Answer(head.status), mark });
        Self { both, carried, answered, now: talk.now }
    }

    /// Goes on with what both connections carry, one each way.
    pub(super) fn join(self, talk: &mut Talk<'a>, chunked: bool) -> Passing<()> {
        talk.now = talk.now.max(self.now);
        let mut client = self.carried?;
        client.closing = first(client.closing, talk.client.closing);
        let mut server = body(&mut talk.server, chunked);
        server.closing = first(server.closing, self.answered);
        (talk.client, talk.server, talk.flow) = (client, server, self.both);
        talk.take(Side::Server, Framing::Exactly(SEED)).map(|_| ())
    }
}

/// Goes on with what the gateway says alone. Only what it says by number is sure without what it answers.
pub(super) fn alone(talk: &mut Talk<'_>, chunked: bool) -> Passing<()> {
    talk.one_way = Some(NO_SECOND);
    (talk.client, talk.server) = (Track::default(), body(&mut talk.server, chunked));
    let seed = talk.take(Side::Server, Framing::Exactly(SEED));
    seed.map(|_| ()).map_err(|_| Halt::Unseen(NO_SECOND.to_owned()))
}

/// Reads the requests until one has a body that does not end; each answer is shown.
pub(super) fn requests(talk: &mut Talk<'_>, shown: &mut dyn FnMut(&ResponseHead)) -> Passing<()> {
    for _ in 0..http::MOST_REQUESTS {
        if is_chunked(talk.client.rest()) {
            return http::request(talk).map(|_| ());
        }
        let made = exchange(talk)?;
        shown(&made.head);
        if made.head.status != OK && talk.next() != Some(Side::Client) {
            return Err(made.ended(talk, "to the connection for what is sent"));
        }
    }
    Err(Halt::Unseen("more requests than a logon takes".to_owned()))
}

/// Whether the request that begins here has a body that does not end.
fn is_chunked(bytes: &[u8]) -> bool {
    let head = request_length(bytes).and_then(|length| RequestHead::parse(&bytes[..length]).ok());
    head.is_some_and(|head| head.is_chunked())
}

/// Two connections as one, of which the first carries what the gateway sends. The bytes stay where they are.
pub(in crate::passive) fn both(out: &Flow, into: &Flow) -> Flow {
    let stream = |main: &Stream, other: &Stream, end: Option<End>| Stream {
        gaps: [&main.gaps[..], &other.gaps[..]].concat(),
        total: main.total + other.total,
        end,
        packets: packets(main, other, end),
        ..Stream::default()
    };
    let ends = [into.from_client.end, out.from_client.end].into_iter().flatten();
    let client_end = ends.min_by_key(|end| (end.at, end.packet));
    // Nothing comes on the second connection, so its end says nothing, unless nothing can be sent any more.
    let reset = into.from_server.end.filter(|end| end.how == How::Rst);
    let server_end = out.from_server.end.or(reset);
    Flow {
        last: out.last.max(into.last),
        watched: out.watched.max(into.watched),
        opening: out.opening.clone(),
        from_client: stream(&into.from_client, &out.from_client, client_end),
        from_server: stream(&out.from_server, &into.from_server, server_end),
        icmp: out.icmp.iter().chain(&into.icmp).cloned().collect(),
        cut: out.cut || into.cut,
        packet: out.packet,
        ..Flow::new(out.client, out.server, out.began)
    }
}

/// What the packets of one end show on both connections; a RST is that of the connection which ended so.
fn packets(main: &Stream, other: &Stream, end: Option<End>) -> Packets {
    let ended = if other.end == end { other } else { main };
    let (one, two) = (&main.packets, &other.packets);
    Packets {
        count: one.count + two.count,
        retransmissions: one.retransmissions.saturating_add(two.retransmissions),
        duplicates: one.duplicates.saturating_add(two.duplicates),
        longest: one.longest.max(two.longest),
        longest_acknowledged: one.longest_acknowledged.max(two.longest_acknowledged),
        unacknowledged: one.unacknowledged + two.unacknowledged,
        lost: one.lost.or(two.lost),
        closed_windows: one.closed_windows.saturating_add(two.closed_windows),
        reset: ended.packets.reset.clone(),
        ip_id: ended.packets.ip_id,
        ..one.clone()
    }
}
