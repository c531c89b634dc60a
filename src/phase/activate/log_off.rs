//! The polite end of a session: a Shutdown Request, which the server denies where a user is logged on (MS-RDPBCGR 1.3.1.4.1).

use std::time::Duration;

use super::Channels;
use crate::{
    net::{Framing, Instant, Wire},
    pdu::{
        finalization::shutdown_request,
        mcs::{self, Mcs},
        share::{self, IoPdu},
        x224::TPKT_VERSION,
    },
    phase::Secured,
    report::{ActivateEvidence, FailureKind, LogOff},
};

/// A server answers at once.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most bytes that are read meanwhile.
const MAX_BYTES: usize = 8 << 20;

/// Asks the server to end the session, in no phase's time, and notes how it answers; nothing where it has ended the connection.
pub(crate) async fn log_off(
    wire: &mut Wire,
    secured: &mut Secured,
    channels: Channels,
    evidence: &mut ActivateEvidence,
) {
    let Some(share_id) = evidence.share_id else { return };
    wire.hurry(Instant::now() + PATIENCE);
    if secured.send(wire, &shutdown_request(share_id, channels.user, channels.io)).await.is_ok() {
        evidence.log_off = Some(answer(wire, secured, channels.io).await);
    }
}

async fn answer(wire: &mut Wire, secured: &mut Secured, io: u16) -> LogOff {
    let mut bytes = 0;
    while bytes <= MAX_BYTES {
        match secured.receive(wire, Framing::TpktOrFastPath).await {
            Ok(frame) if is_denial(&frame, io) => return LogOff::Denied,
            Ok(frame) if matches!(mcs::read(&frame), Ok(Mcs::Ultimatum { .. })) => return LogOff::Ended,
            Ok(frame) => bytes += frame.len(),
            Err(failure) if failure.kind == FailureKind::Timeout => break,
            Err(_) => return LogOff::Ended,
        }
    }
    LogOff::Unanswered
}

fn is_denial(frame: &[u8], io: u16) -> bool {
    let Some(Ok(Mcs::Data { channel, user_data: mut rest })) =
        (frame.first() == Some(&TPKT_VERSION)).then(|| mcs::read(frame))
    else {
        return false;
    };
    while channel == io && !rest.is_empty() {
        let (pdu, after) = share::first(rest);
        rest = after;
        if share::session_pdu(pdu) == (IoPdu::ShareData { kind: share::SHUTDOWN_DENIED }) {
            return true;
        }
    }
    false
}
