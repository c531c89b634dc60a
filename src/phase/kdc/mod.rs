//! The questions to a KDC, and its answers (RFC 4120): who is asked, how, and what an error ends.

mod https;
mod transport;
mod ways;

use time::OffsetDateTime;

use super::ending;
use crate::{
    certificate::Roots,
    codes,
    net::{Instant, Limits, Network},
    pdu::kerberos::{KdcMessage, KrbError, kdc_message},
    report::{Failure, FailureKind, KdcEvidence, KdcExchange, UnansweredKdc},
    settings::{Kdc, Kerberos, Proxy},
};

/// KDC_ERR_PREAUTH_REQUIRED, the answer to a question without a proof of the password.
const PREAUTH_REQUIRED: u32 = 25;

/// The most questions for one ticket: two to log on and one for the service.
const MOST: usize = 4;

/// Whom to ask, on which way, and how long.
pub struct Asking<'a, N> {
    pub network: &'a N,
    pub kerberos: &'a Kerberos,
    pub proxy: Option<&'a Proxy>,
    /// Trust anchors for the certificate of a KDC proxy.
    pub roots: &'a Roots,
    pub limits: Limits,
}

/// The KDCs of a realm. The one that answers first is asked everything: the proof of the password goes to no other.
pub struct Kdcs<'a, N> {
    asking: Asking<'a, N>,
    left: Vec<Kdc>,
    answered: bool,
}

impl<'a, N: Network> Kdcs<'a, N> {
    /// Those that are named, or that DNS names.
    ///
    /// # Errors
    /// There is none.
    pub async fn find(asking: Asking<'a, N>, evidence: &mut KdcEvidence) -> Result<Self, Failure> {
        evidence.realm.clone_from(&asking.kerberos.realm);
        evidence.source = asking.kerberos.source.name().to_owned();
        let left = ways::find(&asking).await?;
        if let Some(first) = left.first() {
            note(first, evidence);
        }
        Ok(Self { asking, left, answered: false })
    }

    /// The answer to `request`, which begins with its length, as the answer does.
    ///
    /// # Errors
    /// No KDC is reached, all are silent, or `kerberos_error` with its code.
    pub async fn ask(&mut self, request: &[u8], evidence: &mut KdcEvidence) -> Result<Vec<u8>, Failure> {
        if evidence.exchanges.len() >= MOST {
            let detail = format!("the KDC wants more than {MOST} questions");
            return Err(Failure::new(FailureKind::Malformed, detail));
        }
        let begin = Instant::now();
        let mut exchange = KdcExchange::default();
        let answer = self.answer(request, evidence).await;
        let judged = answer.and_then(|answer| self.judge(answer, &mut exchange, evidence));
        exchange.elapsed_ms = begin.elapsed().into();
        evidence.exchanges.push(exchange);
        judged
    }

    /// Tries one after the other until one answers.
    async fn answer(&mut self, request: &[u8], evidence: &mut KdcEvidence) -> Result<Vec<u8>, Failure> {
        let mut first = None;
        while let Some(kdc) = self.left.first().cloned() {
            let limits = self.limits();
            let sent = transport::Sent { request, again: !self.answered, limits };
            let result = transport::ask(&self.asking, &kdc, &sent, evidence).await;
            match result {
                // Something answers there, so it is what is to be told of.
                Ok(_) | Err(Failure { kind: FailureKind::Malformed, .. }) => {
                    self.left.truncate(1);
                    self.answered = true;
                    note(&kdc, evidence);
                    return result;
                }
                Err(failure) if self.answered => return Err(failure),
                Err(failure) => {
                    self.left.remove(0);
                    first.get_or_insert(failure.clone());
                    let Kdc { host, port, transport, .. } = kdc;
                    let transport = transport.name().to_owned();
                    evidence.unanswered.push(UnansweredKdc { host, port, transport, failure });
                }
            }
        }
        let mut failure =
            first.unwrap_or_else(|| Failure::new(FailureKind::NotFound, "there is no KDC to ask"));
        if let others @ 1.. = evidence.unanswered.len().saturating_sub(1) {
            failure.detail = format!("{} (tried in vain too: {others})", failure.detail);
        }
        Err(failure)
    }

    /// One that others follow gets three seconds.
    fn limits(&self) -> Limits {
        let limits = self.asking.limits;
        match self.left.len() {
            0 | 1 => limits,
            _ => Limits { phase: limits.phase.min(ways::PATIENCE), ..limits },
        }
    }

    /// A KRB-ERROR ends it, except the one that asks for the proof of the password: sspi would try again by itself.
    fn judge(
        &self,
        answer: Vec<u8>,
        exchange: &mut KdcExchange,
        evidence: &mut KdcEvidence,
    ) -> Result<Vec<u8>, Failure> {
        let message = kdc_message(answer.get(4..).unwrap_or_default())
            .map_err(|error| ending::malformed("the answer of the KDC cannot be read", &error, &answer))?;
        exchange.answer = Some(message.name().to_owned());
        let error = match message {
            KdcMessage::AsRep | KdcMessage::TgsRep { referral: None } => return Ok(answer),
            // sspi would look for the other KDC by itself.
            KdcMessage::TgsRep { referral: Some(realm) } => return Err(referral(&realm, evidence)),
            KdcMessage::Error(error) => error,
        };
        exchange.error = Some(error.code);
        evidence.clock_skew_seconds = skew(&error, self.asking.network.now());
        match error.code {
            PREAUTH_REQUIRED if evidence.exchanges.is_empty() => Ok(answer),
            code => Err(refusal(code)),
        }
    }
}

fn note(kdc: &Kdc, evidence: &mut KdcEvidence) {
    evidence.host.clone_from(&kdc.host);
    evidence.port = kdc.port;
    kdc.transport.name().clone_into(&mut evidence.transport);
}

fn skew(error: &KrbError, now: OffsetDateTime) -> Option<i64> {
    error.time.map(|time| (time - now).whole_seconds())
}

fn referral(realm: &str, evidence: &mut KdcEvidence) -> Failure {
    evidence.referral = Some(realm.to_owned());
    let principal = &evidence.service_principal;
    let detail = format!("the KDC refers to the realm {realm} for {principal}, which is not followed");
    Failure::new(FailureKind::KerberosError, detail)
}

fn refusal(code: u32) -> Failure {
    let row = codes::KERBEROS_ERROR.find(code);
    let what = row.map_or("no table knows it", |row| row.meaning);
    Failure::new(FailureKind::KerberosError, format!("the KDC answered with error {code}: {what}"))
        .with_code(code, codes::KERBEROS_ERROR.symbol(code))
}
