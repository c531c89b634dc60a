//! The tunnel: capabilities, the token where there is one, and the text to consent to (MS-TSGU 3.3.5.4).

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::{
    Access,
    exchange::Session,
    packets::{malformed, receive},
};
use crate::{
    net::{Wire, gateway_error},
    pdu::tsgu::{self, TunnelCredential, tunnel_create, tunnel_response},
    phase::{
        PhaseResult, Step,
        tls::{Secured, Trusted},
    },
    report::{Failure, GatewayTunnel},
    settings::Token,
};

/// What the client can do. A statement of health is not among it, so that none is asked for.
const CAPABILITIES: u32 =
    tsgu::CAPABILITY_IDLE_TIMEOUT | tsgu::CAPABILITY_CONSENT_SIGN | tsgu::CAPABILITY_SERVICE_MESSAGE;

const UNTRUSTED: &str =
    "the token is a secret, and the gateway's certificate is not trusted, not for its name or not valid now";

/// Sends TUNNEL_CREATE to the peer that hears the packets, and reads its response.
///
/// # Errors
/// `gateway_error` with the status of the response.
pub(super) async fn run(
    wire: &mut Wire,
    access: &Access<'_>,
    session: &Session,
    peer: &Secured,
    evidence: &mut GatewayTunnel,
) -> PhaseResult<()> {
    evidence.capabilities_offered = CAPABILITIES;
    match access.gateway.token.as_ref().filter(|_| session.with_token) {
        None => wire.send(&tunnel_create(CAPABILITIES, TunnelCredential::Nothing)).await?,
        Some(token) => {
            let peer = match trusted(peer) {
                Ok(peer) => peer,
                Err(reason) => return Ok(Step::Stopped(reason)),
            };
            evidence.token_sent = true;
            wire.send_secret(&with_token(token, peer)).await?;
        }
    }
    let body = receive(wire, tsgu::TUNNEL_RESPONSE, access.remarks).await?;
    read_response(&body, evidence)?;
    match evidence.consent.is_some() && !access.gateway.accept_consent {
        true => Ok(Step::Stopped("the gateway asks for consent to a text (--accept-consent goes on)".into())),
        false => Ok(Step::Passed(())),
    }
}

/// What the response to a TUNNEL_CREATE says.
///
/// # Errors
/// `gateway_error` with its status, `malformed`.
pub(crate) fn read_response(body: &[u8], evidence: &mut GatewayTunnel) -> Result<(), Failure> {
    let response = tunnel_response(body).map_err(|error| malformed(&error, body))?;
    evidence.status = Some(response.status);
    evidence.server_version = Some(response.server_version);
    evidence.tunnel_id = response.tunnel_id;
    evidence.capabilities = response.capabilities;
    evidence.health_asked = response.health_asked;
    evidence.consent = response.consent.filter(|text| !text.trim().is_empty());
    match response.status {
        0 => Ok(()),
        code => Err(gateway_error("the gateway refused the tunnel", code)),
    }
}

/// Who may be shown the token; what the peer has not proven is told before what its certificate lacks.
fn trusted(peer: &Secured) -> Result<&Trusted, Cow<'static, str>> {
    peer.proven().map_err(|why| why.reason("the gateway"))?;
    peer.trusted().ok_or(Cow::Borrowed(UNTRUSTED))
}

/// The request with the token as it is, which only a trusted peer is shown.
fn with_token(token: &Token, _to: &Trusted) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(tunnel_create(CAPABILITIES, TunnelCredential::Cookie(token.0.as_str())))
}
