//! The TLS handshake of Enhanced RDP Security (MS-RDPBCGR 5.4.5.1), and the certificate it shows.

mod peer;

use std::net::IpAddr;

use super::{
    PhaseResult, Step, ending,
    negotiate::{GREETING, QUIET},
};
use crate::{
    certificate::{self, Expectation, Unchecked},
    codes,
    net::{self, Framing, Handshake, Upgrade, Wire},
    pdu::{
        client_hello::{self, Fresh, Profile},
        hello::ClientHello,
        peer as foreign,
        server_hello::Answer,
    },
    random::random,
    report::{Alert, Failure, FailureKind, HelloOffer, Spoken, TlsEvidence},
};
use peer::Shown;
pub(crate) use peer::{Known, Proven, Secured, Trusted, Unproven};

/// Upgrades the wire to TLS; what passes says what may be shown to the peer.
///
/// # Errors
/// `closed`, `reset`, `timeout`, `tls_alert`, `tls_unsupported`, `not_tls` or `malformed`.
pub(crate) async fn run(
    wire: &mut Wire,
    offer: &Upgrade,
    expectation: &Expectation<'_>,
    evidence: &mut TlsEvidence,
) -> PhaseResult<Secured> {
    evidence.sni = offer.sni().map(str::to_owned);
    let mut seen = Handshake::default();
    let result = wire.upgrade(offer, &mut seen).await;
    evidence.alert_sent = seen.alert_sent.map(|code| alert(code.into()));
    evidence.thumbprints = seen.chain.first().map(|leaf| certificate::thumbprints(leaf));
    evidence.certificate = certificate::evidence(&seen.chain, expectation);
    evidence.version = seen.version;
    evidence.cipher_suite = seen.cipher_suite;
    evidence.key_exchange = seen.key_exchange;
    evidence.signature = seen.signature;
    evidence.signature_unchecked = seen.unchecked.map(Unchecked::reason);
    evidence.client_certificate_requested = seen.client_certificate_requested;
    evidence.ocsp_staple = (!seen.ocsp.is_empty()).then_some(seen.ocsp.len());
    (evidence.bytes_sent, evidence.bytes_received) = (seen.bytes_sent, seen.bytes_received);
    evidence.hello = seen.hello;
    if let Err(failure) = &result
        && failure.kind == FailureKind::TlsAlert
    {
        evidence.alert_received = failure.code.and_then(|code| u32::try_from(code).ok()).map(alert);
    }
    if result.as_ref().is_err_and(|failure| failure.kind == FailureKind::NotTls) {
        evidence.speaks = foreign::speaks(&seen.head).map(Spoken);
    }
    result?;
    let shown = Shown {
        leaf: seen.chain.first().cloned(),
        public_key: seen.chain.first().and_then(|leaf| certificate::subject_public_key(leaf)),
        signature: seen.signature,
        unchecked: seen.unchecked,
        certificate: evidence.certificate.as_ref(),
    };
    Ok(Step::Passed(Secured::new(shown, expectation)))
}

/// Sends a ClientHello of our own, like this one where there is one, and reads what answers it in plain; the handshake is not
/// finished.
///
/// # Errors
/// `tls_alert`, `not_tls`, `malformed`, and what ends a connection.
pub(crate) async fn hello(
    wire: &mut Wire,
    profile: &Profile,
    like: Option<&ClientHello>,
    expectation: &Expectation<'_>,
    evidence: &mut TlsEvidence,
) -> PhaseResult<()> {
    let name = expectation.name.parse::<IpAddr>().is_err().then_some(expectation.name);
    let fresh = Fresh { random: random(), session: random(), share: random() };
    let hello = client_hello::client_hello(profile, like, name, &fresh);
    evidence.sni = client_hello::named(&hello).map(str::to_owned);
    evidence.offered = offer(profile);
    let too_long = || Failure::new(FailureKind::Malformed, "the ClientHello does not fit a record");
    let record = hello.record().ok_or_else(too_long)?;
    evidence.bytes_sent = record.len() as u64;
    wire.send(&record).await?;
    let mut answer = Answer::default();
    let ended = read(wire, &mut answer, evidence).await;
    evidence.version = answer.version.map(version);
    evidence.cipher_suite = answer.suite.map(suite);
    let elliptic = evidence.cipher_suite.as_ref().is_some_and(|suite| suite.starts_with("TLS_ECDHE_"));
    evidence.key_exchange = answer.group.filter(|_| elliptic).map(group);
    evidence.client_certificate_requested = answer.client_certificate_requested;
    evidence.thumbprints = answer.chain.first().map(|leaf| certificate::thumbprints(leaf));
    evidence.certificate = certificate::evidence(&answer.chain, expectation);
    evidence.alert_received = answer.alert.map(|code| alert(code.into()));
    match answer {
        // What was selected is the answer, whatever happens after it.
        Answer { version: Some(_), .. } => Ok(Step::Passed(())),
        Answer { alert: Some(code), .. } => Err(net::alert(wire.speaker(), code)),
        _ => ended.map(Step::Passed),
    }
}

fn offer(profile: &Profile) -> Option<HelloOffer> {
    let Profile::Only { version: code, suites } = profile else { return None };
    Some(HelloOffer { version: version(*code), suites: suites.iter().map(|code| suite(*code)).collect() })
}

async fn read(wire: &mut Wire, answer: &mut Answer, evidence: &mut TlsEvidence) -> Result<(), Failure> {
    while !answer.is_complete {
        let record = match wire.receive(Framing::TlsRecord).await {
            Err(failure)
                if failure.kind == FailureKind::Malformed
                    && evidence.bytes_received == 0
                    && !foreign::begins_record(wire.pending()) =>
            {
                let bytes = wire.receive_some(GREETING, QUIET).await?;
                evidence.speaks = foreign::speaks(&bytes).map(Spoken);
                return Err(net::not_tls(&bytes));
            }
            other => other?,
        };
        evidence.bytes_received += record.len() as u64;
        answer.take(&record).map_err(|error| {
            ending::malformed("the answer to the ClientHello cannot be read", &error, &record)
        })?;
    }
    Ok(())
}

pub(crate) fn version(code: u16) -> String {
    match code {
        0x0300 => "SSLv3".to_owned(),
        0x0301..=0x0304 => format!("TLSv1.{}", code - 0x0301),
        other => format!("{other:#06x}"),
    }
}

pub(crate) fn suite(code: u16) -> String {
    codes::TLS_CIPHER_SUITE.symbol(code.into()).map_or_else(|| format!("{code:#06x}"), str::to_owned)
}

/// As the TLS library spells it.
pub(crate) fn group(code: u16) -> String {
    match code {
        0x0017 => "secp256r1".to_owned(),
        0x0018 => "secp384r1".to_owned(),
        0x0019 => "secp521r1".to_owned(),
        0x001D => "X25519".to_owned(),
        0x001E => "X448".to_owned(),
        0x0100 => "ffdhe2048".to_owned(),
        0x0101 => "ffdhe3072".to_owned(),
        0x0102 => "ffdhe4096".to_owned(),
        0x11EC => "X25519MLKEM768".to_owned(),
        other => format!("{other:#06x}"),
    }
}

/// The name of a signature algorithm (RFC 8446 section 4.2.3, RFC 5246 section 7.4.1.4.1).
pub(crate) fn signature_algorithm(code: u16) -> Option<&'static str> {
    Some(match code {
        0x0201 => "rsa_pkcs1_sha1",
        0x0202 => "dsa_sha1",
        0x0203 => "ecdsa_sha1",
        0x0401 => "rsa_pkcs1_sha256",
        0x0403 => "ecdsa_secp256r1_sha256",
        0x0501 => "rsa_pkcs1_sha384",
        0x0503 => "ecdsa_secp384r1_sha384",
        0x0601 => "rsa_pkcs1_sha512",
        0x0603 => "ecdsa_secp521r1_sha512",
        0x0804 => "rsa_pss_rsae_sha256",
        0x0805 => "rsa_pss_rsae_sha384",
        0x0806 => "rsa_pss_rsae_sha512",
        0x0807 => "ed25519",
        0x0808 => "ed448",
        0x0809 => "rsa_pss_pss_sha256",
        0x080A => "rsa_pss_pss_sha384",
        0x080B => "rsa_pss_pss_sha512",
        _ => return None,
    })
}

pub(crate) fn alert(code: u32) -> Alert {
    Alert { code, name: codes::TLS_ALERT.symbol(code).map(str::to_owned) }
}
