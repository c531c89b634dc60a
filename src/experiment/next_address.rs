//! The other addresses of the name: whether one host behind it fails, or all.

use super::Experiment;
use crate::{probe::Plan, report::ExperimentKind};

/// Of a name with many addresses the first ones.
const ADDRESSES: usize = 3;

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::NextAddress,
    plans: |basis| {
        let others = (1..).zip(basis.others.iter().take(ADDRESSES));
        let plan = |(number, address)| Plan {
            addresses: Some(vec![address]),
            until: Some(basis.last),
            ..basis.numbered(ExperimentKind::NextAddress, number)
        };
        others.map(|(number, address)| plan((number, *address))).collect()
    },
};
