//! The connection policy: whether this user may use the gateway from this machine (MS-TSGU 3.3.5.5).

use super::{
    Access,
    packets::{malformed, receive},
};
use crate::{
    net::{Wire, gateway_error},
    pdu::{
        connect_initial::CLIENT_NAME,
        tsgu::{self, tunnel_auth, tunnel_auth_response},
    },
    phase::{PhaseResult, Step},
    report::{Failure, GatewayAuthorization},
};

/// Sends TUNNEL_AUTH and reads its response.
///
/// # Errors
/// `gateway_error` with the code of the response.
pub(super) async fn run(
    wire: &mut Wire,
    access: &Access<'_>,
    evidence: &mut GatewayAuthorization,
) -> PhaseResult<()> {
    evidence.client_name = Some(CLIENT_NAME.to_owned());
    wire.send(&tunnel_auth(CLIENT_NAME)).await?;
    let body = receive(wire, tsgu::TUNNEL_AUTH_RESPONSE, access.remarks).await?;
    read_response(&body, evidence).map(Step::Passed)
}

/// What the response to a TUNNEL_AUTH says.
///
/// # Errors
/// `gateway_error` with its code, `malformed`.
pub(crate) fn read_response(body: &[u8], evidence: &mut GatewayAuthorization) -> Result<(), Failure> {
    let response = tunnel_auth_response(body).map_err(|error| malformed(&error, body))?;
    evidence.error = Some(response.error);
    evidence.redirection_flags = response.redirection_flags;
    evidence.idle_timeout_minutes = response.idle_timeout;
    match response.error {
        0 => Ok(()),
        code => Err(gateway_error("the gateway did not authorize the tunnel", code)),
    }
}
