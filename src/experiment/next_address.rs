//! The other addresses of the name: whether one host behind it fails, or all.

use super::Experiment;
use crate::probe::Plan;

/// Of a name with many addresses the first ones.
const ADDRESSES: usize = 3;

pub const EXPERIMENT: Experiment = Experiment {
    name: "next-address",
    plans: |basis| {
        let others = basis.others.iter().take(ADDRESSES).enumerate();
        let plan = |(index, address)| Plan {
            addresses: Some(vec![address]),
            until: Some(basis.last),
            ..basis.plan(&format!("next-address-{}", index + 1))
        };
        others.map(|(index, address)| plan((index, *address))).collect()
    },
};
