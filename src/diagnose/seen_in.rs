//! Where a finding is seen, so that its absence can be told from not having looked.

use super::{RULES, posture};
use crate::{codes::Phase, report::FindingCode};

/// Where a finding is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeenIn {
    /// The phase that has to be gone through.
    pub phase: Phase,
    /// Whether only a posture excludes it.
    pub in_posture_alone: bool,
}

/// Where it is seen; none for what ends a connection, which any trace shows.
pub(crate) fn seen_in(code: FindingCode) -> Option<SeenIn> {
    let all = || RULES.iter().copied().flatten().filter(|rule| rule.code == code);
    let by_posture = posture::RULES.iter().filter(|rule| rule.code == code).count();
    let phase = all().map(|rule| rule.phase).min()?;
    // A trace that was given NLA has not asked what else would do.
    let in_posture_alone = all().count() == by_posture || code == FindingCode::NlaNotRequired;
    Some(SeenIn { phase, in_posture_alone })
}
