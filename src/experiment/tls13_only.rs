//! TLS 1.3 only: a server that knows it proves that the way carries it.

use super::Experiment;
use crate::probe::{Hello, Plan, Versions};

pub const EXPERIMENT: Experiment = Experiment {
    name: "tls13-only",
    plans: |basis| vec![Plan { hello: Hello::Handshake(Versions::Tls13, true), ..basis.plan("tls13-only") }],
};
