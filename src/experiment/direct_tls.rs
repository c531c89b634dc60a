//! TLS at once, without X.224: a proxy that ends TLS, or another service on the port, answers it.

use super::Experiment;
use crate::probe::{Opening, Plan};

pub const EXPERIMENT: Experiment = Experiment {
    name: "direct-tls",
    plans: |basis| vec![Plan { opening: Opening::Tls, ..basis.plan("direct-tls") }],
};
