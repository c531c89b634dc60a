//! The same again, three times, one after the other: whether the fault is there every time.

use super::Experiment;
use crate::probe::Plan;

const TIMES: usize = 3;

pub const EXPERIMENT: Experiment = Experiment {
    name: "repeat",
    in_turn: true,
    plans: |basis| {
        let plan = |time| Plan { until: Some(basis.last), ..basis.plan(&format!("repeat-{time}")) };
        (1..=TIMES).map(plan).collect()
    },
};
