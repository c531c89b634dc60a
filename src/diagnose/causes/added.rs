//! The user's own additions as causes: first of all they can be left out.

use super::{CauseRule, Place, Weighed, is_of, rule};
use crate::{
    diagnose::{
        Facts,
        added::{
            gets_further, is_unknown_to_broker, is_unproved, preconnection, server_name, token, unknown_name,
            without_name,
        },
    },
    report::{Cause, CauseCode, ExperimentKind, Likelihood},
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::ThisProgram, CauseCode::LoadBalanceInfoRefused, |facts| {
        token(facts)
            .and_then(|text| weigh(facts, ExperimentKind::NoCookie, text))
            .or_else(|| unproved(facts, facts.request.load_balance_info, "another routing token"))
    }),
    rule(Place::ThisProgram, CauseCode::PreconnectionRefused, |facts| {
        preconnection(facts)
            .and_then(|text| weigh(facts, ExperimentKind::NoPreconnection, text))
            .or_else(|| unproved(facts, facts.request.preconnection, "another blob"))
    }),
    rule(Place::ThisProgram, CauseCode::ServerNameRefused, |facts| {
        server_name(facts)
            .and_then(|text| weigh(facts, without_name(facts), text))
            .or_else(|| unknown_name(facts).map(unknown))
    }),
];

/// Whether the user's own addition explains the failure, so that nothing else needs to.
pub(super) fn is_explained_by(cause: &Cause) -> bool {
    is_of(cause, RULES) || cause.code == CauseCode::RdpFileTokenRefused
}

/// Nothing shows it, and nothing excludes it.
fn unproved(facts: &Facts<'_>, asked: bool, what: &str) -> Option<Weighed> {
    let text = format!("who waits for {what} ends this connection so, and one without any too");
    is_unproved(facts, asked).then(|| Weighed::possible(text))
}

fn unknown(name: &str) -> Weighed {
    Weighed::possible(format!("every ClientHello names {name} of --server-name, or nothing"))
}

/// How likely it is: the same for every addition, whether an option or a file made it.
pub(super) fn weigh(facts: &Facts<'_>, experiment: ExperimentKind, text: String) -> Option<Weighed> {
    let phase = facts.failed()?.phase;
    let likelihood = if is_unknown_to_broker(facts) {
        Likelihood::Certain
    } else if gets_further(facts, experiment) {
        facts.proof(phase, experiment)
    } else {
        Likelihood::Likely
    };
    Some(Weighed::new(likelihood, text).and(facts.every_time(phase)))
}
