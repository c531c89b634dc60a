//! TLS 1.3 only: a server that knows it proves that the way carries it.

use super::Experiment;
use crate::{
    probe::{Hello, Plan, Versions},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::Tls13Only,
    plans: |basis| {
        vec![Plan { hello: Hello::Handshake(Versions::Tls13, true), ..basis.plan(ExperimentKind::Tls13Only) }]
    },
};
