//! With the graphics pipeline, which a picture is drawn without: some desktops give no session without it.

use super::Experiment;
use crate::{codes::Phase, probe::Plan, report::ExperimentKind};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::NoScreenshot,
    plans: |basis| {
        let plan = || Plan {
            pictured: false,
            until: Some(Phase::Activate),
            ..basis.plan(ExperimentKind::NoScreenshot)
        };
        basis.pictured.then(plan).into_iter().collect()
    },
};
