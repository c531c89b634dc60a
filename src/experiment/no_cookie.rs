//! Without the mstshash cookie, or the routing token in its place: load balancers and filters read it, and some close when they do
//! not like it.

use super::Experiment;
use crate::{
    probe::{Opening, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::NoCookie,
    plans: |basis| {
        // A token may lead to a host that fails later.
        let until = Some(if basis.token { basis.last } else { basis.depth });
        vec![Plan { opening: Opening::NoCookie, until, ..basis.plan(ExperimentKind::NoCookie) }]
    },
};
