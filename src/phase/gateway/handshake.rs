//! The handshake: versions, and what authenticates inside the tunnel (MS-TSGU 3.3.5.3).

use super::{
    exchange::Session,
    packets::{malformed, receive},
};
use crate::{
    net::{SharedRemarks, Wire, gateway_error},
    pdu::tsgu::{self, handshake_request, handshake_response},
    phase::{PhaseResult, Step},
    report::{Failure, GatewayHandshake},
};

/// Sends HANDSHAKE_REQUEST and reads its response.
///
/// # Errors
/// `gateway_error` with the code of the response.
pub(super) async fn run(
    wire: &mut Wire,
    session: &Session,
    remarks: &SharedRemarks,
    evidence: &mut GatewayHandshake,
) -> PhaseResult<()> {
    let offered = if session.with_token { tsgu::EXTENDED_AUTH_PAA } else { tsgu::EXTENDED_AUTH_NONE };
    evidence.extended_auth_offered = offered;
    wire.send(&handshake_request(offered)).await?;
    let body = receive(wire, tsgu::HANDSHAKE_RESPONSE, remarks).await?;
    read_response(&body, evidence).map(Step::Passed)
}

/// What the response to a HANDSHAKE_REQUEST says.
///
/// # Errors
/// `gateway_error` with its code, `malformed`.
pub(crate) fn read_response(body: &[u8], evidence: &mut GatewayHandshake) -> Result<(), Failure> {
    let response = handshake_response(body).map_err(|error| malformed(&error, body))?;
    evidence.error = Some(response.error);
    evidence.version = Some(format!("{}.{}", response.version.0, response.version.1));
    evidence.server_version = Some(response.server_version);
    evidence.extended_auth = Some(response.extended_auth);
    match response.error {
        0 => Ok(()),
        code => Err(gateway_error("the gateway refused the handshake", code)),
    }
}
