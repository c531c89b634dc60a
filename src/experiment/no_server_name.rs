//! With the target's own name in place of the one that was asked for, with none where it is an address: a proxy or a server that
//! does not know that name refuses it.

use super::Experiment;
use crate::probe::{Added, Plan};

pub const EXPERIMENT: Experiment = Experiment {
    name: "no-server-name",
    in_turn: false,
    plans: |basis| {
        let plan = || Plan { without: &[Added::ServerName], ..basis.plan("no-server-name") };
        basis.server_name.then(plan).into_iter().collect()
    },
};
