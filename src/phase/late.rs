//! Failures that belong to an earlier phase than the one that met them.

use crate::{
    codes::{self, Phase},
    report::{Alert, Direction, Failure, FailureKind, Frame, PhaseRecord, Phases, Status, TlsEvidence},
};

/// Moves such a failure where it belongs; the phase that met it has not begun.
pub fn reassign(phases: &mut Phases, frames: &[Frame]) {
    let inside = |frame: &Frame| frame.tls && frame.phase != Phase::Gateway;
    if !frames.iter().any(|frame| inside(frame) && frame.direction == Direction::Received) {
        late_alert(phases);
    }
    late_status(phases);
}

/// TLS 1.3 lets the client finish first: a server that wants another client answers its handshake with an alert, which is
/// then read where the next message was awaited (RFC 8446 section 4.4.2.4).
fn late_alert(phases: &mut Phases) {
    let from_credssp = take_failure(&mut phases.credssp, FailureKind::TlsAlert);
    let failure = from_credssp.or_else(|| take_failure(&mut phases.mcs, FailureKind::TlsAlert));
    if let (Some(tls), Some(failure)) = (phases.tls.as_mut(), failure) {
        alerted(tls, failure);
    }
}

/// The handshake that an alert answers has not passed.
pub fn alerted(tls: &mut PhaseRecord<TlsEvidence>, failure: Failure) {
    let code = failure.code.and_then(|code| u32::try_from(code).ok());
    let name = |code| codes::TLS_ALERT.symbol(code).map(str::to_owned);
    tls.evidence.alert_received = code.map(|code| Alert { code, name: name(code) });
    fail(tls, failure);
}

/// Without early authorization a server may refuse the credentials only where MCS begins.
fn late_status(phases: &mut Phases) {
    let failure = take_failure(&mut phases.mcs, FailureKind::NtStatus);
    if let (Some(credssp), Some(failure)) = (phases.credssp.as_mut(), failure) {
        credssp.evidence.status = failure.code.and_then(|code| u32::try_from(code).ok());
        credssp.evidence.authenticated = false;
        fail(credssp, failure);
    }
}

fn take_failure<E>(slot: &mut Option<PhaseRecord<E>>, kind: FailureKind) -> Option<Failure> {
    let is_it =
        |record: &mut PhaseRecord<E>| record.failure.as_ref().is_some_and(|failure| failure.kind == kind);
    slot.take_if(is_it)?.failure
}

fn fail<E>(record: &mut PhaseRecord<E>, failure: Failure) {
    record.status = Status::Failed;
    record.failure = Some(failure);
    record.stopped = None;
}
