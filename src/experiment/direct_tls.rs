//! TLS at once, without X.224: a proxy that ends TLS answers what RDP says inside it, another service answers with its own.

use super::Experiment;
use crate::{
    codes::{Phase, Protocols},
    probe::{Opening, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::DirectTls,
    plans: |basis| {
        let plan = basis.plan(ExperimentKind::DirectTls);
        vec![Plan { opening: Opening::Tls, protocols: Protocols::SSL, until: Some(Phase::Mcs), ..plan }]
    },
};
