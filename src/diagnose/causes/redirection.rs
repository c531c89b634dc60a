//! Why a host that a redirection leads to is not reached, or does not take this program.

use super::{CauseRule, Place, Weighed, is_any, is_of, reach, rule};
use crate::{
    codes::Phase,
    diagnose::{
        Facts,
        redirection::{elsewhere, names_tried, rdstls_only, unreached, with_own_account},
    },
    report::{Cause, CauseCode, Failure, FailureKind, Likelihood},
};

const UNREACHABLE: CauseCode = CauseCode::RedirectTargetUnreachable;
/// What a gateway makes of a host that it does not reach or does not lead to.
const GATEWAY: [CauseCode; 3] =
    [CauseCode::GatewayTargetUnreachable, CauseCode::GatewayResourcePolicy, CauseCode::GatewayTokenOtherHost];

pub(super) const RULES: &[CauseRule] =
    &[rule(Place::Host, UNREACHABLE, unreachable), rule(Place::Host, CauseCode::RedirectRdstlsOnly, rdstls)];

/// The broker has just answered, so what it said is nearer than what ails the way.
fn unreachable(facts: &Facts<'_>) -> Option<Weighed> {
    let (hop, failed) = unreached(facts)?;
    let failure = failed.failure?;
    let text = format!("the redirection names {hop}, which fails in {}: {}", failed.phase, failure.detail);
    let likelihood = if is_answer(failed.phase, failure) { Likelihood::Possible } else { Likelihood::Likely };
    let against = (likelihood == Likelihood::Possible)
        .then(|| "something has that address and ends the connection".to_owned());
    Some(Weighed::new(likelihood, text).and(names_tried(hop)).and(elsewhere(facts)).but(against))
}

/// A port that is closed may be any host's; a connection that opened and was reset at once was somebody's choice.
fn is_answer(phase: Phase, failure: &Failure) -> bool {
    phase == Phase::Connect && matches!(failure.kind, FailureKind::Reset | FailureKind::Closed)
}

/// What may keep this machine from a host is no more than possible where a broker named the host.
pub(super) fn doubt_the_way(fitting: &mut [Cause]) {
    let named = |cause: &Cause| cause.code == UNREACHABLE && cause.likelihood != Likelihood::Possible;
    if !fitting.iter().any(named) {
        return;
    }
    let way = |cause: &&mut Cause| is_of(cause, reach::RULES) || is_any(cause, &GATEWAY);
    for other in fitting.iter_mut().filter(way) {
        other.likelihood = Likelihood::Possible;
        other.against.push("the broker named the place: it may be none that clients can use".to_owned());
    }
}

fn rdstls(facts: &Facts<'_>) -> Option<Weighed> {
    let text = rdstls_only(facts)?;
    let own = with_own_account(facts)
        .map(|_| "the redirection brought a one-time account, which RDSTLS carries".to_owned());
    let likelihood = if own.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, text).and(own))
}
