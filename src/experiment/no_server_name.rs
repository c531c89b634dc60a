//! With the target's own name in place of the one that was asked for: a proxy or a server that does not know that name refuses it.
//! Of an address there is none to send, which is what no-sni does.

use super::Experiment;
use crate::{
    probe::{Added, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::NoServerName,
    plans: |basis| {
        let plan = || Plan {
            without: &[Added::ServerName],
            until: Some(basis.last),
            ..basis.plan(ExperimentKind::NoServerName)
        };
        (basis.server_name && basis.named).then(plan).into_iter().collect()
    },
};
