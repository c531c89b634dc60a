//! Each security protocol alone, one a connection: what the server selects or refuses when it has no choice.

use super::{Basis, Experiment};
use crate::{
    codes::Phase,
    probe::{Opening, Plan},
    report::ExperimentKind,
};

pub const RDP: Experiment =
    alone(ExperimentKind::ProtocolRdp, |basis| only(basis, ExperimentKind::ProtocolRdp, 0));
pub const SSL: Experiment =
    alone(ExperimentKind::ProtocolSsl, |basis| only(basis, ExperimentKind::ProtocolSsl, 1));
pub const HYBRID: Experiment =
    alone(ExperimentKind::ProtocolHybrid, |basis| only(basis, ExperimentKind::ProtocolHybrid, 2));
pub const HYBRID_EX: Experiment =
    alone(ExperimentKind::ProtocolHybridEx, |basis| only(basis, ExperimentKind::ProtocolHybridEx, 8));
pub const RDSTLS: Experiment =
    alone(ExperimentKind::ProtocolRdstls, |basis| only(basis, ExperimentKind::ProtocolRdstls, 4));
pub const RDSAAD: Experiment =
    alone(ExperimentKind::ProtocolRdsaad, |basis| only(basis, ExperimentKind::ProtocolRdsaad, 16));

const fn alone(kind: ExperimentKind, plans: fn(&Basis) -> Vec<Plan>) -> Experiment {
    Experiment { kind, plans }
}

/// In both of them the server speaks first inside TLS.
const SPEAKS_FIRST: u32 = 4 | 16;

fn only(basis: &Basis, kind: ExperimentKind, protocol: u32) -> Vec<Plan> {
    let opening = Opening::Cookie;
    let until = Some(if protocol & SPEAKS_FIRST == 0 { Phase::Negotiate } else { Phase::Credssp });
    vec![Plan { protocols: protocol, opening, until, ..basis.plan(kind) }]
}
