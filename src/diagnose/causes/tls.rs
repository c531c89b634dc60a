//! Why a handshake fails that another ClientHello would pass.

use super::{
    CauseRule, Place, Weighed, coded, cut_in, failed_in, path::small_segments_pass, rule, silent_in,
};
use crate::{
    codes::Phase,
    diagnose::{
        Facts,
        handshakes::{Difference, difference, legacy, legacy_proof},
        path,
    },
    report::{CauseCode, ExperimentKind, Failure, FailureKind, Likelihood},
};

const HANDSHAKE_FAILURE: i64 = 40;
const PROTOCOL_VERSION: i64 = 70;
const INSUFFICIENT_SECURITY: i64 = 71;

/// An IPv4 packet of this size needs no luck (RFC 791).
const EVERY_PATH: u64 = 536;

/// What speaks for whoever does nothing, and against lost answers: this one is short.
pub const NOT_EVEN_AN_ALERT: &str =
    "a short ClientHello that only an alert can answer is not answered either";

/// A limit of this program, which comes before what may ail the host.
pub const LIMITS: &[CauseRule] = &[rule(Place::ThisProgram, CauseCode::RdptraceLacksSuites, lacks_suites)];

pub const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::TlsLegacyServer, legacy_server),
    rule(Place::Host, CauseCode::TlsSuitesDisjoint, suites),
    rule(Place::Host, CauseCode::TlsVersionsDisjoint, versions),
    rule(Place::Path, CauseCode::InspectionDevice, |facts| {
        intolerant(facts, true).or_else(|| oversized(facts))
    }),
    rule(Place::Host, CauseCode::TlsStackIntolerant, |facts| intolerant(facts, false)),
    rule(Place::Path, CauseCode::PathDropsLargePackets, large),
    rule(Place::Proxy, CauseCode::SniRefused, sni),
];

/// What is left of old TLS: TLS 1.0 and 1.1, key exchange with DHE or RSA, CBC with SHA-384.
fn lacks_suites(facts: &Facts<'_>) -> Option<Weighed> {
    failed_in(facts, Phase::Tls)?;
    if let Some(answer) = legacy(facts) {
        let text = format!("a hello with old versions and suites is answered with {}", answer.text);
        let likelihood = legacy_proof(facts, answer.is_old);
        return answer.is_spoken_elsewhere().then(|| Weighed::new(likelihood, text).and(refusal(facts)));
    }
    untried(facts).map(|failure| {
        let text = "no hello with the versions and suites that only other clients speak was tried";
        Weighed::possible(failure.detail.clone()).and(Some(text.to_owned()))
    })
}

/// The failure, where a server ends every current hello as one does that speaks only what this program does not, and no hello
/// that would tell was made.
pub fn untried<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let codes = [HANDSHAKE_FAILURE, PROTOCOL_VERSION, INSUFFICIENT_SECURITY];
    // A posture asks for all of them.
    failed_in(facts, Phase::Tls).filter(|_| facts.posture.is_none())?;
    let alert = coded(facts, FailureKind::TlsAlert, &codes);
    let ended = alert.or_else(|| {
        cut_in(facts, Phase::Tls).filter(|_| facts.tls.is_some_and(|tls| tls.bytes_received == 0))
    });
    ended.filter(|_| facts.experiment(ExperimentKind::LegacyHello).is_none() && !facts.any_hello_accepted())
}

fn legacy_server(facts: &Facts<'_>) -> Option<Weighed> {
    failed_in(facts, Phase::Tls)?;
    let answer = legacy(facts).filter(|answer| !answer.is_spoken_elsewhere())?;
    let text = format!("a hello of TLS 1.0 to 1.2 is answered with {}", answer.text);
    Some(Weighed::new(legacy_proof(facts, answer.is_old), text).and(refusal(facts)))
}

fn suites(facts: &Facts<'_>) -> Option<Weighed> {
    failed_in(facts, Phase::Tls)?;
    if legacy(facts).is_some() {
        return None;
    }
    let failure = coded(facts, FailureKind::TlsAlert, &[HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY])?;
    let refused = (!facts.any_hello_accepted()).then(|| failure.detail.clone())?;
    let asked = facts.passes(ExperimentKind::LegacyHello, Phase::Tls);
    let against = asked.map(|_| "no hello with other suites was accepted either".to_owned());
    let likelihood = if asked.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, refused).but(against))
}

fn refusal(facts: &Facts<'_>) -> Option<String> {
    facts.failed()?.failure.map(|failure| failure.detail.clone())
}

fn versions(facts: &Facts<'_>) -> Option<Weighed> {
    if facts.any_hello_accepted() || failed_in(facts, Phase::Tls).is_none() {
        return None;
    }
    if let Some(failure) = coded(facts, FailureKind::TlsAlert, &[PROTOCOL_VERSION]) {
        let strange = facts.passes(ExperimentKind::LegacyHello, Phase::Tls) == Some(false);
        let against = strange.then(|| "no version from TLS 1.0 to 1.3 was accepted".to_owned());
        return Some(Weighed::likely(failure.detail.clone()).but(against));
    }
    let alert = coded(facts, FailureKind::TlsAlert, &[HANDSHAKE_FAILURE]);
    let failure = alert.or_else(|| cut_in(facts, Phase::Tls))?;
    Some(Weighed::possible(failure.detail.clone()))
}

/// A cut comes from anyone on the way, an alert from whoever speaks TLS.
fn intolerant(facts: &Facts<'_>, device: bool) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Tls)?;
    let by_device = failure.kind != FailureKind::TlsAlert;
    (difference(facts)? == Difference::Version).then(|| {
        let likelihood = if by_device == device { Likelihood::Likely } else { Likelihood::Possible };
        Weighed::new(likelihood, "a ClientHello that stops at TLS 1.2 is answered")
            .and(Some(format!("to one that offers TLS 1.3, {}", failure.detail)))
            .and(facts.every_time(Phase::Tls))
    })
}

/// A hello that fits every packet is lost to someone who reads it, not to the size of packets.
fn oversized(facts: &Facts<'_>) -> Option<Weighed> {
    let lost = lost(facts)?;
    let likelihood = if lost.fits { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, lost.text).and(facts.every_time(Phase::Tls)).but(lost.against))
}

fn large(facts: &Facts<'_>) -> Option<Weighed> {
    if small_segments_pass(facts) {
        return None;
    }
    let silent = silent_in(facts, Phase::Tls);
    let received = facts.tls?.bytes_received;
    if let Some(failure) = silent.filter(|_| received > 0 && path::trickle(facts).is_none()) {
        let text = format!("{received} B of the server's answer came, then nothing: {}", failure.detail);
        return Some(Weighed::likely(text));
    }
    let Some(lost) = lost(facts) else {
        // The certificate makes every answer long, however short the hello is.
        let text = "the short confirm came, the long answer to the ClientHello did not";
        silent.filter(|_| !facts.any_hello_accepted())?;
        let alert = facts.answers(ExperimentKind::HelloForAlert, Phase::Tls);
        let alive = "a ClientHello that only an alert can answer is answered, and no other".to_owned();
        let (likelihood, alive) = match alert {
            Some(true) => (Likelihood::Likely, Some(alive)),
            _ => (Likelihood::Possible, None),
        };
        let against = (alert == Some(false)).then(|| NOT_EVEN_AN_ALERT.to_owned());
        return Some(
            Weighed::new(likelihood, text).shown(alive).and(facts.no_hello_accepted()).refuted(against),
        );
    };
    let likelihood = if lost.fits { Likelihood::Possible } else { Likelihood::Likely };
    let against = lost.fits.then(|| "a ClientHello of this size fits every path".to_owned());
    Some(Weighed::new(likelihood, lost.text).and(facts.every_time(Phase::Tls)).but(against).but(lost.against))
}

/// A ClientHello that was lost where a smaller one was answered.
struct Lost {
    text: String,
    against: Option<String>,
    /// Whether it fits the smallest packets that paths carry.
    fits: bool,
}

fn lost(facts: &Facts<'_>) -> Option<Lost> {
    let cut = cut_in(facts, Phase::Tls).or_else(|| silent_in(facts, Phase::Tls))?;
    if small_segments_pass(facts) {
        return None;
    }
    let sent = facts.tls?.bytes_sent;
    let unnamed = facts.answers(ExperimentKind::NoSni, Phase::Tls) == Some(true);
    (difference(facts)? == Difference::Size).then(|| Lost {
        text: format!("a small ClientHello is answered, one of {sent} B is not: {}", cut.detail),
        against: unnamed.then(|| "a hello without the name is answered, and is hardly smaller".to_owned()),
        fits: sent < EVERY_PATH,
    })
}

fn sni(facts: &Facts<'_>) -> Option<Weighed> {
    const UNRECOGNIZED_NAME: i64 = 112;
    failed_in(facts, Phase::Tls)?;
    if let Some(failure) = coded(facts, FailureKind::TlsAlert, &[UNRECOGNIZED_NAME]) {
        let named = [ExperimentKind::Tls12Only, ExperimentKind::Tls13Only];
        let other = named.into_iter().find(|other| facts.passes(*other, Phase::Tls) == Some(true));
        let against = other.map(|other| format!("the experiment {other} names it and passes"));
        let (name, unnamed) = (facts.tls?.sni.is_some(), facts.passes(ExperimentKind::NoSni, Phase::Tls));
        let same = "a hello without a name is refused too".to_owned();
        let none = "no name was sent: --server-name gives one".to_owned();
        let likelihood = match (name, &against, unnamed) {
            (true, None, Some(true) | None) => Likelihood::Certain,
            (true, None, Some(false)) => Likelihood::Likely,
            _ => Likelihood::Possible,
        };
        let same = (name && unnamed == Some(false)).then_some(same);
        let told = Weighed::new(likelihood, failure.detail.clone()).and((!name).then_some(none));
        return Some(told.but(against.filter(|_| name)).but(same));
    }
    let name = facts.tls?.sni.as_deref()?;
    (difference(facts)? == Difference::Name).then(|| {
        Weighed::new(
            facts.proof(Phase::Tls, ExperimentKind::NoSni),
            format!("a ClientHello without the name {name} is answered"),
        )
        .and(refusal(facts).map(|detail| format!("to one that names it, {detail}")))
        .and(facts.every_time(Phase::Tls))
    })
}
