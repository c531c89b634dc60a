//! A server name that is refused, and one that is missing.

use super::{CauseRule, Place, Weighed, failed_in, failed_with, rule, tls::refusal, unplaced};
use crate::{
    codes::{
        Phase,
        alert::{ACCESS_DENIED, HANDSHAKE_FAILURE, INTERNAL_ERROR, UNRECOGNIZED_NAME},
    },
    diagnose::{
        Facts,
        difference::{Difference, difference},
    },
    report::{CauseCode, ExperimentKind, Failure, FailureKind, Likelihood},
};

/// What fronts say that have no host for a name.
const OF_A_FRONT: &[i64] = &[HANDSHAKE_FAILURE, ACCESS_DENIED, INTERNAL_ERROR, UNRECOGNIZED_NAME];

pub(super) const RULES: &[CauseRule] = &[unplaced(CauseCode::SniRefused, refused)];

/// What one more trace settles, which comes before what only somebody on the host can look at.
pub(super) const WANTED: &[CauseRule] = &[rule(Place::Proxy, CauseCode::ServerNameWanted, wanted)];

fn refused(facts: &Facts<'_>) -> Option<Weighed> {
    failed_in(facts, Phase::Tls)?;
    let name = facts.tls?.sni.as_deref()?;
    if let Some(failure) = failed_with(facts, FailureKind::TlsAlert, &[UNRECOGNIZED_NAME]) {
        return Some(by_alert(facts, failure));
    }
    (difference(facts)? == Difference::Name).then(|| {
        Weighed::new(
            facts.proof(Phase::Tls, ExperimentKind::NoSni),
            format!("a ClientHello without the name {name} is answered"),
        )
        .and(refusal(facts).map(|detail| format!("to one that names it, {detail}")))
        .and(facts.every_time(Phase::Tls))
    })
}

/// The alert names the name; what else was seen may contradict it.
fn by_alert(facts: &Facts<'_>, failure: &Failure) -> Weighed {
    let named = [ExperimentKind::Tls12Only, ExperimentKind::Tls13Only, ExperimentKind::LargeHello];
    let other = named.into_iter().find(|other| facts.passes(*other, Phase::Tls) == Some(true));
    let against = other.map(|other| format!("the experiment {other} names it and passes"));
    let unnamed = facts.passes(ExperimentKind::NoSni, Phase::Tls);
    let likelihood = match (&against, unnamed) {
        (None, Some(true) | None) => Likelihood::Certain,
        (None, Some(false)) => Likelihood::Likely,
        _ => Likelihood::Possible,
    };
    let same = (unnamed == Some(false)).then(|| "a hello without a name is refused too".to_owned());
    Weighed::new(likelihood, failure.detail.clone()).but(against).but(same)
}

/// Whoever chooses by the name has nothing to choose by. Nobody can tell from here whether it does.
fn wanted(facts: &Facts<'_>) -> Option<Weighed> {
    use FailureKind::{Closed, NotTls, Reset, Timeout, TlsAlert};
    facts.tls.filter(|tls| tls.sni.is_none())?;
    let failed =
        facts.failed().filter(|failed| matches!(failed.phase, Phase::Tls | Phase::Credssp | Phase::Mcs));
    let failure = failed?.failure?;
    let in_handshake = failed?.phase == Phase::Tls;
    let alert = failure.kind == TlsAlert && failure.code.is_some_and(|code| OF_A_FRONT.contains(&code));
    let ended = matches!(failure.kind, Closed | Reset) || in_handshake && (alert || failure.kind == NotTls);
    let silent = in_handshake && failure.kind == Timeout;
    let other = in_handshake && (facts.any_hello_accepted() || difference(facts).is_some());
    // What answers inside TLS is behind the front, if there is one.
    let inside = facts.mcs.is_some_and(|mcs| mcs.result.is_some())
        || facts.credssp.is_some_and(|seen| seen.version.is_some() || seen.attempted);
    if other || inside || !(ended || silent) || facts.lacks_client_certificate() {
        return None;
    }
    let text = match facts.is_watched() {
        true => "the ClientHello names no server, and a front that chooses by its name has none",
        false => "an address was traced, so no server name was sent, and a front that chooses by it has none",
    };
    let served = facts.certificate.filter(|_| !in_handshake).map(|served| {
        format!("it served the certificate of {}, which may be that of another name", served.subject)
    });
    Some(Weighed::possible(text).and(served).and(Some(failure.detail.clone())))
}
