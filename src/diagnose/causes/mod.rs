//! What may explain a failure: every hypothesis with its evidence, weighed and ranked.

pub(crate) use path::small_segments_pass;

mod account;
mod added;
mod advice;
mod alert;
mod answer;
mod certificate;
mod credssp;
mod doubt;
mod gateway;
mod gateway_proxy;
mod gateway_service;
mod hello;
mod inside;
mod license;
mod listener;
mod logon;
mod lost;
mod machine;
mod offer;
mod path;
mod proxy;
mod ranking;
mod rdp_file;
mod reach;
mod redirection;
mod rules;
mod sealed;
mod session;
mod silence;
mod sni;
mod tls;
mod told;
mod unexplained;

use std::cmp::Reverse;

use rules::{CauseRule, rule, told_by, unplaced};

use super::{Facts, machine::checks_of_cause};
use crate::{
    codes::Phase,
    report::{Cause, CauseCode, Failure, FailureKind, FindingCode, Likelihood, Place},
};

/// Every hypothesis. Of those that fit equally well the earlier stands first: what a reading of the wire proves, then the
/// host, then the path, then what can only not be excluded.
pub(super) const RULES: &[&[CauseRule]] = &[
    added::RULES,
    rdp_file::RULES,
    proxy::RULES,
    gateway::RULES,
    gateway_proxy::RULES,
    gateway_service::RULES,
    redirection::RULES,
    reach::RULES,
    machine::RULES,
    offer::RULES,
    tls::LIMITS,
    path::PROVED,
    lost::RULES,
    inside::RULES,
    sni::WANTED,
    certificate::RULES,
    tls::RULES,
    hello::RULES,
    sni::RULES,
    credssp::RULES,
    account::RULES,
    sealed::RULES,
    logon::RULES,
    session::RULES,
    license::RULES,
    answer::RULES,
    listener::RULES,
    silence::RULES,
    path::RULES,
    alert::RULES,
    told::RULES,
    unexplained::RULES,
];

/// How well a hypothesis fits, and the observations on both sides.
struct Weighed {
    likelihood: Likelihood,
    because: Vec<String>,
    against: Vec<String>,
    /// How many experiments that were made for it turned out as it says, less those that did not.
    shown: i32,
}

impl Weighed {
    fn new(likelihood: Likelihood, because: impl Into<String>) -> Self {
        Self { likelihood, because: vec![because.into()], against: Vec::new(), shown: 0 }
    }

    fn certain(because: impl Into<String>) -> Self {
        Self::new(Likelihood::Certain, because)
    }

    fn likely(because: impl Into<String>) -> Self {
        Self::new(Likelihood::Likely, because)
    }

    fn possible(because: impl Into<String>) -> Self {
        Self::new(Likelihood::Possible, because)
    }

    /// Adds what also speaks for it.
    fn and(mut self, because: Option<String>) -> Self {
        self.because.extend(because);
        self
    }

    /// Adds the outcome of an experiment that speaks for it.
    fn shown(mut self, because: Option<String>) -> Self {
        self.shown += i32::from(because.is_some());
        self.and(because)
    }

    /// Adds the outcome of an experiment that speaks against it.
    fn refuted(mut self, against: Option<String>) -> Self {
        self.shown -= i32::from(against.is_some());
        self.but(against)
    }

    /// Adds what speaks against it.
    fn but(mut self, against: Option<String>) -> Self {
        self.against.extend(against);
        self
    }
}

/// The causes that fit, best first.
pub(super) fn causes(facts: &Facts<'_>) -> Vec<Cause> {
    let fitting = RULES.iter().copied().flatten().filter_map(|rule| cause(rule, facts));
    let mut fitting: Vec<(i32, Cause)> = fitting.collect();
    // Equals are ranked by what experiments showed of them, then they stay in the order of the table.
    fitting.sort_by_key(|(shown, _)| Reverse(*shown));
    let mut fitting: Vec<Cause> = fitting.into_iter().map(|(_, cause)| cause).collect();
    // Whoever only watched offered nothing itself, and the client runs on another machine.
    if facts.is_watched() {
        fitting.retain(|cause| !matches!(cause.at, Some(Place::ThisProgram | Place::ThisMachine)));
    }
    // Who was sent no ClientHello shows nothing of its certificate, its TLS or the names it knows.
    if facts.is_ungreeted() {
        fitting.retain(|cause| cause.at == Some(Place::Path) || is_of(cause, unexplained::RULES));
    }
    if lost::alone(&mut fitting, facts) {
        return ranking::ranked(fitting, facts);
    }
    // What ended at a proxy is its own: neither the gateway nor the server was heard.
    if super::proxy::is_ended(facts) {
        fitting.retain(|cause| is_of(cause, proxy::RULES));
        return fitting;
    }
    // A server that was never asked as it wants to be says nothing about its TLS.
    if super::rdp_file::negotiation_off(facts).is_some() {
        fitting.retain(|cause| is_of(cause, rdp_file::RULES));
    }
    // What works without the user's own addition has no other fault to look for.
    let explains = |cause: &Cause| added::is_explained_by(cause) && cause.likelihood != Likelihood::Possible;
    if fitting.iter().any(explains) {
        fitting.retain(added::is_explained_by);
    }
    doubt::weaken(&mut fitting, facts);
    redirection::doubt_the_way(&mut fitting);
    // What ended at the gateway is nobody else's doing: the server was never heard, or no longer. It may be the account's state.
    if facts.failed().is_some_and(|failed| failed.phase == Phase::Gateway) {
        let account =
            |cause: &Cause| cause.code != CauseCode::CredentialsWrong && is_of(cause, account::RULES);
        let other = |cause: &Cause| is_of(cause, unexplained::RULES) || is_of(cause, redirection::RULES);
        fitting.retain(|cause| is_of_gateway(cause) || account(cause) || other(cause));
    }
    // The server's part has not begun while a KDC is asked.
    if super::kerberos::ended_at_kdc(facts).is_some() {
        fitting.retain(|cause| is_of(cause, account::RULES) || is_any(cause, logon::OF_KDC));
    }
    unexplained::step_back(&mut fitting);
    told::step_back(&mut fitting);
    ranking::ranked(fitting, facts)
}

/// Whether it is one of these hypotheses.
fn is_of(cause: &Cause, rules: &[CauseRule]) -> bool {
    rules.iter().any(|rule| cause.code == rule.code)
}

/// Whether it has one of these codes.
fn is_any(cause: &Cause, codes: &[CauseCode]) -> bool {
    codes.iter().any(|code| cause.code == *code)
}

/// Whether it is about the leg to the gateway, or what the gateway says by number.
fn is_of_gateway(cause: &Cause) -> bool {
    let rules = [gateway::RULES, gateway_proxy::RULES, gateway_service::RULES];
    rules.into_iter().any(|rules| is_of(cause, rules)) || cause.code == CauseCode::GatewaySaidStatus
}

fn cause(rule: &CauseRule, facts: &Facts<'_>) -> Option<(i32, Cause)> {
    let weighed = advice::fitting(rule.code, rule.weighed(facts)?, facts);
    let Weighed { likelihood, mut because, against, shown } = steadied(rule, weighed, facts);
    because.extend(machine::evidence(rule.code, facts));
    because.extend(super::watched::other_ttl(facts).filter(|_| rule.code == CauseCode::MiddleboxCutsStream));
    let (confirm, fix) = advice::lines(rule.code, facts);
    let (code, at, checks) = (rule.code.into(), rule.at, checks_of_cause(rule.code, facts));
    Some((shown, Cause { code, at, likelihood, because, against, confirm, fix, checks }))
}

/// What is there every time does not explain a failure that comes and goes, or is another one each time, and no experiment proves
/// anything about it.
fn steadied(rule: &CauseRule, weighed: Weighed, facts: &Facts<'_>) -> Weighed {
    let passed = facts.intermittent().map(|times| format!("the same connection passed {times}"));
    let otherwise = || {
        let other = facts.other_refusal()?;
        Some(format!("the same connection was also refused otherwise: {}", other.detail))
    };
    if rule.comes_and_goes {
        // What one member of a pool says is not true of the others.
        return match passed {
            Some(_) if weighed.likelihood == Likelihood::Certain => {
                Weighed { likelihood: Likelihood::Likely, ..weighed.but(passed) }
            }
            _ => weighed,
        };
    }
    match passed.or_else(otherwise) {
        Some(against) => Weighed { likelihood: Likelihood::Possible, ..weighed.but(Some(against)) },
        None => weighed,
    }
}

/// The failure, when it is in this phase.
fn failed_in<'a>(facts: &Facts<'a>, phase: Phase) -> Option<&'a Failure> {
    facts.failed().filter(|failed| failed.phase == phase)?.failure
}

/// The same, when nobody said why the stream ended.
fn cut_in<'a>(facts: &Facts<'a>, phase: Phase) -> Option<&'a Failure> {
    failed_in(facts, phase).filter(|failure| matches!(failure.kind, FailureKind::Closed | FailureKind::Reset))
}

/// The same, when it ended with an alert of TLS too: whoever speaks TLS ended it, and did not say why either.
fn ended_in<'a>(facts: &Facts<'a>, phase: Phase) -> Option<&'a Failure> {
    let alert = |failure: &&Failure| failure.kind == FailureKind::TlsAlert;
    cut_in(facts, phase).or_else(|| failed_in(facts, phase).filter(alert))
}

/// The same, when nothing came in the phase's time.
fn silent_in<'a>(facts: &Facts<'a>, phase: Phase) -> Option<&'a Failure> {
    failed_in(facts, phase).filter(|failure| failure.kind == FailureKind::Timeout)
}

/// The failure, when it has this kind and one of these codes.
fn failed_with<'a>(facts: &Facts<'a>, kind: FailureKind, codes: &[i64]) -> Option<&'a Failure> {
    let failure = facts.failed()?.failure?;
    let same = failure.kind == kind && failure.code.is_some_and(|code| codes.contains(&code));
    same.then_some(failure)
}

/// What a gateway or a proxy said, when it ended the way with this code.
fn refused_with(facts: &Facts<'_>, code: FindingCode) -> Option<String> {
    let ended = super::proxy::code(facts).or_else(|| super::gateway::code(facts))?;
    (ended == code).then(|| Some(facts.failed()?.failure?.detail.clone()))?
}

/// "after the ClientHello the server reset the connection", for a list of reasons.
fn after(what: &str, failure: &Failure) -> String {
    format!("after {what} {}", failure.detail)
}
