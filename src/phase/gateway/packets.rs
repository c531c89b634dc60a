//! One packet of the gateway after the other; what it says beside what is awaited is noted and answered.

use crate::{
    net::{Framing, Remarks, SharedRemarks, Wire, gateway_error, remarks},
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
        let told = told(&packet, kind, &bytes, &mut remarks(said))?;
        match told {
            Told::Awaited => return Ok(packet.body),
            Told::Beside(Some(answer)) => wire.send(&answer).await?,
            Told::Beside(None) => {}
        }
    }
    let detail = format!("the gateway sent other packets and no {} in time", tsgu::name(kind));
    Err(Failure::new(FailureKind::Timeout, detail))
}

/// What a packet is that comes before the channel is open.
pub(crate) enum Told {
    /// The one that is awaited.
    Awaited,
    /// Another, and what it deserves as an answer.
    Beside(Option<Vec<u8>>),
}

/// What a packet says where one of this kind has to come.
///
/// # Errors
/// `gateway_error` for a CLOSE_CHANNEL, `malformed` for another packet of the handshake.
pub(crate) fn told(packet: &Packet, kind: u16, bytes: &[u8], said: &mut Remarks) -> Result<Told, Failure> {
    match packet.kind {
        found if found == kind => Ok(Told::Awaited),
        tsgu::CLOSE_CHANNEL | tsgu::CLOSE_CHANNEL_RESPONSE => {
            let status = tsgu::status(&packet.body).map_err(|error| malformed(&error, bytes))?;
            said.close_status = Some(status);
            Err(gateway_error("the gateway closed the channel before it was open", status))
        }
        found if is_expected_elsewhere(found) => {
            let detail = format!("the gateway sent {} where {} belongs", tsgu::name(found), tsgu::name(kind));
            Err(Failure::new(FailureKind::Malformed, detail).with_received(bytes))
        }
        _ => Ok(Told::Beside(said.note(packet))),
    }
}

fn is_expected_elsewhere(kind: u16) -> bool {
    (tsgu::HANDSHAKE_REQUEST..=tsgu::DATA).contains(&kind)
}

/// A packet that cannot be read.
pub(crate) fn malformed(error: &Malformed, bytes: &[u8]) -> Failure {
    Failure::new(FailureKind::Malformed, format!("a packet of the gateway cannot be read: {error}"))
        .with_received(bytes)
}
