//! Without the mstshash cookie: load balancers and filters read it, and some close when they do not like it.

use super::Experiment;
use crate::probe::{Opening, Plan};

pub const EXPERIMENT: Experiment = Experiment {
    name: "no-cookie",
    in_turn: false,
    plans: |basis| vec![Plan { opening: Opening::NoCookie, ..basis.plan("no-cookie") }],
};
