//! A short ClientHello that can only be answered with an alert: who does is alive, and what is lost on the way is longer.

use super::Experiment;
use crate::{pdu::client_hello::Profile, probe::Plan, report::ExperimentKind};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::HelloForAlert,
    plans: |basis| {
        let hello = basis.own_hello(Profile::Refusable);
        vec![Plan { hello, ..basis.plan(ExperimentKind::HelloForAlert) }]
    },
};
