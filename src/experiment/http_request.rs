//! A request of HTTP on a port that is silent: a web server, or a proxy of HTTP, waits for one and names itself.

use super::Experiment;
use crate::{
    codes::Phase,
    probe::{Added, Opening, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::HttpRequest,
    plans: |basis| {
        let (opening, until) = (Opening::Http, Some(Phase::Negotiate));
        let plan = basis.plan(ExperimentKind::HttpRequest);
        let plan = Plan { opening, until, without: &[Added::Preconnection], ..plan };
        // Who selects a protocol of Remote Desktop is no web server.
        if basis.answered { Vec::new() } else { vec![plan] }
    },
};
