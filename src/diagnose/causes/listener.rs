//! What answers on the port in place of a healthy Remote Desktop service.

use super::{CauseRule, Place, Weighed, after, cut_in, failed_in, failed_with, rule, silent_in};
use crate::{
    codes::{INCONSISTENT_FLAGS, Phase},
    diagnose::{
        Facts, end_after_pause,
        experiments::{Ending, Inside},
        redirection,
    },
    report::{Answer, CauseCode, ExperimentKind, Failure, FailureKind, Likelihood, Posture, Spoken},
};

/// rt-too-many-users (T.125, Result).
const TOO_MANY_USERS: i64 = 13;

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Proxy, CauseCode::TlsProxyInFront, proxy),
    rule(Place::Host, CauseCode::WrongServiceOnPort, wrong_service),
    rule(Place::Proxy, CauseCode::ProxyWithoutLiveHost, no_live_host),
    rule(Place::Host, CauseCode::HostRefusesByClosing, refuses),
    rule(Place::Host, CauseCode::OneHostOfSeveral, one_host).intermittent(),
    rule(Place::Host, CauseCode::ServiceJustStarted, just_started).intermittent(),
    rule(Place::Host, CauseCode::PoolMemberBroken, pool).intermittent(),
    rule(Place::Host, CauseCode::ConnectionLimit, limit).intermittent(),
];

fn proxy(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Negotiate)?;
    let flags = failed_with(facts, FailureKind::NegotiationFailure, &[INCONSISTENT_FLAGS]).is_some();
    let answered = facts.passes(ExperimentKind::DirectTls, Phase::Tls) == Some(true);
    let alert = tls_alert(facts);
    let spoken = facts.negotiate?.speaks.as_ref().is_some_and(Spoken::is_tls);
    let direct = facts.experiment(ExperimentKind::DirectTls).and_then(|made| made.ending(Phase::Tls));
    let against = match direct {
        Some(Ending::Failed(failure)) if alert.is_none() => {
            Some(format!("TLS without the Connection Request does not pass: {}", failure.detail))
        }
        _ => None,
    };
    (flags || spoken || takes_tls(facts)).then(|| {
        let text = answered.then(|| "a TLS handshake without the Connection Request passes".to_owned());
        let alert = alert
            .map(|alert| format!("TLS is spoken there: without the Connection Request {}", alert.detail));
        let text = text.or(alert);
        let served = facts.direct_certificate().map(|served| format!("it serves {served}"));
        let inside = facts.inside_direct_tls();
        let rdp = matches!(inside, Some(Inside::Rdp)).then(|| "inside TLS RDP is answered".to_owned());
        let other = matches!(inside, Some(Inside::Other(_)));
        // A front without a live host behind it ends what a web server would wait for.
        let ended = matches!(inside, Some(Inside::End(_)));
        let likelihood = if other { Likelihood::Possible } else { Likelihood::Likely };
        let told = Weighed::new(likelihood, failure.detail.clone()).shown(text).and(served);
        let foreign = inside.and_then(|inside| inside.foreign());
        let (foreign, silent) = if ended { (None, foreign) } else { (foreign, None) };
        told.shown(rdp).refuted(against.or(foreign)).and(silent)
    })
}

fn wrong_service(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Negotiate)?;
    let speaks = facts.negotiate.and_then(|negotiate| negotiate.speaks.as_deref());
    let inside = facts.inside_direct_tls();
    if matches!(inside, Some(Inside::Rdp)) {
        return None;
    }
    let ended = matches!(inside, Some(Inside::End(_)));
    let inside = inside.and_then(|inside| inside.foreign());
    match (failure.kind, speaks) {
        (FailureKind::NotRdp, _) if some_request_answered(facts) => {
            let against = "another Connection Request to the same address is answered".to_owned();
            Some(Weighed::possible(failure.detail.clone()).but(Some(against)))
        }
        // Whoever greets so is there; that every member of a pool is like it cannot be shown from here.
        (FailureKind::NotRdp, _) => Some(Weighed::likely(failure.detail.clone())),
        _ if some_request_answered(facts) => None,
        _ if ended => Some(Weighed::possible(failure.detail.clone()).and(inside)),
        _ if inside.is_some() => Some(Weighed::likely(failure.detail.clone()).shown(inside)),
        (FailureKind::Timeout, _) if facts.answers_http().is_some() => {
            let name = facts.answers_http().map_or("", |spoken| spoken);
            let text = format!("the port is silent to RDP, and a request of HTTP is answered: {name}");
            Some(Weighed::likely(text).and(Some(after("the Connection Request", failure))))
        }
        (FailureKind::Closed | FailureKind::Reset, _) if closes_unasked(facts).is_some() => {
            Some(Weighed::possible(after("the Connection Request", failure)).refuted(closes_unasked(facts)))
        }
        // TPKT with an X.224 confirm in it is what RDP answers.
        (FailureKind::Closed | FailureKind::Reset | FailureKind::Timeout, _) if begins_confirm(failure) => {
            None
        }
        (FailureKind::Closed | FailureKind::Reset, _) => Some(
            Weighed::new(at_once(facts), after("the Connection Request", failure)).refuted(timed_out(facts)),
        ),
        (FailureKind::Timeout, _) => Some(Weighed::possible(after("the Connection Request", failure))),
        _ => None,
    }
}

fn begins_confirm(failure: &Failure) -> bool {
    let received = failure.received.as_deref().unwrap_or_default();
    received.starts_with("0300") && received.get(10..12) == Some("d0")
}

/// A proxy takes the connection itself and finds only then that nobody behind it does.
fn no_live_host(facts: &Facts<'_>) -> Option<Weighed> {
    if some_request_answered(facts) || takes_tls(facts) {
        return None;
    }
    if let Some(failure) = silent_in(facts, Phase::Negotiate).filter(|failure| failure.received.is_none()) {
        return Some(Weighed::possible(after("the Connection Request", failure)));
    }
    let failure = cut_in(facts, Phase::Negotiate).filter(|failure| failure.received.is_none())?;
    let direct = facts.experiment(ExperimentKind::DirectTls).and_then(|made| made.ending(Phase::Tls));
    let also = matches!(direct, Some(Ending::Failed(failure)) if failure.kind.is_cut());
    let also = also.then(|| "whatever is sent, the connection ends without a byte of an answer".to_owned());
    let unasked = closes_unasked(facts);
    let likely = also.is_some() || unasked.is_some() || timed_out(facts).is_some();
    let likelihood = if likely { Likelihood::Likely } else { Likelihood::Possible };
    let closed = Weighed::new(likelihood, after("the Connection Request", failure)).shown(unasked);
    // Who waits for a host behind it does so with a connection in which nothing is sent too.
    let waits = waits(facts).filter(|_| timed_out(facts).is_none());
    Some(closed.shown(also).and(waited(facts)).refuted(waits))
}

/// Whether a connection in which nothing is sent is ended all the same.
fn closes_unasked(facts: &Facts<'_>) -> Option<String> {
    let ending = facts.ending_in(Phase::Negotiate, facts.experiment(ExperimentKind::ConnectOnly)?)?;
    matches!(ending, Ending::Failed(failure) if failure.kind.is_cut())
        .then(|| "a connection in which nothing is sent is ended too".to_owned())
}

/// Whether it stays open: then what is sent is read before the end.
fn waits(facts: &Facts<'_>) -> Option<String> {
    let made = facts.experiment(ExperimentKind::ConnectOnly)?.connection.phases.negotiate.as_ref()?;
    made.stopped.as_ref().map(|_| "a connection in which nothing is sent stays open".to_owned())
}

/// Nobody needs so long to close, unless something else is waited for first.
fn waited(facts: &Facts<'_>) -> Option<String> {
    let took = facts.failed()?.elapsed_ms.0 / 1000.0;
    (took >= 0.25).then(|| format!("the end came only after {took:.1} s, as after a time-out"))
}

/// The sentence of a time-out of somebody's, where that is what ended the negotiation.
fn timed_out(facts: &Facts<'_>) -> Option<String> {
    facts.failed().filter(|failed| failed.phase == Phase::Negotiate)?;
    end_after_pause::timed_out(facts)
}

/// How well an end fits a host that does not speak RDP, or refuses it: only at once.
fn at_once(facts: &Facts<'_>) -> Likelihood {
    if timed_out(facts).is_some() { Likelihood::Possible } else { Likelihood::Likely }
}

/// Whoever answers another Connection Request is a Remote Desktop server that takes connections.
pub(super) fn some_request_answered(facts: &Facts<'_>) -> bool {
    // Where the usual request is answered, one that is refused says nothing more.
    let early = facts.failed().is_some_and(|failed| failed.phase <= Phase::Negotiate);
    let answered = |kind| match early {
        true => facts.answers_request(kind),
        false => facts.passes(kind, Phase::Negotiate) == Some(true),
    };
    let kinds = [
        ExperimentKind::NoCookie,
        ExperimentKind::ProtocolRdp,
        ExperimentKind::ProtocolSsl,
        ExperimentKind::ProtocolHybrid,
        ExperimentKind::ProtocolRdstls,
        ExperimentKind::NoPreconnection,
    ];
    let alone = |posture: &Posture| posture.protocols.iter().any(|one| one.answer == Answer::Accepted);
    facts.posture.as_ref().is_some_and(alone)
        || redirection::rdstls_only(facts).is_some()
        || kinds.into_iter().any(answered)
}

/// Whether whatever listens answers TLS without a Connection Request; an alert is an answer too.
pub(super) fn takes_tls(facts: &Facts<'_>) -> bool {
    facts.passes(ExperimentKind::DirectTls, Phase::Tls) == Some(true) || tls_alert(facts).is_some()
}

fn tls_alert<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    match facts.experiment(ExperimentKind::DirectTls)?.ending(Phase::Tls)? {
        Ending::Failed(failure)
            if matches!(failure.kind, FailureKind::TlsAlert | FailureKind::TlsUnsupported) =>
        {
            Some(failure)
        }
        _ => None,
    }
}

fn refuses(facts: &Facts<'_>) -> Option<Weighed> {
    let (failure, what, likelihood) = match facts.failed()?.phase {
        Phase::Connect => (cut_in(facts, Phase::Connect)?, "TCP's own handshake", Likelihood::Likely),
        Phase::Negotiate if !some_request_answered(facts) && !takes_tls(facts) => {
            let failure = cut_in(facts, Phase::Negotiate)?;
            // Who refuses does not begin a confirm.
            let likelihood = if begins_confirm(failure) { Likelihood::Possible } else { at_once(facts) };
            (failure, "the Connection Request", likelihood)
        }
        Phase::Mcs => (cut_in(facts, Phase::Mcs)?, "the Connect Initial", Likelihood::Possible),
        _ => return None,
    };
    Some(Weighed::new(likelihood, after(what, failure)).refuted(timed_out(facts)))
}

fn one_host(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed()?;
    let others = facts.other_addresses(failed.phase).len();
    (others > 0).then(|| {
        let which = if others == 1 {
            "1 other address of the name passes"
        } else {
            &format!("{others} other addresses of the name pass")
        };
        let text = format!("{which} {}", failed.phase);
        Weighed::new(facts.proof(failed.phase, ExperimentKind::NextAddress), text)
            .and(facts.every_time(failed.phase))
    })
}

fn pool(facts: &Facts<'_>) -> Option<Weighed> {
    let Some(times) = passed_again(facts) else { return two_refusals(facts) };
    // A service that had just started would not fail again.
    let spread = facts.repeated(facts.failed()?.phase).0 > 0;
    let likelihood = if spread { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, format!("the same connection to the same address passed {times}")))
}

/// How often the same connection passed; not if all that did failed after that.
fn passed_again(facts: &Facts<'_>) -> Option<String> {
    let phase = facts.failed()?.phase;
    let (passed, _) = facts.passed_again(phase);
    facts.intermittent().filter(|_| passed == 0 || facts.failed_later(phase).len() < passed)
}

/// A host that is being set up changes its mind too.
fn two_refusals(facts: &Facts<'_>) -> Option<Weighed> {
    let (first, other) = (facts.failed()?.failure?, facts.other_refusal()?);
    let text = format!("the same connection to the same address is refused in two ways: {}", other.detail);
    Some(Weighed::possible(first.detail.clone()).shown(Some(text)))
}

/// All that followed passed, whatever it offered, and none of it failed later.
fn just_started(facts: &Facts<'_>) -> Option<Weighed> {
    let (phase, first) = facts.failed().and_then(|failed| Some((failed.phase, failed.failure?)))?;
    let (passed, made) = facts.passed_again(phase);
    let alike = |made| matches!(facts.ending_in(phase, made), Some(Ending::Failed(failure)) if failure.kind == first.kind);
    let well = passed == made && made > 1 && facts.failed_later(phase).is_empty();
    let alone = well && !facts.experiments.iter().any(alike);
    // What is silent once may also have been lost on the way.
    let silent = first.kind == FailureKind::Timeout;
    let likelihood = if silent { Likelihood::Possible } else { Likelihood::Likely };
    alone.then(|| {
        Weighed::new(likelihood, format!("only the first connection failed, and {made} like it passed"))
    })
}

fn limit(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) = failed_with(facts, FailureKind::McsResult, &[TOO_MANY_USERS]) {
        return Some(Weighed::likely(failure.detail.clone()));
    }
    let failure = facts.failed()?.failure?;
    let times = passed_again(facts)?;
    let text = format!("the same connection passed {times} after one that failed");
    Some(Weighed::possible(text).and(Some(failure.detail.clone())))
}
