//! Whether the path loses packets or is slow, by what TCP counted of every connection of the trace.

use super::{Facts, path};
use crate::{
    codes::Phase,
    plain::plural,
    report::{AttemptResult, Connection, Direction, FailureKind, Millis, Status, StreamEnd, Tcp},
};

/// The first SYN is sent again after a second (RFC 6298 section 2).
const SYN_AGAIN_MS: f64 = 950.0;
/// One segment is sent again also where an acknowledgment only comes late (RFC 8985 section 7).
pub(super) const LOSS: u32 = 2;
/// One SYN is lost by chance.
const SYNS: u32 = 2;
/// The least time before a segment is sent again; each time it is twice as long (RFC 6298 section 5, as Linux has it).
pub(super) const AGAIN_MS: f64 = 200.0;
/// Round trips beyond this make the default time of a phase short.
const LONG_TRIP_MS: f64 = 1000.0;
/// Shorter ones are no reason for anything.
pub(super) const SHORT_TRIP_MS: f64 = 200.0;
/// A phase that gives up has time for so many of them, or too little time.
const TRIPS: f64 = 5.0;
/// Round trips that grow so much wait in the queue of a link.
const GROWN: f64 = 10.0;
/// How long after the last segment the system asks whether the peer is there, and how often (`net::os`).
const KEEP_ALIVE_MS: f64 = 1000.0;
/// A segment that was sent again so often in vain is not lost by chance.
pub(super) const PERSISTENT: u32 = 5;
/// What came in this last part of the time was not the last.
pub(super) const STILL_PART: f64 = 0.2;

/// What shows that packets were lost while others arrived.
#[derive(Debug, Default)]
pub(super) struct Loss {
    /// How many connections show it.
    pub connections: usize,
    /// Of the first packets of connections, which nothing else delays by a second.
    pub opening: Option<String>,
    /// Of segments that arrived when they were sent again.
    pub mended: Option<String>,
}

impl Loss {
    /// All of it.
    pub(super) fn told(self) -> Vec<String> {
        self.opening.into_iter().chain(self.mended).collect()
    }
}

/// What was lost on the way and sent again with success, in any connection.
pub(super) fn loss(facts: &Facts<'_>) -> Loss {
    let made = &facts.trace.connections;
    let (again, with) =
        made.iter().filter_map(mended).fold((0_u64, 0), |(sum, with), one| (sum + u64::from(one), with + 1));
    let mended = (with > 0).then(|| {
        let was = if again == 1 { "was" } else { "were" };
        format!("{} {was} sent again in {}", plural(again, "segment"), plural(with as u64, "connection"))
    });
    let late = opened_again(facts);
    Loss { connections: with + late.len(), opening: opened_late(facts, &late), mended }
}

/// How often SYNs were sent again, if that was several times and nothing else was: a listener whose queue of new connections is full
/// leaves them unanswered as well.
pub(super) fn only_syns(facts: &Facts<'_>) -> Option<u32> {
    let made = &facts.trace.connections;
    let retries: u32 = made.iter().filter_map(|made| made.tcp.as_ref()?.syn_retries).sum();
    (retries >= SYNS && !made.iter().any(sends_data_again)).then_some(retries)
}

/// A system counts its SYNs among what it sends again, and who watches does not.
fn sends_data_again(made: &Connection) -> bool {
    let tcp = made.tcp.as_ref();
    let again = tcp.and_then(|tcp| tcp.retransmissions).unwrap_or(0);
    match &made.watched {
        Some(watched) => again + watched.server.retransmissions > 0,
        None => again > tcp.and_then(|tcp| tcp.syn_retries).unwrap_or(0),
    }
}

/// How often a connection sent something again that arrived then: more than in vain.
fn mended(made: &Connection) -> Option<u32> {
    // An ICMP error has the system send again sooner (RFC 6069), so that the times do not tell what was in vain.
    let tcp = made.tcp.as_ref().filter(|tcp| tcp.icmp_error.is_none())?;
    let again = tcp.retransmissions.filter(|again| *again >= LOSS)?;
    // Whoever watched saw of each segment whether it was acknowledged after it was sent again.
    if let Some(mended) = made.watched.as_ref().and_then(|watched| watched.client.mended) {
        return Some(mended).filter(|mended| *mended >= LOSS);
    }
    let in_vain = match tcp.unacknowledged {
        Some(lost) if lost > 0 => most_in_vain(made),
        _ => 0,
    };
    again.checked_sub(in_vain).filter(|mended| *mended > 0)
}

/// How often one segment can be sent again since our last byte, with a probe before that (RFC 8985 section 7) and one for the SYN.
fn most_in_vain(made: &Connection) -> u32 {
    const PROBES: u32 = 2;
    let phases = made.phases.summaries();
    let end = phases.last().and_then(|last| last.failure?.end.as_ref());
    let since = end.and_then(|end| end.after_sent_ms).map_or(0.0, |since| since.0);
    let mut times = PROBES;
    let mut next = AGAIN_MS;
    while next <= since {
        (times, next) = (times + 1, next * 2.0 + AGAIN_MS);
    }
    times
}

/// How long each connection to the host took to open.
fn openings<'a>(facts: &Facts<'a>) -> impl Iterator<Item = (f64, &'a Tcp)> {
    facts.trace.connections.iter().filter_map(|made| {
        let attempts = &made.phases.connect.as_ref()?.evidence.attempts;
        let won = attempts.iter().find(|attempt| attempt.result == AttemptResult::Connected)?;
        Some((won.elapsed_ms.0, made.tcp.as_ref()?))
    })
}

/// How long a connection takes to open, or a round trip: the shortest.
fn usual(facts: &Facts<'_>) -> Option<f64> {
    let least = openings(facts).map(|(took, _)| took).min_by(f64::total_cmp)?;
    let trips = openings(facts).filter_map(|(_, tcp)| Some(tcp.round_trip_ms?.0)).min_by(f64::total_cmp);
    trips.map(|trip| least.min(trip))
}

/// How long those took that were opened only after the first SYN, or its answer, was lost.
fn opened_again(facts: &Facts<'_>) -> Vec<f64> {
    let Some(usual) = usual(facts) else { return Vec::new() };
    let took = openings(facts).map(|(took, _)| took);
    took.filter(|took| *took >= SYN_AGAIN_MS && usual < took / 2.0).collect()
}

fn opened_late(facts: &Facts<'_>, late: &[f64]) -> Option<String> {
    let usual = usual(facts)?;
    let longest = late.iter().copied().max_by(f64::total_cmp)? / 1000.0;
    Some(match late.len() {
        1 => format!("the connection took {longest:.1} s to open, a round trip takes {usual:.1} ms"),
        some => {
            format!("{some} connections took up to {longest:.1} s to open, a round trip takes {usual:.1} ms")
        }
    })
}

/// Why a phase needs more time than it had, where the path is what takes it.
pub(super) fn slow(facts: &Facts<'_>) -> Option<String> {
    path::still_arriving(facts).or_else(|| acknowledging(facts)).or_else(|| long_trip(facts))
}

/// What was sent is still on its way, because the last of it was acknowledged a moment ago.
fn acknowledging(facts: &Facts<'_>) -> Option<String> {
    let (took, tcp) = (waited(facts)?, facts.transport?);
    let bytes = tcp.unacknowledged.filter(|bytes| *bytes > 0)?;
    let before = tcp.acknowledged_before_ms.filter(|Millis(before)| *before <= took * STILL_PART)?.0 / 1000.0;
    Some(format!(
        "{bytes} B were still on their way after {:.1} s, the last acknowledgment came {before:.1} s before",
        took / 1000.0
    ))
}

/// How long the phase waited that ended in silence.
fn waited(facts: &Facts<'_>) -> Option<f64> {
    let failed = facts.failed().filter(|failed| failed.phase > Phase::Connect)?;
    (failed.failure?.kind == FailureKind::Timeout).then_some(failed.elapsed_ms.0)
}

fn long_trip(facts: &Facts<'_>) -> Option<String> {
    let trip = facts.transport?.round_trip_ms?.0;
    let opened = openings(facts).map(|(took, _)| took).min_by(f64::total_cmp);
    // A round trip that was taken from a lost SYN is none.
    let grown = opened.filter(|took| trip >= SHORT_TRIP_MS && trip >= took * GROWN);
    let seconds = trip / 1000.0;
    match (grown, waited(facts)) {
        (Some(took), Some(_)) => Some(format!("round trips grew from {took:.1} ms to {seconds:.1} s")),
        _ if trip >= LONG_TRIP_MS => Some(format!("a round trip takes {seconds:.1} s")),
        (_, Some(waited)) if trip >= SHORT_TRIP_MS && trip * TRIPS >= waited => {
            Some(format!("a round trip takes {seconds:.1} s, and the phase had {:.1} s", waited / 1000.0))
        }
        _ => None,
    }
}

/// Whether anything of ours was acknowledged, or any byte came, before the silence: then the way carried something.
pub(super) fn carried(facts: &Facts<'_>) -> bool {
    let sent = facts.transport.is_some_and(|tcp| {
        tcp.sent_bytes.zip(tcp.unacknowledged).is_some_and(|(sent, lost)| sent > lost.into())
    });
    sent || facts.transport.is_some_and(|tcp| tcp.received_bytes.is_some_and(|bytes| bytes > 0))
}

/// Whether bytes came in the phase that ended in silence.
pub(super) fn came(facts: &Facts<'_>) -> bool {
    let end = facts.failed().and_then(|failed| failed.failure?.end.as_deref());
    let came = |end: &StreamEnd| {
        end.after_received_ms.zip(waited(facts)).is_some_and(|(before, took)| before.0 < took)
    };
    facts.failed().is_some_and(|failed| failed.status == Status::Failed) && end.is_some_and(came)
}

/// How long before the end the last byte crossed, in either direction, in milliseconds.
pub(super) fn quiet(end: &StreamEnd) -> Option<f64> {
    Some(end.after_sent_ms?.0.min(end.after_received_ms.map_or(f64::MAX, |since| since.0)))
}

/// Whether something was acknowledged well after the last byte in either direction: then the way carries, late or with losses.
pub(super) fn carries_on(facts: &Facts<'_>) -> bool {
    let end = facts.failed().and_then(|failed| failed.failure?.end.as_deref());
    let late = |end: &StreamEnd| {
        let tcp = facts.transport?;
        Some(tcp.acknowledged_before_ms?.0 < quiet(end)? - tcp.round_trip_ms?.0.max(AGAIN_MS) * 2.0)
    };
    end.and_then(late).unwrap_or(false)
}

/// That the answers of this phase came so far apart that the next one was not due when its time was over.
pub(super) fn unhurried(facts: &Facts<'_>) -> Option<String> {
    let failed = facts.failed()?;
    let silence = failed.failure?.end.as_ref()?.after_received_ms?.0;
    let trip = facts.transport?.round_trip_ms?.0;
    let frames = facts.described?.frames.iter().filter(|frame| frame.phase == failed.phase);
    let times: Vec<_> = frames.map(|frame| (frame.direction, frame.at_ms.0)).collect();
    let took =
        times.windows(2).filter(|pair| pair[0].0 == Direction::Sent && pair[1].0 == Direction::Received);
    let longest = took.map(|pair| pair[1].1 - pair[0].1).max_by(f64::total_cmp)?;
    (longest >= KEEP_ALIVE_MS && trip < SHORT_TRIP_MS && silence < longest * 1.5).then(|| {
        format!(
            "an answer took up to {:.1} s here, and only {:.1} s had passed since the last: --timeout gives it more time",
            longest / 1000.0,
            silence / 1000.0
        )
    })
}

/// Whether the peer's system still answers that it is there while its service is silent; none where that was not seen.
pub(super) fn pulse(facts: &Facts<'_>) -> Option<bool> {
    let failed = facts.failed().filter(|failed| failed.phase > Phase::Connect && path::is_direct(facts))?;
    let failure = failed.failure.filter(|failure| failure.kind == FailureKind::Timeout)?;
    let tcp = facts.transport.filter(|tcp| tcp.unacknowledged == Some(0))?;
    let quiet = quiet(failure.end.as_ref()?)?;
    let (before, trip) = (tcp.acknowledged_before_ms?.0, tcp.round_trip_ms?.0);
    let late = quiet - trip.max(AGAIN_MS) * 2.0;
    match before < late {
        true => Some(true),
        // Two questions, a second apart each, had no answer.
        false => (late >= 2.0 * KEEP_ALIVE_MS + trip).then_some(false),
    }
}

/// How long things take with the connections whose ClientHello is reset, in milliseconds: the middle of all of them.
pub(super) struct Resets {
    /// From the hello to the reset.
    pub reset: f64,
    /// The connection itself.
    pub opening: f64,
    /// The answer to the Connection Request.
    pub request: f64,
}

/// None where no hello was reset.
pub(super) fn resets(facts: &Facts<'_>) -> Option<Resets> {
    let times: Vec<_> = facts.trace.connections.iter().filter_map(reset).collect();
    let middle = |which: fn(&Resets) -> f64| {
        let mut all: Vec<f64> = times.iter().map(which).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    };
    Some(Resets {
        reset: middle(|one| one.reset)?,
        opening: middle(|one| one.opening)?,
        request: middle(|one| one.request)?,
    })
}

fn reset(made: &Connection) -> Option<Resets> {
    let attempts = &made.phases.connect.as_ref()?.evidence.attempts;
    let won = attempts.iter().find(|attempt| attempt.result == AttemptResult::Connected)?;
    let tls = made.phases.tls.as_ref().filter(|tls| tls.evidence.bytes_received == 0)?;
    let failure = tls.failure.as_ref().filter(|failure| failure.kind == FailureKind::Reset)?;
    Some(Resets {
        reset: failure.end.as_ref()?.after_sent_ms?.0,
        opening: won.elapsed_ms.0,
        request: made.phases.negotiate.as_ref()?.elapsed_ms.0,
    })
}
