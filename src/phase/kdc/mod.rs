//! The questions to a KDC, and its answers (RFC 4120): who is asked, how, and what an error ends.
//!
//! KDCs are tried in order until one answers. A KDC that goes silent after the proof of the password may have counted
//! a failed attempt, so the proof goes to no other KDC and is not repeated. A question that proves nothing is sent
//! three times over UDP.

mod https;
mod judge;
mod transport;
mod ways;

pub(crate) use judge::refusal;

use super::ending;
use crate::{
    certificate::Roots,
    endpoint::Endpoint,
    net::{Instant, Limits, Network},
    pdu::kerberos::Hints,
    report::{Failure, FailureKind, KdcEvidence, KdcExchange, UnansweredKdc},
    settings::{Gateway, Kdc, Kerberos, Proxy},
};

/// The most questions for one ticket: three to log on where the user is in another realm, and one for each referral.
const MOST: usize = 16;

/// Whom to ask, on which way, and how long.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub network: &'a dyn Network,
    pub kerberos: &'a Kerberos,
    pub proxy: Option<&'a Proxy>,
    /// The RD Gateway, which may be the KDC proxy too.
    pub gateway: Option<&'a Gateway>,
    /// Trust anchors for the certificate of a KDC proxy.
    pub roots: &'a Roots<'a>,
    pub limits: Limits,
}

/// A question, which begins with its length.
pub(crate) struct Question<'q> {
    pub bytes: &'q [u8],
    /// Whether it carries a proof of the password.
    pub proof: bool,
}

/// An answer that leads on. What was granted is without its length.
pub(crate) enum Answer {
    /// AS-REP.
    AsRep(Vec<u8>),
    /// TGS-REP, with the realm whose KDC its ticket is for, where it is none for the service.
    TgsRep(Vec<u8>, Option<String>),
    /// A proof of the password is wanted.
    Proof(Hints),
    /// The user is known in this realm.
    Realm(String),
}

/// The KDCs of a realm. The one that answers first is asked everything: the proof of the password goes to no other.
pub(crate) struct Kdcs<'a> {
    asking: Asking<'a>,
    realm: String,
    left: Vec<Kdc>,
    answered: bool,
    /// What is seen of a realm that is not the account's.
    abroad: Option<Box<KdcEvidence>>,
}

impl<'a> Kdcs<'a> {
    /// Those of the account's realm: named, or found in DNS.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn of_account(
        asking: Asking<'a>,
        realm: &str,
        evidence: &mut KdcEvidence,
    ) -> Result<Self, Failure> {
        realm.clone_into(&mut evidence.realm);
        let listed = ways::listed(&asking, realm);
        evidence.source = listed.source.into();
        let left = ways::find(&asking, realm, listed).await?;
        if let Some(first) = left.first() {
            note(first, evidence);
        }
        Ok(Self { asking, realm: realm.to_owned(), left, answered: false, abroad: None })
    }

    /// Those of a realm to which a KDC has referred for the service.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn of_other(asking: Asking<'a>, realm: &str) -> Result<Self, Failure> {
        let left = ways::find(&asking, realm, ways::listed(&asking, realm)).await?;
        Ok(Self { asking, realm: realm.to_owned(), left, answered: false, abroad: Some(Box::default()) })
    }

    /// The answer.
    ///
    /// # Errors
    /// No KDC is reached, all are silent, or `kerberos_error` with its code.
    pub(crate) async fn ask(
        &mut self,
        question: &Question<'_>,
        evidence: &mut KdcEvidence,
    ) -> Result<Answer, Failure> {
        if evidence.exchanges.len() >= MOST {
            let detail = format!("the KDCs want more than {MOST} questions");
            return Err(Failure::new(FailureKind::Malformed, detail));
        }
        let begin = Instant::now();
        let (realm, proof) = (self.realm.clone(), question.proof);
        let mut exchange = KdcExchange { realm, proof, ..KdcExchange::default() };
        let answer = match self.abroad.take() {
            None => self.answer(question.bytes, evidence).await,
            Some(mut seen) => {
                let answer = self.answer(question.bytes, &mut seen).await;
                evidence.unanswered.append(&mut seen.unanswered);
                self.abroad = Some(seen);
                answer
            }
        };
        if let Some(kdc) = self.left.first().filter(|_| self.answered) {
            exchange.host.clone_from(&kdc.endpoint.host);
        }
        if let Err(Failure { kind: FailureKind::Refused | FailureKind::NotFound, .. }) = &answer {
            // Nobody was there to be shown it.
            exchange.proof = false;
        }
        let now = self.asking.network.now();
        let judged = answer.and_then(|bytes| judge::judge(bytes, now, &mut exchange, evidence));
        exchange.elapsed_ms = begin.elapsed().into();
        evidence.exchanges.push(exchange);
        judged
    }

    /// Tries one after the other until one answers.
    async fn answer(&mut self, request: &[u8], evidence: &mut KdcEvidence) -> Result<Vec<u8>, Failure> {
        let mut first = None;
        while let Some(kdc) = self.left.first().cloned() {
            let sent =
                transport::Sent { request, realm: &self.realm, again: !self.answered, limits: self.limits() };
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
                    let Endpoint { host, port } = kdc.endpoint;
                    let transport = kdc.transport.carrier().into();
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
}

fn note(kdc: &Kdc, evidence: &mut KdcEvidence) {
    evidence.host.clone_from(&kdc.endpoint.host);
    evidence.port = kdc.endpoint.port;
    evidence.transport = kdc.transport.carrier().into();
}
