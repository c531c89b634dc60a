//! TLS 1.2 only: where TLS 1.3 is not offered, a box that stumbles over it lets the handshake pass.

use super::Experiment;
use crate::{
    probe::{Hello, Plan, Versions},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::Tls12Only,
    plans: |basis| {
        vec![Plan { hello: Hello::Handshake(Versions::Tls12, true), ..basis.plan(ExperimentKind::Tls12Only) }]
    },
};
