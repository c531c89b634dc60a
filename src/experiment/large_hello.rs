//! The same ClientHello padded to 1,600 bytes, which fits no Ethernet frame: the way must carry two segments, and a box on it must join them.

use super::Experiment;
use crate::{pdu::client_hello::Profile, probe::Plan, report::ExperimentKind};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::LargeHello,
    plans: |basis| {
        vec![Plan { hello: basis.own_hello(Profile::Large), ..basis.plan(ExperimentKind::LargeHello) }]
    },
};
