//! Without the server's name in the ClientHello: some boxes and some servers refuse a name that they do not know.

use super::Experiment;
use crate::probe::{Hello, Plan};

pub const EXPERIMENT: Experiment = Experiment {
    name: "no-sni",
    plans: |basis| vec![Plan { hello: Hello::Handshake(basis.versions, false), ..basis.plan("no-sni") }],
};
