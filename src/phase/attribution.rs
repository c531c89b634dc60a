//! To which phase failures and time belong, once the connection is over: a failure may belong to an earlier phase than met it.
//!
//! An alert that answers our handshake, and a status where MCS begins, move to the phase they conclude: a TSRequest
//! with a status is CredSSP's refusal. TLS 1.2 ends with the server's Finished, so no later alert answers the
//! handshake. In TLS 1.3 alert 116 does, and so do those about a certificate if the server asked for one. Every other
//! alert stays where it was met; after AUTHENTICATE it is judged like a close.

use std::time::Duration;

use crate::{
    codes::{self, Phase, alert::CERTIFICATE_REQUIRED},
    pdu::{der::SEQUENCE, peer, x224::TPKT_VERSION},
    report::{
        Alert, Direction, Failure, FailureKind, Frame, Millis, PhaseRecord, Phases, Spoken, Status,
        TlsEvidence,
    },
};

/// handshake_failure, no_certificate, bad_certificate to certificate_unknown, unknown_ca and access_denied: they are about the
/// client's certificate where the server asked for one, and about something else where it did not.
const OF_WHO_ASKED: [i64; 9] = [40, 41, 42, 43, 44, 45, 46, 48, 49];

/// Moves a failure to the phase that it concludes, so that the later one has not begun, and names what answered inside TLS.
pub(crate) fn assign_failures(phases: &mut Phases, frames: &[Frame]) {
    let inside = |frame: &Frame| frame.tls && frame.phase > Phase::Tls;
    if !frames.iter().any(|frame| inside(frame) && frame.direction == Direction::Received) {
        assign_alert(phases);
    }
    assign_status(phases);
    name_inside(phases);
}

/// Names what answers inside TLS in place of RDP, by the first bytes that came there.
fn name_inside(phases: &mut Phases) {
    let Some(tls) = phases.tls.as_mut() else { return };
    let first = match (&phases.credssp, &phases.mcs) {
        (Some(credssp), _) if credssp.evidence.version.is_none() => credssp.failure.as_ref(),
        (None, Some(mcs)) if mcs.evidence.result.is_none() => mcs.failure.as_ref(),
        _ => None,
    };
    let received = first.and_then(|failure| hex::decode(failure.received.as_ref()?).ok()).unwrap_or_default();
    // A TSRequest and a TPKT that cannot be read are RDP all the same.
    if !matches!(received.first(), Some(&(SEQUENCE | TPKT_VERSION))) {
        tls.evidence.speaks_inside = peer::speaks(&received).map(Spoken);
    }
}

/// Takes out of the time of each phase what this program only listened.
pub(crate) fn leave_out_listening(phases: &mut Phases, idle: &[(Phase, Duration)]) {
    for (phase, waited) in idle {
        if let Some(elapsed) = phases.elapsed(*phase) {
            *elapsed = Millis((elapsed.0 - waited.as_secs_f64() * 1000.0).max(0.0));
        }
    }
}

/// An alert in place of the first message inside TLS may still answer the handshake.
fn assign_alert(phases: &mut Phases) {
    let Some(tls) = phases.tls.as_mut() else { return };
    let failure =
        take_alert(&mut phases.credssp, &tls.evidence).or_else(|| take_alert(&mut phases.mcs, &tls.evidence));
    if let Some(failure) = failure {
        fail_handshake(tls, failure);
    }
}

/// Whether the alert answers our handshake, and not what was sent after it. TLS 1.2 ends with the server's Finished, so
/// nothing is left to answer. TLS 1.3 lets the client finish first, and a server that wants a certificate of it says so only
/// then (RFC 8446 sections 4.4.2.4 and 6.2).
pub(crate) fn answers_handshake(tls: &TlsEvidence, failure: &Failure) -> bool {
    let code = failure.code.filter(|_| failure.kind == FailureKind::TlsAlert);
    tls.is_tls13()
        && code.is_some_and(|code| {
            code == CERTIFICATE_REQUIRED || tls.client_certificate_requested && OF_WHO_ASKED.contains(&code)
        })
}

/// The handshake that an alert answers has not passed.
pub(crate) fn fail_handshake(tls: &mut PhaseRecord<TlsEvidence>, failure: Failure) {
    let code = failure.code.and_then(|code| u32::try_from(code).ok());
    let name = |code| codes::TLS_ALERT.symbol(code).map(str::to_owned);
    tls.evidence.alert_received = code.map(|code| Alert { code, name: name(code) });
    fail(tls, failure);
}

/// Without early authorization a server may refuse the credentials only where MCS begins.
fn assign_status(phases: &mut Phases) {
    let failure = take_failure(&mut phases.mcs, |failure| failure.kind == FailureKind::NtStatus);
    if let (Some(credssp), Some(failure)) = (phases.credssp.as_mut(), failure) {
        credssp.evidence.status = failure.code.and_then(|code| u32::try_from(code).ok());
        credssp.evidence.authenticated = false;
        fail(credssp, failure);
    }
}

fn take_alert<E>(slot: &mut Option<PhaseRecord<E>>, tls: &TlsEvidence) -> Option<Failure> {
    take_failure(slot, |failure| answers_handshake(tls, failure))
}

fn take_failure<E>(slot: &mut Option<PhaseRecord<E>>, is_it: impl Fn(&Failure) -> bool) -> Option<Failure> {
    slot.take_if(|record| record.failure.as_ref().is_some_and(&is_it))?.failure
}

fn fail<E>(record: &mut PhaseRecord<E>, failure: Failure) {
    record.status = Status::Failed;
    record.failure = Some(failure);
    record.stopped = None;
}
