//! Why a host cannot use its certificate: TLS is offered or begun, and the server cannot go on.

use super::{CauseRule, Place, Weighed, after, cut_in, failed_in, failed_with, path::hello_reset, rule};
use crate::{
    codes::{
        Phase, SSL_CERT_NOT_ON_SERVER,
        alert::{HANDSHAKE_FAILURE, INTERNAL_ERROR},
    },
    diagnose::{Facts, end_after_pause},
    report::{
        CauseCode, ExperimentKind, Failure,
        FailureKind::{self, Closed, NegotiationFailure, Reset, TlsAlert},
        Likelihood, Selected, Spoken, Status,
    },
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::TlsNotUsable, without_tls),
    rule(Place::Host, CauseCode::CertificateUnusable, |facts| {
        weigh(facts, Likelihood::Certain, Likelihood::Likely)
    }),
    rule(Place::Host, CauseCode::CertificateKeyPermissions, |facts| {
        weigh(facts, Likelihood::Likely, Likelihood::Possible)
    }),
    rule(Place::Host, CauseCode::CertificateHashWrong, |facts| {
        weigh(facts, Likelihood::Possible, Likelihood::Possible)
    }),
];

/// Whoever takes Standard RDP Security alone, and ends every offer of TLS, has TLS and cannot begin it.
fn without_tls(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed().filter(|failed| matches!(failed.phase, Phase::Negotiate | Phase::Tls))?;
    let failure = failed.failure.filter(|failure| {
        matches!(failure.kind, Closed | Reset)
            || failure.kind == TlsAlert && failure.code == Some(INTERNAL_ERROR)
    })?;
    let rdp = facts.experiment(ExperimentKind::ProtocolRdp)?.connection.phases.negotiate.as_ref()?;
    let plain = rdp.status == Status::Passed && rdp.evidence.selected == Some(Selected::Rdp);
    let other = [ExperimentKind::NoCookie, ExperimentKind::ProtocolSsl, ExperimentKind::ProtocolHybrid];
    let taken = failed.phase == Phase::Negotiate
        && other.into_iter().any(|kind| facts.passes(kind, Phase::Negotiate) == Some(true));
    let answered = facts.any_hello_accepted() || facts.is_served() || taken;
    (plain && !answered && facts.intermittent().is_none()).then(|| {
        let early = hello_reset(facts).filter(|reset| reset.early);
        let likelihood = if early.is_some() { Likelihood::Possible } else { Likelihood::Likely };
        let against = early.map(|reset| format!("no host answers so soon: {}", reset.text));
        Weighed::new(likelihood, "Standard RDP Security alone is taken, every offer of TLS fails")
            .but(against)
            .and(Some(failure.detail.clone()))
            .and(facts.no_hello_accepted())
    })
}

/// RDP in the clear in place of the ServerHello.
pub(super) fn gives_up<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let clear = facts.tls.is_some_and(|tls| tls.speaks.as_ref().is_some_and(Spoken::is_rdp));
    failed_in(facts, Phase::Tls).filter(|failure| clear && failure.kind == FailureKind::NotTls)
}

/// `said` where the server names its certificate, `fits` where it fails as such servers do.
fn weigh(facts: &Facts<'_>, said: Likelihood, fits: Likelihood) -> Option<Weighed> {
    if let Some(failure) = failed_with(facts, NegotiationFailure, &[SSL_CERT_NOT_ON_SERVER]) {
        let served = facts.any_hello_accepted() || facts.is_served();
        let against =
            served.then(|| "another connection to the same address was served a certificate".to_owned());
        let likelihood = if served { Likelihood::Possible } else { said };
        return Some(Weighed::new(likelihood, failure.detail.clone()).but(against));
    }
    // Whoever accepts any ClientHello has a certificate and a key.
    if facts.any_hello_accepted() || facts.is_served() {
        return None;
    }
    let weighed = if let Some(failure) = gives_up(facts) {
        let text = "the server selected TLS, and in place of its own hello it ends the connection in the clear: it cannot begin TLS";
        Weighed::new(fits, text).and(Some(failure.detail.clone()))
    } else if let Some(failure) = failed_with(facts, TlsAlert, &[INTERNAL_ERROR]) {
        Weighed::new(fits, format!("{}, as a server does that cannot use its key", failure.detail))
    } else if let Some(failure) = failed_with(facts, TlsAlert, &[HANDSHAKE_FAILURE]) {
        Weighed::possible(failure.detail.clone())
    } else {
        let failure = cut_in(facts, Phase::Tls)?;
        let early = hello_reset(facts).filter(|reset| reset.early);
        let against = early.as_ref().map(|reset| format!("no host answers so soon: {}", reset.text));
        let late = end_after_pause::timed_out(facts);
        let begun = facts.tls.is_some_and(|tls| tls.bytes_received > 0);
        let begun = begun.then(|| "a part of the server's TLS came before the end".to_owned());
        let doubted = early.is_some() || late.is_some() || begun.is_some();
        let likelihood = if doubted { Likelihood::Possible } else { fits };
        Weighed::new(likelihood, after("the ClientHello", failure)).but(against).but(late).but(begun)
    };
    Some(weighed.and(facts.no_hello_accepted()))
}
