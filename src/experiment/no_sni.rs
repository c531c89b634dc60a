//! Without the server's name in the ClientHello: some boxes and some servers refuse a name that they do not know.

use super::Experiment;
use crate::{
    probe::{Hello, Plan},
    report::ExperimentKind,
};

pub const EXPERIMENT: Experiment = Experiment {
    kind: ExperimentKind::NoSni,
    plans: |basis| {
        vec![Plan { hello: Hello::Handshake(basis.versions, false), ..basis.plan(ExperimentKind::NoSni) }]
    },
};
