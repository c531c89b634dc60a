//! Each security protocol alone, one a connection: what the server selects or refuses when it has no choice.

use super::{Basis, Experiment};
use crate::{
    codes::Phase,
    probe::{Opening, Plan},
};

pub const RDP: Experiment = alone("protocol-rdp", |basis| only(basis, "protocol-rdp", 0));
pub const SSL: Experiment = alone("protocol-ssl", |basis| only(basis, "protocol-ssl", 1));
pub const HYBRID: Experiment = alone("protocol-hybrid", |basis| only(basis, "protocol-hybrid", 2));
pub const HYBRID_EX: Experiment = alone("protocol-hybrid-ex", |basis| only(basis, "protocol-hybrid-ex", 8));
pub const RDSTLS: Experiment = alone("protocol-rdstls", |basis| only(basis, "protocol-rdstls", 4));
pub const RDSAAD: Experiment = alone("protocol-rdsaad", |basis| only(basis, "protocol-rdsaad", 16));

const fn alone(name: &'static str, plans: fn(&Basis) -> Vec<Plan>) -> Experiment {
    Experiment { name, plans }
}

/// In both of them the server speaks first inside TLS.
const SPEAKS_FIRST: u32 = 4 | 16;

fn only(basis: &Basis, name: &str, protocol: u32) -> Vec<Plan> {
    let opening = Opening::Cookie;
    let until = Some(if protocol & SPEAKS_FIRST == 0 { Phase::Negotiate } else { Phase::Credssp });
    vec![Plan { protocols: protocol, opening, until, ..basis.plan(name) }]
}
