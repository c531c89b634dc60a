//! Without the pre-connection blob that was asked for: a server that expects none takes it for a broken Connection Request.

use super::Experiment;
use crate::{
    probe::{Added, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::NoPreconnection,
    plans: |basis| {
        let plan = || Plan {
            without: &[Added::Preconnection],
            until: Some(basis.last),
            ..basis.plan(ExperimentKind::NoPreconnection)
        };
        basis.preconnection.then(plan).into_iter().collect()
    },
};
