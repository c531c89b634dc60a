//! The TLS handshake of Enhanced RDP Security (MS-RDPBCGR 5.4.5.1), and the certificate it shows.

use super::{PhaseResult, Step};
use crate::{
    certificate::{self, Expectation},
    codes,
    net::{Handshake, Upgrade, Wire},
    report::{Alert, FailureKind, HandshakeSignature, TlsEvidence},
};

/// What the next phases need of the handshake.
#[derive(Clone, Debug)]
pub struct Secured {
    /// The server's SubjectPublicKey, which CredSSP binds to.
    pub public_key: Option<Vec<u8>>,
    /// Whether the server proved that it holds that key.
    pub signature: Option<HandshakeSignature>,
}

/// Upgrades the wire to TLS.
///
/// # Errors
/// `closed`, `reset`, `timeout`, `tls_alert`, `tls_unsupported`, `not_tls` or `malformed`.
pub async fn run(
    wire: &mut Wire,
    host: &str,
    expectation: &Expectation<'_>,
    evidence: &mut TlsEvidence,
) -> PhaseResult<Secured> {
    let offer = Upgrade::new(host);
    evidence.sni = offer.sni().map(str::to_owned);
    let mut seen = Handshake::default();
    let result = wire.upgrade(&offer, &mut seen).await;
    evidence.alert_sent = seen.alert_sent.map(|code| alert(code.into()));
    evidence.thumbprints = seen.chain.first().map(|leaf| certificate::thumbprints(leaf));
    evidence.certificate = certificate::evidence(&seen.chain, expectation);
    let public_key = seen.chain.first().and_then(|leaf| certificate::subject_public_key(leaf));
    evidence.version = seen.version;
    evidence.cipher_suite = seen.cipher_suite;
    evidence.key_exchange = seen.key_exchange;
    evidence.signature = seen.signature;
    evidence.client_certificate_requested = seen.client_certificate_requested;
    evidence.ocsp_staple = (!seen.ocsp.is_empty()).then_some(seen.ocsp.len());
    (evidence.bytes_sent, evidence.bytes_received) = (seen.bytes_sent, seen.bytes_received);
    if let Err(failure) = &result
        && failure.kind == FailureKind::TlsAlert
    {
        evidence.alert_received = failure.code.and_then(|code| u32::try_from(code).ok()).map(alert);
    }
    result?;
    Ok(Step::Passed(Secured { public_key, signature: seen.signature }))
}

fn alert(code: u32) -> Alert {
    Alert { code, name: codes::TLS_ALERT.symbol(code).map(str::to_owned) }
}
