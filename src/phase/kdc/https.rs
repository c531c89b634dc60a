//! One question to a KDC through a KDC proxy (MS-KKDCP 3.1.5).

use super::{
    Asking,
    transport::{Sent, connected},
};
use crate::{
    certificate::Expectation,
    codes::{self, Phase},
    net::{Upgrade, Versions, Wire},
    pdu::{
        http::{Request, ResponseHead},
        kdc_proxy,
    },
    phase::{
        Step, ending, http,
        tls::{self, Proven, Unproven},
    },
    report::{Failure, FailureKind, KdcEvidence, KdcProxyEvidence, Timestamp, TlsEvidence},
    settings::Kdc,
};

/// The answer, which begins with its length.
///
/// # Errors
/// The proxy is not reached, breaks TLS or HTTP off, or `http_status`.
pub(super) async fn ask(
    asking: &Asking<'_>,
    kdc: &Kdc,
    sent: &Sent<'_>,
    evidence: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    let mut wire = connected(asking, kdc, sent.limits, evidence).await?;
    wire.enter(Phase::Credssp);
    let seen =
        evidence.proxy.insert(KdcProxyEvidence { path: kdc.path.clone(), ..KdcProxyEvidence::default() });
    let answered = exchange(asking, kdc, sent, &mut wire, seen).await;
    wire.close(None).await;
    answered
}

/// A certificate that is wrong is told, and no reason to stop: what is sent goes over TCP in the clear elsewhere. Whoever serves
/// one without its key is no proxy.
async fn exchange(
    asking: &Asking<'_>,
    kdc: &Kdc,
    sent: &Sent<'_>,
    wire: &mut Wire,
    seen: &mut KdcProxyEvidence,
) -> Result<Vec<u8>, Failure> {
    let now = Timestamp(asking.network.now());
    // An RD Gateway may be the KDC proxy too, and is then the same peer.
    let pin = asking.gateway.filter(|gateway| gateway.endpoint.is_same(&kdc.endpoint));
    let pin = pin.and_then(|gateway| gateway.expected_thumbprint.as_deref());
    let expectation = Expectation { name: &kdc.endpoint.host, now, roots: asking.roots, pin };
    let offer = Upgrade::new(&kdc.endpoint.host, Versions::All).logged(asking.network.key_log());
    match tls::run(wire, &offer, &expectation, seen.tls.insert(TlsEvidence::default())).await? {
        Step::Passed(peer) => post(wire, peer.proven().map_err(unproven)?, kdc, sent, seen).await,
        Step::Stopped(reason) => Err(Failure::new(FailureKind::Closed, reason)),
    }
}

fn unproven(why: Unproven) -> Failure {
    let kind = match why {
        Unproven::Invalid => FailureKind::KeyBinding,
        Unproven::NotCheckable(_) | Unproven::Unreadable | Unproven::NotExpected => {
            FailureKind::TlsUnsupported
        }
    };
    Failure::new(kind, format!("it was asked nothing: {}", why.reason("the KDC proxy")))
}

/// The question, which may hold a proof of the password, and the answer.
async fn post(
    wire: &mut Wire,
    _to: &Proven,
    kdc: &Kdc,
    sent: &Sent<'_>,
    seen: &mut KdcProxyEvidence,
) -> Result<Vec<u8>, Failure> {
    let body = kdc_proxy::request(sent.request, sent.realm);
    let mut bytes = Request::new("POST", &kdc.path)
        .header("Host", &kdc.endpoint.to_string())
        .header("Cache-Control", "no-cache")
        .header("Pragma", "no-cache")
        .header("User-Agent", "kerberos/1.0")
        .header("Content-Type", "application/kerberos")
        .header("Content-Length", &body.len().to_string())
        .header("Connection", "close")
        .into_bytes();
    bytes.extend_from_slice(&body);
    wire.send_secret(&bytes).await?;
    let head = http::head(wire).await?;
    seen.status = Some(head.status);
    seen.server = head.header("server").map(|name| name.chars().take(200).collect());
    if head.status != 200 {
        return Err(refusal(&head));
    }
    let length = head.body("POST").map_err(|error| Failure::new(FailureKind::Malformed, error.0))?;
    let body = wire.receive_body(length).await?;
    kdc_proxy::answer(&body)
        .map_err(|error| ending::malformed("the answer of the KDC proxy cannot be read", &error, &body))
}

fn refusal(head: &ResponseHead) -> Failure {
    let status = u32::from(head.status);
    let reason = if head.reason.is_empty() { String::new() } else { format!(" {}", head.reason) };
    Failure::new(FailureKind::HttpStatus, format!("the KDC proxy answered {status}{reason}"))
        .with_code(status, codes::HTTP_STATUS.symbol(status))
}
