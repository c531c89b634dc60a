//! X.224 connection request and confirm (MS-RDPBCGR 1.3.1.1, 2.2.1.1, 2.2.1.2).

use std::time::Duration;

use super::{PhaseResult, Step, ending};
use crate::{
    codes::{self, Protocols},
    net::{Framing, Wire},
    pdu::{
        mcs::{self, Mcs},
        peer,
        x224::{self, Confirm, Lead},
    },
    report::{Failure, FailureKind, NegotiateEvidence, Selected, Spoken},
};

/// How long a foreign peer may pause in its greeting.
pub(super) const QUIET: Duration = Duration::from_millis(100);

/// How much of a foreign peer's greeting is read.
pub(crate) const GREETING: usize = 256;

/// What was negotiated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Negotiated {
    /// The selected protocol.
    pub protocol: Selected,
    /// Its number.
    pub code: u32,
    /// Whether the server supports extended client data.
    pub extended: bool,
    /// Whether the server supports Restricted Admin mode.
    pub restricted_admin: bool,
}

/// What a Connection Request asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'a> {
    /// requestedProtocols.
    pub protocols: Protocols,
    /// Whether Restricted Admin mode is demanded.
    pub restricted_admin: bool,
    /// What stands before it.
    pub lead: Lead<'a>,
    /// Whether a request of HTTP is sent in its place.
    pub http: bool,
}

/// RESTRICTED_ADMIN_MODE_SUPPORTED (MS-RDPBCGR 2.2.1.2.1).
const RESTRICTED_ADMIN: u8 = 0x08;

/// Offers protocols behind a cookie, a routing token or nothing, and reads what the server selects.
///
/// # Errors
/// `negotiation_failure`, `disconnect` for an ultimatum in place of the confirm, `not_rdp` for another protocol.
pub(crate) async fn run(
    wire: &mut Wire,
    offer: Offer<'_>,
    evidence: &mut NegotiateEvidence,
) -> PhaseResult<Negotiated> {
    let Offer { protocols, restricted_admin, lead, http: is_http } = offer;
    if is_http {
        return Err(http(wire, evidence).await);
    }
    evidence.requested_restricted_admin = restricted_admin;
    evidence.requested = Selected::of_offer(protocols);
    evidence.requested_code = protocols.bits();
    evidence.routing_token = matches!(lead, Lead::Token(_));
    let request = x224::connection_request(protocols.bits(), restricted_admin, lead)
        .map_err(|error| Failure::new(FailureKind::Malformed, error.to_string()))?;
    wire.send(&request).await?;
    let frame = match wire.receive(Framing::Tpkt).await {
        Ok(frame) => frame,
        // What begins like a TPKT is one, whatever it claims.
        Err(failure) if failure.kind == FailureKind::Malformed && !wire.pending().starts_with(&[3, 0]) => {
            return Err(foreign(wire, evidence).await);
        }
        Err(failure) => return Err(failure),
    };
    answered(&frame, &request, evidence).map(Step::Passed)
}

/// What the frame that answers a Connection Request says.
///
/// # Errors
/// `negotiation_failure`, `disconnect`, `not_rdp` and `malformed`.
pub(crate) fn answered(
    frame: &[u8],
    request: &[u8],
    evidence: &mut NegotiateEvidence,
) -> Result<Negotiated, Failure> {
    let confirm = x224::confirm(frame).map_err(|error| {
        evidence.speaks = peer::speaks_in_tpkt(frame, request).map(Spoken);
        match &evidence.speaks {
            Some(_) => not_rdp(evidence, frame),
            None => ending::malformed("the connection confirm cannot be read", &error, frame),
        }
    })?;
    match confirm {
        Confirm::Response { flags, selected } => Ok(response(flags, selected, evidence)),
        Confirm::Plain => Ok(plain(evidence)),
        Confirm::Failure { code } => {
            evidence.negotiation_response = Some(true);
            Err(refused(code))
        }
        Confirm::Data(payload) => Err(data(payload, frame)),
    }
}

/// Sends nothing and listens for a while.
///
/// # Errors
/// What ends the connection all the same, and `not_rdp` for a peer that speaks first.
pub(crate) async fn listen(
    wire: &mut Wire,
    span: Duration,
    evidence: &mut NegotiateEvidence,
) -> PhaseResult<()> {
    match wire.is_quiet(span).await? {
        true => Ok(Step::Stopped("nothing was sent, and nothing came".into())),
        false => Err(foreign(wire, evidence).await),
    }
}

fn response(flags: u8, selected: u32, evidence: &mut NegotiateEvidence) -> Negotiated {
    let protocol = Selected::from_code(selected);
    evidence.negotiation_response = Some(true);
    evidence.selected = Some(protocol);
    evidence.selected_code = Some(selected);
    evidence.flags = Some(u32::from(flags));
    evidence.flag_names = x224::response_flag_names(flags).into_iter().map(str::to_owned).collect();
    Negotiated {
        protocol,
        code: selected,
        extended: flags & 1 != 0,
        restricted_admin: flags & RESTRICTED_ADMIN != 0,
    }
}

/// A confirm without negotiation data comes from a server that knows Standard RDP Security only (2.2.1.2).
fn plain(evidence: &mut NegotiateEvidence) -> Negotiated {
    evidence.negotiation_response = Some(false);
    evidence.selected = Some(Selected::Rdp);
    evidence.selected_code = Some(0);
    Negotiated { protocol: Selected::Rdp, code: 0, extended: false, restricted_admin: false }
}

fn refused(code: u32) -> Failure {
    let row = codes::NEGOTIATION_FAILURE.find(code);
    let what = row.map_or("no table knows it", |row| row.meaning);
    Failure::new(
        FailureKind::NegotiationFailure,
        format!("the server refused the offer with failure {code}: {what}"),
    )
    .with_code(code, codes::NEGOTIATION_FAILURE.symbol(code))
}

fn data(payload: &[u8], frame: &[u8]) -> Failure {
    match mcs::payload(payload) {
        Ok(Mcs::Ultimatum { reason }) => ending::ultimatum(reason),
        _ => Failure::new(FailureKind::Malformed, "an X.224 data TPDU where the connection confirm belongs")
            .with_received(frame),
    }
}

/// Reads what is no TPKT, or a little more of it, and names who speaks so.
async fn foreign(wire: &mut Wire, evidence: &mut NegotiateEvidence) -> Failure {
    let bytes = match wire.receive_some(GREETING, QUIET).await {
        Ok(bytes) => bytes,
        Err(failure) => return failure,
    };
    no_tpkt(&bytes, evidence)
}

/// An answer that is no TPKT, and who speaks so.
pub(crate) fn no_tpkt(bytes: &[u8], evidence: &mut NegotiateEvidence) -> Failure {
    evidence.speaks = peer::speaks(bytes).map(Spoken);
    not_rdp(evidence, bytes)
}

fn not_rdp(evidence: &NegotiateEvidence, bytes: &[u8]) -> Failure {
    let detail = match &evidence.speaks {
        Some(name) => format!("the peer does not speak RDP but {name}"),
        None => "the peer does not speak RDP: its answer is no TPKT frame".to_owned(),
    };
    Failure::new(FailureKind::NotRdp, detail).with_received(bytes)
}

/// Asks as a web server, or a proxy of HTTP, wants to be asked: either waits for a whole request. Any answer is no RDP.
async fn http(wire: &mut Wire, evidence: &mut NegotiateEvidence) -> Failure {
    match wire.send(b"GET / HTTP/1.0\r\n\r\n").await {
        Ok(()) => foreign(wire, evidence).await,
        Err(failure) => failure,
    }
}
