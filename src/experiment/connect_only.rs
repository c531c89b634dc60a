//! A connection in which nothing is sent: a server that speaks first shows it, and so does a proxy that closes by itself.

use super::Experiment;
use crate::{
    codes::Phase,
    probe::{Opening, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::ConnectOnly,
    plans: |basis| {
        let (opening, until) = (Opening::Nothing(basis.attention), Some(Phase::Negotiate));
        let plan = Plan { opening, until, ..basis.plan(ExperimentKind::ConnectOnly) };
        if basis.answered { Vec::new() } else { vec![plan] }
    },
};
