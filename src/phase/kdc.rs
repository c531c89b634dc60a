//! One question to a KDC over TCP, and its answer (RFC 4120 section 7.2.2).

use time::OffsetDateTime;

use super::{Step, ending, resolve};
use crate::{
    codes::{self, Phase},
    net::{Framing, Instant, Limits, Network, Wire, race},
    pdu::kerberos::{KdcMessage, KrbError, kdc_message},
    report::{ConnectEvidence, Failure, FailureKind, KdcEvidence, KdcExchange, ResolveEvidence},
    settings::Kdc,
    target::Target,
};

/// KDC_ERR_PREAUTH_REQUIRED, the answer to a question without a proof of the password.
const PREAUTH_REQUIRED: u32 = 25;

/// The most questions for one ticket: two to log on, one for the service and a few referrals.
const MOST: usize = 8;

/// Whom to ask, and how long.
pub struct Asking<'a, N> {
    pub network: &'a N,
    pub kdc: &'a Kdc,
    pub limits: Limits,
}

/// The answer to `request`, which begins with its length, as the answer does.
///
/// # Errors
/// The KDC is not reached or silent, or `kerberos_error` with its code.
pub async fn ask<N: Network>(
    asking: &Asking<'_, N>,
    request: &[u8],
    evidence: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    if evidence.exchanges.len() >= MOST {
        return Err(Failure::new(
            FailureKind::Malformed,
            format!("the KDC wants more than {MOST} questions"),
        ));
    }
    let begin = Instant::now();
    let mut exchange = KdcExchange::default();
    let answer = answer(asking, request, evidence).await;
    let judged = answer.and_then(|answer| judge(asking, answer, &mut exchange, evidence));
    exchange.elapsed_ms = begin.elapsed().into();
    evidence.exchanges.push(exchange);
    judged
}

async fn answer<N: Network>(
    asking: &Asking<'_, N>,
    request: &[u8],
    evidence: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    let Asking { network, kdc, limits } = asking;
    let name = format!("the KDC {}:{}", kdc.host, kdc.port);
    let target = Target { input: kdc.host.clone(), host: kdc.host.clone(), port: kdc.port, file: None };
    let found = resolve::run(*network, &target, limits.phase_end(), &mut ResolveEvidence::default()).await;
    let addresses = match found.map_err(|failure| of(failure, &name))? {
        Step::Passed(addresses) => addresses,
        Step::Stopped(_) => Vec::new(),
    };
    let mut connect = ConnectEvidence::default();
    let stream = race(*network, &addresses, limits.phase_end(), &mut connect).await;
    evidence.address = connect.peer;
    let mut wire = Wire::new(stream.map_err(|failure| of(failure, &name))?, *limits);
    wire.enter(Phase::Credssp);
    let answered = match wire.send_secret(request).await {
        Ok(()) => wire.receive(Framing::Kdc).await,
        Err(failure) => Err(failure),
    };
    wire.close(None).await;
    answered.map_err(|failure| of(failure, &name))
}

/// What is said of a server is said of the KDC here.
fn of(mut failure: Failure, name: &str) -> Failure {
    failure.detail = format!("{name}: {}", failure.detail);
    failure
}

/// A KRB-ERROR ends it, except the one that asks for the proof of the password: sspi would try again by itself.
fn judge<N: Network>(
    asking: &Asking<'_, N>,
    answer: Vec<u8>,
    exchange: &mut KdcExchange,
    evidence: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    let message = kdc_message(answer.get(4..).unwrap_or_default())
        .map_err(|error| ending::malformed("the answer of the KDC cannot be read", &error, &answer))?;
    let name = match &message {
        KdcMessage::AsRep => "as_rep",
        KdcMessage::TgsRep => "tgs_rep",
        KdcMessage::Error(_) => "krb_error",
    };
    exchange.answer = Some(name.to_owned());
    let KdcMessage::Error(error) = message else { return Ok(answer) };
    exchange.error = Some(error.code);
    evidence.clock_skew_seconds = skew(&error, asking.network.now());
    match error.code {
        PREAUTH_REQUIRED if evidence.exchanges.is_empty() => Ok(answer),
        code => Err(refusal(code)),
    }
}

fn skew(error: &KrbError, now: OffsetDateTime) -> Option<i64> {
    error.time.map(|time| (time - now).whole_seconds())
}

fn refusal(code: u32) -> Failure {
    let row = codes::KERBEROS_ERROR.find(code);
    let what = row.map_or("no table knows it", |row| row.meaning);
    Failure::new(FailureKind::KerberosError, format!("the KDC answered with error {code}: {what}"))
        .with_code(code, codes::KERBEROS_ERROR.symbol(code))
}
