//! What stands between and cuts or swallows the stream.

use super::{
    CauseRule, Place, Weighed, after, cut_in,
    listener::{some_request_answered, takes_tls},
    rule, silent_in,
};
use crate::{
    codes::Phase,
    diagnose::{
        Facts, handshakes,
        path::{self, BlackHole},
    },
    report::Failure,
};

/// What TCP itself proves of the path, which comes before what may ail the host.
pub const PROVED: &[CauseRule] = &[rule(Place::Path, "path-black-hole", black_hole).intermittent()];

pub const RULES: &[CauseRule] = &[rule(Place::Path, "middlebox-cuts-stream", cuts).intermittent()];

/// A host that is up acknowledges whatever its services do.
fn black_hole(facts: &Facts<'_>) -> Option<Weighed> {
    let BlackHole { bytes, again } = path::black_hole(facts)?;
    let again = (again > 0).then(|| format!("segments were sent again {again} times, in vain"));
    let phase = facts.failed()?.phase;
    let text = format!("{bytes} B that were sent were never acknowledged");
    Some(Weighed::likely(text).and(again).and(facts.every_time(phase)))
}

/// In the first phases a device can tell Remote Desktop or TLS from the bytes, later only that something flows.
fn cuts(facts: &Facts<'_>) -> Option<Weighed> {
    let ended = |phase| -> Option<&Failure> { cut_in(facts, phase).or_else(|| silent_in(facts, phase)) };
    // Where something answers, it is known better what is cut.
    let request = some_request_answered(facts) && facts.intermittent().is_none() || takes_tls(facts);
    if request || handshakes::difference(facts).is_some() || handshakes::legacy(facts).is_some() {
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
