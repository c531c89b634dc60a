//! Why TLS passes and no RDP is inside it: a front that ends TLS, and something else, or nothing, behind it.
//!
//! What is inside TLS is named by its first bytes, in `tls.speaks_inside`, unless they begin as RDP does. If CredSSP
//! ends without an answer, `protocol-ssl` goes on to MCS: what ends there too is not NLA's doing.

use super::{CauseRule, Place, Weighed, after, cut_in, rule};
use crate::{
    codes::Phase,
    diagnose::{Facts, experiments::Ending},
    report::{CauseCode, ExperimentKind, Failure, FailureKind, Likelihood},
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Proxy, CauseCode::AnotherServiceBehindTls, another).intermittent(),
    rule(Place::Proxy, CauseCode::NothingBehindTls, nothing).intermittent(),
];

fn another(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed().filter(|failed| matches!(failed.phase, Phase::Credssp | Phase::Mcs))?;
    let speaks = facts.tls?.speaks_inside.as_deref()?;
    let text = format!("TLS passes, and {} first message inside it is answered with {speaks}", facts.ours());
    Some(Weighed::likely(text).and(failed.failure.map(|failure| failure.detail.clone())))
}

/// Who ends TLS and finds nobody behind it closes as a host does that dislikes the first message.
fn nothing(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = first_inside(facts)?;
    let without = without_nla(facts);
    let likelihood = if without.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    let answered = facts.experiment(ExperimentKind::ProtocolSsl).and_then(|made| made.ending(Phase::Mcs));
    let answered = match answered {
        Some(Ending::Passed) => Some("without NLA the connection gets an answer inside TLS".to_owned()),
        _ => None,
    };
    let inside = format!("TLS and {} first message inside it", facts.ours());
    let told = Weighed::new(likelihood, after(&inside, failure));
    Some(told.shown(without).refuted(answered))
}

/// The end, where nothing but TLS had come by then.
fn first_inside<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    facts.tls.filter(|tls| tls.speaks_inside.is_none())?;
    let silent = facts.credssp.is_none_or(|credssp| credssp.version.is_none() && !credssp.attempted);
    let unanswered = silent && facts.mcs.is_none_or(|mcs| mcs.result.is_none());
    let failure = cut_in(facts, Phase::Credssp)
        .or_else(|| cut_in(facts, Phase::Mcs).filter(|_| facts.credssp.is_none()))
        .filter(|failure| failure.received.is_none());
    failure.filter(|_| unanswered)
}

/// The sentence that it is not NLA that is disliked, where the same happens without it.
pub(super) fn without_nla(facts: &Facts<'_>) -> Option<String> {
    let made = facts.experiment(ExperimentKind::ProtocolSsl)?;
    let cut = |failure: &Failure| matches!(failure.kind, FailureKind::Closed | FailureKind::Reset);
    match made.ending(Phase::Mcs)? {
        Ending::Failed(failure) if cut(failure) && failure.received.is_none() => {
            Some(format!("without NLA it ends there too: {}", failure.detail))
        }
        _ => None,
    }
}
