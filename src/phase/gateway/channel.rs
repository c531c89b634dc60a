//! The channel: whether the user may reach this server, and whether the gateway can (MS-TSGU 3.3.5.6).

use super::{
    Access,
    packets::{malformed, receive},
};
use crate::{
    endpoint::place,
    net::{Wire, gateway_error},
    pdu::tsgu::{self, channel_create, channel_response},
    phase::{PhaseResult, Step},
    report::{Failure, GatewayChannel},
};

/// Sends CHANNEL_CREATE and reads its response.
///
/// # Errors
/// `gateway_error` with the code of the response.
pub(super) async fn run(
    wire: &mut Wire,
    access: &Access<'_>,
    evidence: &mut GatewayChannel,
) -> PhaseResult<()> {
    let target = access.target;
    evidence.resource = Some(target.host.clone());
    evidence.port = Some(target.port);
    wire.send(&channel_create(&target.host, target.port)).await?;
    let body = receive(wire, tsgu::CHANNEL_RESPONSE, access.remarks).await?;
    read_response(&body, evidence).map(Step::Passed)
}

/// What the response to a CHANNEL_CREATE says.
///
/// # Errors
/// `gateway_error` with its code, `malformed`.
pub(crate) fn read_response(body: &[u8], evidence: &mut GatewayChannel) -> Result<(), Failure> {
    let response = channel_response(body).map_err(|error| malformed(&error, body))?;
    evidence.error = Some(response.error);
    evidence.channel_id = response.channel_id;
    evidence.udp_port = response.udp_port;
    evidence.udp_cookie = response.udp_cookie;
    evidence.udp_cookie_length = response.udp_cookie_length;
    match response.error {
        0 => Ok(()),
        code => {
            let to = evidence.resource.as_deref().zip(evidence.port).map(|(host, port)| place(host, port));
            let what = format!("the gateway refused the channel to {}", to.unwrap_or_default());
            Err(gateway_error(&what, code))
        }
    }
}
