//! The same ClientHello for TLS 1.0 to 1.2, with CBC and RSA suites: shows version, suite and certificate of servers that no modern
//! client can talk to.

use super::Experiment;
use crate::{pdu::client_hello::Profile, probe::Plan, report::ExperimentKind};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::LegacyHello,
    plans: |basis| {
        vec![Plan { hello: basis.own_hello(Profile::Legacy), ..basis.plan(ExperimentKind::LegacyHello) }]
    },
};
