//! What a capture proves to be the path's: packets that never arrive, and a RST of somebody else.

use super::{CauseRule, Place, Weighed, unplaced};
use crate::{
    diagnose::{Facts, watched},
    report::{Cause, CauseCode, Failure},
};

pub(super) const RULES: &[CauseRule] = &[unplaced(CauseCode::PeerGone, gone).intermittent()];

/// What explains that packets between both ends are lost.
const OF_LOSS: &[CauseCode] =
    &[CauseCode::PathLoss, CauseCode::PathBlackHole, CauseCode::PeerGone, CauseCode::PathSlow];

/// What explains that only long ones are.
const OF_LENGTH: &[CauseCode] = &[CauseCode::PathDropsLargePackets, CauseCode::PathMtu];

/// Who has no power or no network confirms nothing either. What was seen to come to it was not lost before.
fn gone(facts: &Facts<'_>) -> Option<Weighed> {
    let failure =
        ended(facts).filter(|_| watched::never_arrive(facts).is_some() && watched::is_mute(facts))?;
    Some(match watched::unanswered_by(facts) {
        Some(_) => Weighed::likely(watched::never_arrive(facts)?).and(Some(failure.detail.clone())),
        None => Weighed::possible(failure.detail.clone()),
    })
}

/// Keeps what explains an end that a capture proves to be the path's doing, if it is one: nobody at an end is to blame.
pub(super) fn alone(fitting: &mut Vec<Cause>, facts: &Facts<'_>) -> bool {
    let of_path = |cause: &Cause| cause.at == Some(Place::Path);
    let is_any = |cause: &Cause, codes: &[CauseCode]| codes.iter().any(|code| cause.code == *code);
    match () {
        () if ended(facts).is_none() => return false,
        () if watched::reset_from_the_path(facts).is_some() => fitting.retain(of_path),
        () if watched::drops_large_packets(facts).is_some() => {
            fitting.retain(|cause| is_any(cause, OF_LENGTH))
        }
        () if watched::never_arrive(facts).is_some() => {
            let long = watched::shorter_arrives(facts).is_some();
            fitting.retain(|cause| is_any(cause, OF_LOSS) || long && is_any(cause, OF_LENGTH));
        }
        () => return false,
    }
    true
}

/// The failure of which a capture says that neither end caused it.
pub(super) fn ended<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    facts.failed()?.failure.filter(|failure| failure.is_of_path())
}
