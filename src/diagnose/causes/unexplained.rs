//! What is left where nothing explains an end: no abort is without a cause, and none is invented.

use super::{CauseRule, Place, Weighed, rule};
use crate::report::{Cause, CauseCode};

/// The code of the only rule.
const UNEXPLAINED: CauseCode = CauseCode::UnexplainedEnd;

pub(super) const RULES: &[CauseRule] = &[rule(Place::Host, UNEXPLAINED, |facts| {
    let failure = facts.failed()?.failure?;
    Some(Weighed::possible(failure.detail.clone()).but(Some(
        "something between may have ended it as well: nothing that was seen tells them apart".to_owned(),
    )))
})
.intermittent()];

/// It steps back behind whatever explains the end.
pub(super) fn step_back(fitting: &mut Vec<Cause>) {
    if fitting.len() > 1 {
        fitting.retain(|cause| cause.code != UNEXPLAINED);
    }
}
