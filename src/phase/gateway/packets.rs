//! One packet of the gateway after the other; what it says beside what is awaited is noted and answered.

use crate::{
    net::{Framing, SharedRemarks, Wire, gateway_error, remarks},
    pdu::{
        Malformed,
        tsgu::{self, Packet},
    },
    report::{Failure, FailureKind},
};

/// The body of the packet that has to come next.
///
/// # Errors
/// `gateway_error` for a CLOSE_CHANNEL, `malformed` for another packet of the handshake, and what ends a connection.
pub(super) async fn receive(wire: &mut Wire, kind: u16, said: &SharedRemarks) -> Result<Vec<u8>, Failure> {
    while !wire.is_over() {
        let bytes = wire.receive(Framing::Tsgu).await?;
        let packet = Packet::parse(&bytes).map_err(|error| malformed(&error, &bytes))?;
        match packet.kind {
            found if found == kind => return Ok(packet.body),
            tsgu::CLOSE_CHANNEL | tsgu::CLOSE_CHANNEL_RESPONSE => {
                let status = tsgu::status(&packet.body).map_err(|error| malformed(&error, &bytes))?;
                remarks(said).close_status = Some(status);
                return Err(gateway_error("the gateway closed the channel before it was open", status));
            }
            found if is_expected_elsewhere(found) => {
                let detail =
                    format!("the gateway sent {} where {} belongs", tsgu::name(found), tsgu::name(kind));
                return Err(Failure::new(FailureKind::Malformed, detail).with_received(&bytes));
            }
            _ => {
                let answer = remarks(said).note(&packet);
                if let Some(answer) = answer {
                    wire.send(&answer).await?;
                }
            }
        }
    }
    let detail = format!("the gateway sent other packets and no {} in time", tsgu::name(kind));
    Err(Failure::new(FailureKind::Timeout, detail))
}

fn is_expected_elsewhere(kind: u16) -> bool {
    (tsgu::HANDSHAKE_REQUEST..=tsgu::DATA).contains(&kind)
}

/// A packet that cannot be read.
pub(crate) fn malformed(error: &Malformed, bytes: &[u8]) -> Failure {
    Failure::new(FailureKind::Malformed, format!("a packet of the gateway cannot be read: {error}"))
        .with_received(bytes)
}
