//! The same in TCP segments of 536 bytes, in both directions: where these pass and the usual ones stall, it is the size of packets,
//! also where answers are lost.

use super::Experiment;
use crate::{probe::Plan, report::ExperimentKind};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::SmallSegments,
    plans: |basis| {
        let plan = || Plan {
            small_segments: true,
            until: Some(basis.last),
            ..basis.plan(ExperimentKind::SmallSegments)
        };
        basis.small_segments.then(plan).into_iter().collect()
    },
};
