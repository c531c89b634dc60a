//! The same offer in a ClientHello under 180 bytes: if only this one is answered, the larger one is lost on the way. What is no part
//! of the offer is left out: the session id, and as much of the name and of other extensions as does not fit.

use super::Experiment;
use crate::{pdu::client_hello::Profile, probe::Plan, report::ExperimentKind};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::SmallHello,
    plans: |basis| {
        vec![Plan { hello: basis.own_hello(Profile::Small), ..basis.plan(ExperimentKind::SmallHello) }]
    },
};
