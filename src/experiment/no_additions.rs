//! Without everything that was added: where two of it are wrong, leaving out one alone changes nothing.

use super::Experiment;
use crate::{
    probe::{Added, Opening, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::NoAdditions,
    plans: |basis| {
        let added = [basis.token, basis.preconnection, basis.server_name];
        let several = added.into_iter().filter(|added| *added).count() > 1;
        let opening = if basis.token { Opening::NoCookie } else { basis.opening };
        let without = &[Added::Preconnection, Added::ServerName];
        let plan =
            || Plan { opening, without, until: Some(basis.last), ..basis.plan(ExperimentKind::NoAdditions) };
        several.then(plan).into_iter().collect()
    },
};
