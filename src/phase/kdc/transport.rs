//! One question to one KDC over TCP or UDP (RFC 4120 section 7.2).

use std::net::SocketAddr;

use super::{Asking, https};
use crate::{
    codes::Phase,
    endpoint::Endpoint,
    net::{Framing, Instant, Limits, Wire, receive_until},
    pdu::{
        kerberos::{KdcMessage, kdc_message, tcp_message},
        words::words,
    },
    phase::{Step, connect, resolve},
    report::{ConnectEvidence, Failure, FailureKind, KdcEvidence, ResolveEvidence, Speaker},
    settings::{Kdc, KdcTransport, Proxy},
};

/// How often a question is sent over UDP that proves nothing.
const TRIES: u32 = 3;

/// KRB_ERR_RESPONSE_TOO_BIG.
const TOO_BIG: u32 = 52;

/// A question.
pub(super) struct Sent<'a> {
    /// It begins with its length.
    pub request: &'a [u8],
    /// The realm that is asked, which a KDC proxy must know.
    pub realm: &'a str,
    /// Whether it may be sent more than once.
    pub again: bool,
    /// The deadlines.
    pub limits: Limits,
}

/// The answer, which begins with its length whatever carried it.
///
/// # Errors
/// The KDC is not reached or silent, or what answers is none.
pub(super) async fn ask(
    asking: &Asking<'_>,
    kdc: &Kdc,
    sent: &Sent<'_>,
    evidence: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    let answer = match kdc.transport {
        KdcTransport::Any | KdcTransport::Tcp => over_tcp(asking, kdc, sent, evidence).await,
        KdcTransport::Udp => over_udp(asking, kdc, sent, evidence).await,
        KdcTransport::Https => https::ask(asking, kdc, sent, evidence).await,
    };
    answer.map_err(|mut failure| {
        let who = speaker(kdc).title();
        let over = if kdc.transport == KdcTransport::Udp { " over UDP" } else { "" };
        failure.detail = format!("{who} {}{over}: {}", kdc.endpoint, failure.detail);
        failure.or_of(speaker(kdc))
    })
}

fn speaker(kdc: &Kdc) -> Speaker {
    if kdc.transport == KdcTransport::Https { Speaker::KdcProxy } else { Speaker::Kdc }
}

async fn addresses(
    asking: &Asking<'_>,
    proxy: Option<&Proxy>,
    target: &Endpoint,
    limits: Limits,
) -> Result<Vec<SocketAddr>, Failure> {
    let mut seen = ResolveEvidence::default();
    match resolve::of_first_peer(asking.network, proxy, target, limits.phase_end(), &mut seen).await? {
        Step::Passed(addresses) => Ok(addresses),
        Step::Stopped(_) => Ok(Vec::new()),
    }
}

/// A wire that leads to the KDC or to its proxy.
///
/// # Errors
/// It is not reached.
pub(super) async fn connected(
    asking: &Asking<'_>,
    kdc: &Kdc,
    limits: Limits,
    evidence: &mut KdcEvidence,
) -> Result<Wire, Failure> {
    let (proxy, target) = (asking.proxy, &kdc.endpoint);
    let addresses = addresses(asking, proxy, target, limits).await?;
    let mut seen = ConnectEvidence::default();
    let connected = connect::by_way_of(asking.network, &addresses, proxy, target, limits, &mut seen).await;
    evidence.address = seen.peer.or(evidence.address);
    match connected? {
        Step::Passed(mut wire) => {
            wire.meets(speaker(kdc));
            Ok(wire)
        }
        Step::Stopped(reason) => Err(Failure::new(FailureKind::Closed, reason)),
    }
}

async fn over_tcp(
    asking: &Asking<'_>,
    kdc: &Kdc,
    sent: &Sent<'_>,
    evidence: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    let mut wire = connected(asking, kdc, sent.limits, evidence).await?;
    wire.enter(Phase::Credssp);
    let answered = match wire.send_secret(sent.request).await {
        Ok(()) => wire.receive(Framing::Kdc).await,
        Err(failure) => Err(failure),
    };
    wire.close(None).await;
    answered
}

/// What is sent again is the same question: a KDC knows it again.
async fn over_udp(
    asking: &Asking<'_>,
    kdc: &Kdc,
    sent: &Sent<'_>,
    evidence: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    let end = sent.limits.phase_end();
    let addresses = addresses(asking, None, &kdc.endpoint, sent.limits).await?;
    let address =
        *addresses.first().ok_or_else(|| Failure::new(FailureKind::NotFound, "there is no address"))?;
    let message = sent.request.get(4..).unwrap_or_default();
    let tries = if sent.again { TRIES } else { 1 };
    let pause = end.saturating_duration_since(Instant::now()) / tries;
    let socket = asking.network.datagrams(address).await.map_err(|error| broken(&error))?;
    evidence.address = Some(address);
    for number in 1..=tries {
        socket.send(message).await.map_err(|error| broken(&error))?;
        let until = if number == tries { end } else { Instant::now() + pause };
        let Some(answer) = receive_until(socket.as_ref(), until).await.map_err(|error| broken(&error))?
        else {
            continue;
        };
        return match kdc_message(&answer) {
            Ok(KdcMessage::Error(error)) if error.code == TOO_BIG => {
                over_tcp(asking, kdc, sent, evidence).await
            }
            _ => Ok(tcp_message(&answer)),
        };
    }
    let detail = format!("nothing came back, datagrams sent: {tries}");
    Err(Failure::new(FailureKind::Timeout, detail))
}

/// What ICMP said comes back as an error of the socket.
fn broken(error: &std::io::Error) -> Failure {
    use std::io::ErrorKind::{ConnectionRefused, ConnectionReset};
    match error.kind() {
        ConnectionRefused | ConnectionReset => {
            Failure::new(FailureKind::Refused, "the port is closed, or a firewall rejects it")
        }
        _ => Failure::new(
            FailureKind::Unreachable,
            format!("no datagram can be sent or received: {}", words(error)),
        ),
    }
}
