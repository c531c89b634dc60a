//! What leaves a likely cause no more than possible.

use super::{added as added_causes, is_any, path, tls};
use crate::{
    diagnose::{
        Facts,
        added::{gets_further, is_unproved, unknown_name},
        end_after_pause,
    },
    report::{Cause, CauseCode, Coded, ExperimentKind, Likelihood, Place},
};

/// The version of TLS 1.0 (RFC 2246 section 6.2.1).
const TLS_1_0: u32 = 0x0301;

/// What was not tried, or another connection showed, leaves the others no more than possible.
pub(super) fn weaken(fitting: &mut [Cause], facts: &Facts<'_>) {
    // What is lost by chance makes differences by chance.
    let shaky = path::explains(facts).is_some();
    let proved = fitting.iter_mut().filter(|cause| shaky && cause.likelihood == Likelihood::Certain);
    proved.for_each(|cause| cause.likelihood = Likelihood::Likely);
    let of_path = [CauseCode::PathDropsLargePackets, CauseCode::PathMtu, CauseCode::PathBlackHole];
    let is_sure = |cause: &Cause| cause.likelihood != Likelihood::Possible;
    let is_lost = fitting.iter().any(|cause| is_any(cause, &of_path) && is_sure(cause));
    let mut doubt = |spared: Spared, against: &str| {
        let others = fitting.iter_mut().filter(|cause| !spared(cause));
        for other in others.filter(|cause| cause.likelihood == Likelihood::Likely) {
            other.likelihood = Likelihood::Possible;
            other.against.push(against.to_owned());
        }
    };
    // A front that knows no such name ends every connection as a host does that is not well.
    if let Some(name) = unknown_name(facts) {
        // Who answers with a page of its own was seen, and a front that knows no name acknowledges it.
        let spared = |cause: &Cause| {
            added_causes::is_explained_by(cause)
                || is_any(cause, &[CauseCode::FilterAnswersTls, CauseCode::PathBlackHole])
        };
        doubt(spared, &format!("no name but {name} of --server-name could be tried"));
    }
    if is_unproved(facts, facts.request.load_balance_info || facts.request.preconnection) {
        doubt(added_causes::is_explained_by, "what was added to the connection may be wrong");
    }
    if gets_further(facts, ExperimentKind::NoScreenshot) {
        doubt(
            |cause| cause.code == CauseCode::RdptraceLacksGraphics,
            "with the graphics pipeline the connection gets further",
        );
    }
    if let Some(why) = end_after_pause::reset_late(facts) {
        doubt(|cause| cause.code == CauseCode::MiddleboxCutsStream, &why);
    }
    if let Some(why) = path::explains(facts) {
        let spared = |cause: &Cause| cause.code == CauseCode::PathLoss || cause.code == CauseCode::PathSlow;
        doubt(spared, why);
    }
    // What is lost on the way needs nobody at an end to be silent.
    if is_lost {
        doubt(
            |cause| cause.at == Some(Place::Path),
            "what is lost on the way explains it without anybody at its ends",
        );
    }
    if let Some((spared, against)) = other_hellos(facts) {
        doubt(spared, &against);
    }
}

/// Which causes are left.
type Spared = fn(&Cause) -> bool;

/// What a server that ends the hellos that were seen may take instead, and which causes that leaves as they are.
fn other_hellos(facts: &Facts<'_>) -> Option<(Spared, String)> {
    tls::untried(facts)?;
    if facts.is_watched() {
        let oldest = oldest_offer(facts).filter(|oldest| oldest.code > TLS_1_0)?;
        let name = oldest.name.as_deref().unwrap_or("its oldest version");
        let against = format!("the client offered nothing below {name}, which alone may be what is refused");
        return Some((|cause| cause.code == CauseCode::MiddleboxCutsStream, against));
    }
    let spared: Spared = match path::hello_reset(facts).is_some_and(|reset| reset.early) {
        // Sooner than the host can answer, so it is not about its suites.
        true => |cause| is_any(cause, &[CauseCode::RdptraceLacksSuites, CauseCode::MiddleboxCutsStream]),
        false => |cause| cause.code == CauseCode::RdptraceLacksSuites,
    };
    Some((spared, "versions and suites that rdptrace does not speak were not tried".to_owned()))
}

/// The oldest version of TLS that a client which was watched offers.
fn oldest_offer<'a>(facts: &Facts<'a>) -> Option<&'a Coded> {
    let hello = facts.described.filter(|_| facts.is_watched())?.client.as_ref()?.hello.as_ref()?;
    hello.versions.iter().min_by_key(|version| version.code)
}
