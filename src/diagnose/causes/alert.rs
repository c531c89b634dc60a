//! What an alert of TLS says by itself, in the handshake and after it.

use super::{CauseRule, Place, Weighed, failed_with, rule};
use crate::{
    codes::{
        Phase,
        alert::{ACCESS_DENIED, INTERNAL_ERROR},
    },
    diagnose::Facts,
    report::{CauseCode, FailureKind, Likelihood},
};

/// unexpected_message, illegal_parameter and decode_error, and the two of damaged records.
const NOT_UNDERSTOOD: &[i64] = &[10, 20, 22, 47, 50];
/// From bad_certificate to certificate_unknown, and unknown_ca.
const CERTIFICATE: &[i64] = &[42, 43, 44, 45, 46, 48];

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::TlsMessageRejected, not_understood).intermittent(),
    rule(Place::Host, CauseCode::TlsCertificateRejected, certificate),
    rule(Place::Host, CauseCode::TlsAccessDenied, denied),
    rule(Place::Host, CauseCode::ServerFailedInside, failed_inside).intermittent(),
];

/// The alert where it has one of these numbers, and whether TLS was up already.
fn alert(facts: &Facts<'_>, codes: &[i64]) -> Option<(String, bool)> {
    let failure = failed_with(facts, FailureKind::TlsAlert, codes)?;
    let phase = facts.failed().map(|failed| failed.phase).filter(|phase| *phase >= Phase::Tls)?;
    Some((failure.detail.clone(), phase > Phase::Tls))
}

fn not_understood(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, late) = alert(facts, NOT_UNDERSTOOD)?;
    let accepted = facts.any_hello_accepted();
    let likelihood = if late || accepted { Likelihood::Possible } else { Likelihood::Likely };
    let text = "it is about the bytes of a message: a faulty TLS stack, or a device in between";
    let against = accepted.then(|| "another ClientHello passes".to_owned());
    Some(Weighed::new(likelihood, detail).and(Some(text.to_owned())).but(against.filter(|_| !late)))
}

/// No certificate of ours was sent, so the sender judges none of ours.
fn certificate(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, _) = alert(facts, CERTIFICATE).filter(|_| !facts.lacks_client_certificate())?;
    let text = "this client sent no certificate, so it is about none, or about that of a host behind a proxy";
    Some(Weighed::possible(detail).and(Some(text.to_owned())))
}

fn denied(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, late) = alert(facts, &[ACCESS_DENIED])?;
    let accepted = facts.any_hello_accepted();
    let likelihood = if late || accepted { Likelihood::Possible } else { Likelihood::Likely };
    let text = if late { "in CredSSP a Windows without a place for a status refuses so" } else { "" };
    Some(Weighed::new(likelihood, detail).and((!text.is_empty()).then(|| text.to_owned())))
}

/// In the handshake the same alert is that of a key that cannot be used.
fn failed_inside(facts: &Facts<'_>) -> Option<Weighed> {
    let (detail, _) = alert(facts, &[INTERNAL_ERROR]).filter(|(_, late)| *late)?;
    let text = "TLS was up already, so the certificate and its key are not the cause";
    Some(Weighed::possible(detail).and(Some(text.to_owned())))
}
