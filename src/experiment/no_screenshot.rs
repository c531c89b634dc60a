//! With the graphics pipeline, which a picture is drawn without: some desktops give no session without it.

use super::Experiment;
use crate::{codes::Phase, probe::Plan};

pub const EXPERIMENT: Experiment = Experiment {
    name: "no-screenshot",
    plans: |basis| {
        let plan = || Plan { pictured: false, until: Some(Phase::Activate), ..basis.plan("no-screenshot") };
        basis.pictured.then(plan).into_iter().collect()
    },
};
