//! A ClientHello under 180 bytes: if only this one is answered, the larger one is lost on the way.

use super::Experiment;
use crate::{
    pdu::client_hello::Profile,
    probe::{Hello, Plan},
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "small-hello",
    plans: |basis| vec![Plan { hello: Hello::Own(Profile::Small), ..basis.plan("small-hello") }],
};
