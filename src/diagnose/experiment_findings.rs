//! What experiments with another opening or another address, and repetitions, showed.

use super::{Facts, Rule, experiments::Experiment, pace};
use crate::{
    codes::Phase,
    plain::plural,
    report::{ExperimentKind, FailureKind, FindingCode, Severity},
};

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::NegotiationCookieRefused, Severity::Error, Phase::Negotiate, cookie_refused),
    Rule::new(FindingCode::NegotiationOfferRefused, Severity::Error, Phase::Negotiate, offer_refused),
    Rule::new(FindingCode::NegotiationDirectTls, Severity::Warning, Phase::Negotiate, direct_tls),
    Rule::new(FindingCode::ExperimentIntermittent, Severity::Warning, Phase::Connect, intermittent),
    Rule::new(FindingCode::ExperimentTurnedAway, Severity::Warning, Phase::Connect, turned_away),
    Rule::new(FindingCode::ExperimentOtherAddressWorks, Severity::Warning, Phase::Connect, other_address),
];

/// Whether the Connection Request was left without an answer.
pub(super) fn unanswered(facts: &Facts<'_>) -> bool {
    use FailureKind::{Closed, Reset, Timeout};
    let negotiate = facts.failed().filter(|failed| failed.phase == Phase::Negotiate);
    // What comes and goes proves no difference.
    negotiate
        .filter(|_| facts.intermittent().is_none())
        .and_then(|failed| failed.failure)
        .is_some_and(|failure| matches!(failure.kind, Closed | Reset | Timeout))
}

fn cookie_refused(facts: &Facts<'_>) -> Option<String> {
    let text = "a Connection Request without the mstshash cookie is answered, one with it is not";
    let cookie = facts.negotiate.is_some_and(|negotiate| !negotiate.routing_token);
    // What is lost at random proves no difference.
    let steady = facts.intermittent().is_none() && pace::loss(facts).connections == 0;
    (cookie && steady && unanswered(facts) && facts.answers_request(ExperimentKind::NoCookie))
        .then(|| text.to_owned())
}

fn offer_refused(facts: &Facts<'_>) -> Option<String> {
    let alone = [(ExperimentKind::ProtocolSsl, "TLS"), (ExperimentKind::ProtocolHybrid, "NLA")];
    let passing: Vec<&str> =
        alone.into_iter().filter(|(kind, _)| facts.answers_request(*kind)).map(|(_, what)| what).collect();
    if !unanswered(facts) || facts.answers_request(ExperimentKind::NoCookie) {
        return None;
    }
    match passing.is_empty() {
        true => facts.answers_request(ExperimentKind::ProtocolRdp).then(|| {
            "no offer of TLS is answered, but a Connection Request for Standard RDP Security alone is"
                .to_owned()
        }),
        false => Some(format!(
            "the offer is not answered, but a Connection Request with {} alone is",
            passing.join(" or ")
        )),
    }
}

fn direct_tls(facts: &Facts<'_>) -> Option<String> {
    let negotiate = facts.failed().is_some_and(|failed| failed.phase == Phase::Negotiate);
    let passes = facts.passes(ExperimentKind::DirectTls, Phase::Tls) == Some(true);
    (negotiate && passes).then(|| {
        let served = facts.direct_certificate().map_or_else(String::new, |served| format!(", with {served}"));
        format!("TLS without a Connection Request is answered: something on the port ends TLS itself{served}")
    })
}

fn intermittent(facts: &Facts<'_>) -> Option<String> {
    let phase = facts.failed()?.phase;
    let (passed, made) = facts.passed_again(phase);
    let failed = made - passed;
    let later = facts.failed_later(phase);
    let more = match later.first() {
        Some(first) => {
            let detail = first.failure.map_or("", |failure| &failure.detail);
            format!("; {} of them failed after it, in {}: {detail}", later.len(), first.phase)
        }
        None if failed == 0 => {
            "; only the first attempt failed, as where something had just been started".to_owned()
        }
        None => String::new(),
    };
    (passed > 0).then(|| {
        format!(
            "the fault comes and goes: of {} {failed} failed before {phase} was passed{more}",
            plural(made as u64, "repetition")
        )
    })
}

fn turned_away(facts: &Facts<'_>) -> Option<String> {
    let failed = facts.failed()?.phase;
    let (early, made) = facts.turned_away();
    let first = early.first()?;
    let detail = &first.failure?.detail;
    Some(format!(
        "{} of {} that followed ended before {failed} and tell nothing of it: in {}, {detail}",
        early.len(),
        plural(made as u64, "connection"),
        first.phase
    ))
}

fn other_address(facts: &Facts<'_>) -> Option<String> {
    let phase = facts.failed()?.phase;
    let others: Vec<String> = facts.other_addresses(phase).into_iter().filter_map(address).collect();
    let which = others.join(", ");
    (!others.is_empty()).then(|| format!("other addresses of the name pass {phase}: {which}"))
}

fn address(experiment: &Experiment<'_>) -> Option<String> {
    Some(experiment.connection.phases.connect.as_ref()?.evidence.peer?.ip().to_string())
}
