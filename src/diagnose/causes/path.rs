//! What stands between and cuts or swallows the stream.

use super::{
    CauseRule, Place, Weighed, after, cut_in,
    listener::{some_request_answered, takes_tls},
    rule, silent_in,
};
use crate::{
    codes::Phase,
    diagnose::{
        Facts,
        added::gets_further,
        handshakes,
        path::{self, BlackHole},
    },
    report::{CauseCode, ExperimentKind, Failure},
};

/// What TCP itself proves of the path, which comes before what may ail the host.
pub const PROVED: &[CauseRule] = &[
    rule(Place::Path, CauseCode::PathMtu, mtu),
    rule(Place::Path, CauseCode::PathBlackHole, black_hole).intermittent(),
    rule(Place::Path, CauseCode::PathSlow, slow).intermittent(),
    rule(Place::Path, CauseCode::FilterAnswersTls, filter).intermittent(),
];

pub const RULES: &[CauseRule] = &[rule(Place::Path, CauseCode::MiddleboxCutsStream, cuts).intermittent()];

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
pub fn small_segments_pass(facts: &Facts<'_>) -> bool {
    let silent = facts.failed().is_some_and(|failed| silent_in(facts, failed.phase).is_some());
    silent && gets_further(facts, ExperimentKind::SmallSegments)
}

/// A host that is up acknowledges whatever its services do.
fn black_hole(facts: &Facts<'_>) -> Option<Weighed> {
    let BlackHole { bytes, again } = path::black_hole(facts)?;
    let again = (again > 0).then(|| format!("segments were sent again {again} times, in vain"));
    let text = format!("{bytes} B that were sent were never acknowledged");
    Some(Weighed::likely(text).and(again))
}

/// Whoever still sends is not silent.
fn slow(facts: &Facts<'_>) -> Option<Weighed> {
    Some(Weighed::likely(path::still_arriving(facts)?))
}

/// A host that has agreed on TLS does not answer the ClientHello as a web server.
fn filter(facts: &Facts<'_>) -> Option<Weighed> {
    let page = path::page(facts)?;
    let text = format!("TLS was agreed on, and the ClientHello is answered with {page}");
    Some(Weighed::likely(text).and(facts.every_time(Phase::Tls)))
}

/// In the first phases a device can tell Remote Desktop or TLS from the bytes, later only that something flows.
fn cuts(facts: &Facts<'_>) -> Option<Weighed> {
    let ended = |phase| -> Option<&Failure> { cut_in(facts, phase).or_else(|| silent_in(facts, phase)) };
    // Where something answers, it is known better what is cut.
    let request = some_request_answered(facts) && facts.intermittent().is_none() || takes_tls(facts);
    let request = request || facts.answers_http().is_some() || path::trickle(facts).is_some();
    if request
        || small_segments_pass(facts)
        || handshakes::difference(facts).is_some()
        || handshakes::legacy(facts).is_some()
    {
        return None;
    }
    let weighed = if let Some(failure) = ended(Phase::Negotiate) {
        Weighed::possible(after("the Connection Request", failure))
    } else if let Some(failure) = ended(Phase::Tls) {
        Weighed::possible(after("the ClientHello", failure))
    } else {
        let later = [
            (Phase::Mcs, "the Connect Initial"),
            (Phase::Licensing, "the Client Info"),
            (Phase::Activate, "the license"),
        ];
        let (what, failure) =
            later.into_iter().find_map(|(phase, what)| Some((what, cut_in(facts, phase)?)))?;
        let sealed = facts.tls.is_some();
        let against =
            sealed.then(|| "all is encrypted by then: no device knows what it would cut".to_owned());
        Weighed::possible(after(what, failure)).but(against)
    };
    Some(weighed)
}
