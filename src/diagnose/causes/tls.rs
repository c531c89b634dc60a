//! Why a handshake fails over the versions and suites of TLS.

use super::{CauseRule, Place, Weighed, cut_in, failed_in, failed_with, rule};
use crate::{
    codes::{
        Phase,
        alert::{HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY, PROTOCOL_VERSION},
    },
    diagnose::{
        Facts,
        handshakes::{legacy, legacy_proof},
    },
    report::{CauseCode, ExperimentKind, Failure, FailureKind, Likelihood},
};

/// A limit of this program, which comes before what may ail the host.
pub(super) const LIMITS: &[CauseRule] =
    &[rule(Place::ThisProgram, CauseCode::RdptraceLacksSuites, lacks_suites)];

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::TlsLegacyServer, legacy_server),
    rule(Place::Host, CauseCode::TlsSuitesDisjoint, suites),
    rule(Place::Host, CauseCode::TlsVersionsDisjoint, versions),
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
pub(super) fn untried<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let codes = [HANDSHAKE_FAILURE, PROTOCOL_VERSION, INSUFFICIENT_SECURITY];
    // A posture asks for all of them.
    failed_in(facts, Phase::Tls).filter(|_| facts.posture.is_none())?;
    let alert = failed_with(facts, FailureKind::TlsAlert, &codes);
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
    let failure = failed_with(facts, FailureKind::TlsAlert, &[HANDSHAKE_FAILURE, INSUFFICIENT_SECURITY])?;
    let refused = (!facts.any_hello_accepted()).then(|| failure.detail.clone())?;
    let asked = facts.passes(ExperimentKind::LegacyHello, Phase::Tls);
    let against = asked.map(|_| "no hello with other suites was accepted either".to_owned());
    let likelihood = if asked.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, refused).but(against))
}

/// What the traced hello met.
pub(super) fn refusal(facts: &Facts<'_>) -> Option<String> {
    facts.failed()?.failure.map(|failure| failure.detail.clone())
}

fn versions(facts: &Facts<'_>) -> Option<Weighed> {
    if facts.any_hello_accepted() || failed_in(facts, Phase::Tls).is_none() {
        return None;
    }
    if let Some(failure) = failed_with(facts, FailureKind::TlsAlert, &[PROTOCOL_VERSION]) {
        let strange = facts.passes(ExperimentKind::LegacyHello, Phase::Tls) == Some(false);
        let against = strange.then(|| "no version from TLS 1.0 to 1.3 was accepted".to_owned());
        return Some(Weighed::likely(failure.detail.clone()).but(against));
    }
    let alert = failed_with(facts, FailureKind::TlsAlert, &[HANDSHAKE_FAILURE]);
    let failure = alert.or_else(|| cut_in(facts, Phase::Tls))?;
    Some(Weighed::possible(failure.detail.clone()))
}
