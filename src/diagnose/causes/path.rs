//! What lies between and cuts or swallows the stream.

use super::{
    CauseRule, Place, Weighed, after, cut_in, failed_in,
    listener::{some_request_answered, takes_tls},
    lost, rule, silent_in,
};
use crate::{
    codes::Phase,
    diagnose::{
        Facts,
        added::gets_further,
        difference, end_after_pause, handshakes, pace,
        path::{self, BlackHole},
        watched,
    },
    plain::times,
    report::{CauseCode, ExperimentKind, Failure, FailureKind, Likelihood},
};

/// What TCP itself proves of the path, which comes before what may ail the host.
pub(super) const PROVED: &[CauseRule] = &[
    rule(Place::Path, CauseCode::ResetFromThePath, reset),
    rule(Place::Path, CauseCode::PathMtu, mtu),
    rule(Place::Path, CauseCode::PathLoss, loss).intermittent(),
    rule(Place::Path, CauseCode::PathSlow, slow).intermittent(),
    rule(Place::Path, CauseCode::PathBlackHole, black_hole).intermittent(),
    rule(Place::Path, CauseCode::FilterAnswersTls, filter).intermittent(),
];

/// A reset that takes this part of the time that the host needs for its easiest answer is hardly the host's.
const AT_ONCE_PART: f64 = 0.5;

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Path, CauseCode::MiddleboxCutsStream, cuts).intermittent(),
    rule(Place::Path, CauseCode::PathLosesAnswers, answers_lost).intermittent(),
];

/// What was acknowledged arrived. Whether an answer was sent nobody sees from here.
fn answers_lost(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed().filter(|failed| failed.phase > Phase::Connect)?;
    let failure = silent_in(facts, failed.phase).filter(|_| path::is_acknowledged(facts))?;
    if small_segments_pass(facts)
        || facts.is_busy()
        || facts.answers_http().is_some()
        || pace::slow(facts).is_some()
        || pace::pulse(facts) == Some(false)
    {
        return None;
    }
    let who = if facts.through.is_some() { "the gateway" } else { "the host" };
    let text = format!(
        "{who} acknowledged all that was sent; an answer that is lost on the way back looks like none"
    );
    let pulse = (pace::pulse(facts) == Some(true))
        .then(|| "its system still says that it is there: only longer packets could be lost".to_owned());
    Some(Weighed::possible(text).and(Some(failure.detail.clone())).but(pulse))
}

/// A capture shows that somebody else sent the RST.
fn reset(facts: &Facts<'_>) -> Option<Weighed> {
    facts.failed()?;
    watched::reset_from_the_path(facts).map(Weighed::likely)
}

/// The same bytes in shorter packets arrive, and so do the answers.
fn mtu(facts: &Facts<'_>) -> Option<Weighed> {
    let phase = facts.failed()?.phase;
    let failure = silent_in(facts, phase).filter(|_| small_segments_pass(facts))?;
    let text = format!("in TCP segments of 536 B the same connection passes {phase}");
    let likelihood = facts.proof(phase, ExperimentKind::SmallSegments);
    let longer = Some(format!("in longer ones {}", failure.detail));
    Some(Weighed::new(likelihood, text).and(longer).and(facts.every_time(phase)))
}

/// Whether short segments get further than the usual ones, which were not answered.
pub(crate) fn small_segments_pass(facts: &Facts<'_>) -> bool {
    let silent = facts.failed().is_some_and(|failed| silent_in(facts, failed.phase).is_some());
    silent && gets_further(facts, ExperimentKind::SmallSegments)
}

/// A host that is up acknowledges whatever its services do.
fn black_hole(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(lost) = lost::ended(facts).and_then(|_| watched::never_arrive(facts)) {
        let shorter = watched::shorter_arrives(facts);
        let doubted = shorter.is_some() || watched::unanswered_by(facts).is_some();
        let likelihood = if doubted { Likelihood::Possible } else { Likelihood::Likely };
        return Some(Weighed::new(likelihood, lost).and(icmp_error(facts)).but(shorter));
    }
    let BlackHole { bytes, again } = path::black_hole(facts)?;
    let often = again;
    let again = (again > 0 && bytes > 0)
        .then(|| format!("segments were sent again {}, in vain", times(again.into())));
    let text = match bytes {
        0 => {
            "all that was sent was acknowledged, and then the host's system did not even say that it is there"
                .to_owned()
        }
        _ => format!("{bytes} B that were sent were never acknowledged"),
    };
    let other = if icmp_error(facts).is_some() {
        None
    } else if is_lossy(facts) {
        Some("other segments were lost and arrived when they were sent again")
    } else if pace::slow(facts).is_some() {
        Some("the path is slow: they may be on their way")
    } else if pace::came(facts) && bytes > 0 && often < pace::PERSISTENT {
        Some("bytes came in this phase")
    } else if bytes > 0 && pace::carries_on(facts) {
        Some("something was acknowledged later")
    } else {
        None
    };
    let likelihood = if other.is_some() { Likelihood::Possible } else { Likelihood::Likely };
    Some(Weighed::new(likelihood, text).and(icmp_error(facts)).and(again).but(other.map(str::to_owned)))
}

fn icmp_error(facts: &Facts<'_>) -> Option<String> {
    let told = facts.transport?.icmp_error.as_ref()?;
    Some(format!("meanwhile an ICMP message said: {told}"))
}

/// What is lost at random arrives at some time, and a part of it does.
fn loss(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed().filter(|failed| failed.phase > Phase::Connect)?;
    let failure = silent_in(facts, failed.phase)?;
    if let Some(retries) = pace::only_syns(facts) {
        let against = "nothing else was lost: a listener whose queue is full leaves SYNs unanswered too";
        return Some(
            Weighed::possible(format!("SYNs were sent again {retries} times")).but(Some(against.to_owned())),
        );
    }
    if is_lossy(facts) {
        let mut told = pace::loss(facts).told().into_iter();
        let (first, more) = (told.next()?, told.next());
        let steady = watched::most_in_vain(facts).filter(|times| *times > pace::PERSISTENT);
        let steady =
            steady.map(|times| format!("the last was sent {times} times in vain, which is hardly chance"));
        let likelihood = if steady.is_some() { Likelihood::Possible } else { Likelihood::Likely };
        let told = Weighed::new(likelihood, first).and(more).and(Some(failure.detail.clone()));
        return Some(told.but(steady));
    }
    let chance = icmp_error(facts).is_none() && pace::carried(facts);
    let BlackHole { bytes, again } = path::black_hole(facts).filter(|hole| hole.bytes > 0 && chance)?;
    let text = format!(
        "the last {bytes} B were sent again {} in vain, and what was sent before arrived",
        times(again.into())
    );
    let late = pace::carries_on(facts) && pace::slow(facts).is_none();
    let chance = late || pace::came(facts) && again < pace::PERSISTENT;
    let weighed = if chance { Weighed::likely(text) } else { Weighed::possible(text) };
    Some(weighed)
}

/// Whether packets were lost and arrived when they were sent again. On a slow path they are sent again because they are late.
pub(super) fn is_lossy(facts: &Facts<'_>) -> bool {
    // Who was told that nobody can be reached sends again at once.
    if icmp_error(facts).is_some() {
        return false;
    }
    if pace::only_syns(facts).is_some() {
        return false;
    }
    let loss = pace::loss(facts);
    // Chance does not end every connection in the same place while it spares most of what they send.
    let steady = facts.failed().is_some_and(|failed| facts.every_time(failed.phase).is_some());
    if steady && loss.connections * 2 < facts.trace.connections.len() {
        return false;
    }
    loss.opening.is_some() || loss.mended.is_some() && pace::slow(facts).is_none()
}

/// Whoever still sends is not silent, and what is late is not lost.
fn slow(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed().filter(|failed| failed.phase > Phase::Connect)?;
    silent_in(facts, failed.phase)?;
    Some(Weighed::likely(pace::slow(facts).filter(|_| !facts.is_busy())?))
}

/// What the path alone explains: silence, where it is seen to lose packets or to be slow.
pub(super) fn explains(facts: &Facts<'_>) -> Option<&'static str> {
    let silent = facts.failed().filter(|failed| failed.phase > Phase::Connect)?;
    silent_in(facts, silent.phase)?;
    if is_lossy(facts) {
        return Some("the path loses packets, which explains every silence");
    }
    pace::slow(facts).map(|_| "the path is slow, which explains the silence")
}

/// A host that has agreed on TLS does not answer the ClientHello as a web server.
fn filter(facts: &Facts<'_>) -> Option<Weighed> {
    let page = path::page(facts)?;
    let text = format!("TLS was agreed on, and the ClientHello is answered with {page}");
    Some(Weighed::likely(text).and(facts.every_time(Phase::Tls)))
}

/// A filter knows TLS by the ClientHello, and resets it sooner than the host, which is further away and reads it first.
fn resets_hello(facts: &Facts<'_>) -> Option<Weighed> {
    let cut = hello_reset(facts)?;
    let rdp = facts.passes(ExperimentKind::ProtocolRdp, Phase::Negotiate) == Some(true);
    let rdp = rdp.then(|| "an offer without TLS is answered".to_owned());
    let text = format!("the ClientHello is answered with a reset and no byte of TLS, {}", cut.text);
    let likelihood = if cut.early { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, text).and(rdp).and(facts.no_hello_accepted()))
}

/// A reset in place of any answer to the ClientHello.
pub(super) struct HelloReset {
    /// How soon it came.
    pub text: String,
    /// Whether it came before an answer of the host can.
    pub early: bool,
}

/// None where another hello is taken, or what was added may be at fault.
pub(super) fn hello_reset(facts: &Facts<'_>) -> Option<HelloReset> {
    let failure = failed_in(facts, Phase::Tls).filter(|failure| failure.kind == FailureKind::Reset)?;
    if facts.is_ungreeted()
        || facts.tls?.bytes_received > 0
        || facts.any_hello_accepted()
        || facts.intermittent().is_some()
    {
        return None;
    }
    let after = failure.end.as_ref()?.after_sent_ms?.0;
    let early = pace::resets(facts)
        .filter(|usual| usual.reset < usual.opening && usual.reset < usual.request * AT_ONCE_PART);
    let text = match &early {
        Some(usual) => format!(
            "{:.1} ms after it; a connection takes {:.1} ms to open, and the Connection Request is answered in {:.1} ms",
            usual.reset, usual.opening, usual.request
        ),
        None => format!("{after:.1} ms after it, in which the host can do that too"),
    };
    let early = early.is_some();
    Some(HelloReset { text, early })
}

/// A reset that comes and goes is a device's as well as a host's of several.
fn at_chance(facts: &Facts<'_>, failure: &Failure) -> Likelihood {
    let likely = failure.kind == FailureKind::Reset && facts.intermittent().is_some();
    if likely { Likelihood::Likely } else { Likelihood::Possible }
}

/// In the first phases a device can tell Remote Desktop or TLS from the bytes, later only that something flows.
fn cuts(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(late) = end_after_pause::reset_late(facts) {
        return Some(
            Weighed::likely(late).and(facts.failed()?.failure.map(|failure| failure.detail.clone())),
        );
    }
    if let Some(hello) = resets_hello(facts) {
        return Some(hello);
    }
    let ended = |phase| -> Option<&Failure> { cut_in(facts, phase).or_else(|| silent_in(facts, phase)) };
    // Where something answers, it is known better what is cut.
    let request = some_request_answered(facts) && facts.intermittent().is_none() || takes_tls(facts);
    let request = request || facts.answers_http().is_some() || path::trickle(facts).is_some();
    if request
        || small_segments_pass(facts)
        || difference::difference(facts).is_some()
        || handshakes::legacy(facts).is_some()
    {
        return None;
    }
    let weighed = if let Some(failure) = ended(Phase::Negotiate) {
        let unasked =
            facts.experiment(ExperimentKind::ConnectOnly).and_then(|made| made.ending(Phase::Negotiate));
        // So is a reset of whatever is read.
        let read = failure.kind == FailureKind::Reset && unasked.is_none();
        let likelihood = if read { Likelihood::Likely } else { at_chance(facts, failure) };
        Weighed::new(likelihood, after("the Connection Request", failure))
    } else if let Some(failure) = ended(Phase::Tls) {
        let what = if facts.is_ungreeted() { "the Connection Confirm" } else { "the ClientHello" };
        Weighed::new(at_chance(facts, failure), after(what, failure))
    } else {
        let proved = facts.credssp.is_some_and(|credssp| credssp.attempted);
        let request = format!("{} first TSRequest", facts.ours());
        let later = [
            (Phase::Connect, "TCP's own handshake"),
            (Phase::Credssp, if proved { "the proof of the account" } else { &request }),
            (Phase::Mcs, "the Connect Initial"),
            (Phase::Licensing, "the Client Info"),
            (Phase::Activate, "the license"),
        ];
        let (what, failure) =
            later.into_iter().find_map(|(phase, what)| Some((what, cut_in(facts, phase)?)))?;
        let sealed = facts.tls.is_some();
        let against =
            sealed.then(|| "all is encrypted by then: no device knows what it would cut".to_owned());
        Weighed::new(at_chance(facts, failure), after(what, failure)).but(against)
    };
    Some(weighed)
}
