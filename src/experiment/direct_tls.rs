//! TLS at once, without X.224: a proxy that ends TLS, or another service on the port, answers it.

use super::Experiment;
use crate::{
    probe::{Opening, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::DirectTls,
    plans: |basis| vec![Plan { opening: Opening::Tls, ..basis.plan(ExperimentKind::DirectTls) }],
};
