//! The traced connection again, in turn with those that made a difference: only what differs every time proves anything.

use super::{Basis, catalogue::EXPERIMENTS};
use crate::{
    probe::Plan,
    report::{ExperimentKind, ExperimentName, Purpose},
};

/// How often an experiment that made a difference is made in all.
const EACH: u32 = 4;

/// `repeat-1`, `small-hello-again-2`, `repeat-2`, `small-hello-again-3`, `repeat-3` and so on.
pub(super) fn plans(times: u32, between: &[ExperimentName], basis: &Basis) -> Vec<Plan> {
    let every: Vec<Plan> = EXPERIMENTS.iter().flat_map(|experiment| experiment.plans(basis)).collect();
    let named = |name: &ExperimentName| {
        let purpose = Purpose::Experiment(name.clone());
        every.iter().find(|plan| plan.purpose == purpose).cloned()
    };
    let between: Vec<(&ExperimentName, Plan)> =
        between.iter().filter_map(|name| Some((name, named(name)?))).collect();
    (1..=times)
        .flat_map(|time| {
            let same = Plan { until: Some(basis.last), ..basis.numbered(ExperimentKind::Repeat, time) };
            let other = between.iter().filter(move |_| time < EACH).map(move |(name, plan)| {
                let purpose = Purpose::Experiment((*name).clone().again(time + 1));
                Plan { purpose, ..plan.clone() }
            });
            std::iter::once(same).chain(other)
        })
        .collect()
}
