//! Each security protocol alone, one a connection: what the server selects or refuses when it has no choice.

use super::{Basis, Experiment};
use crate::{
    codes::{Phase, Protocols},
    probe::{Opening, Plan},
    report::ExperimentKind,
};

pub const RDP: Experiment =
    alone(ExperimentKind::ProtocolRdp, |basis| only(basis, ExperimentKind::ProtocolRdp, Protocols::RDP));
pub const SSL: Experiment =
    alone(ExperimentKind::ProtocolSsl, |basis| only(basis, ExperimentKind::ProtocolSsl, Protocols::SSL));
pub const HYBRID: Experiment = alone(ExperimentKind::ProtocolHybrid, |basis| {
    only(basis, ExperimentKind::ProtocolHybrid, Protocols::HYBRID)
});
pub const HYBRID_EX: Experiment = alone(ExperimentKind::ProtocolHybridEx, |basis| {
    only(basis, ExperimentKind::ProtocolHybridEx, Protocols::HYBRID_EX)
});
pub const RDSTLS: Experiment = alone(ExperimentKind::ProtocolRdstls, |basis| {
    only(basis, ExperimentKind::ProtocolRdstls, Protocols::RDSTLS)
});
pub const RDSAAD: Experiment = alone(ExperimentKind::ProtocolRdsaad, |basis| {
    only(basis, ExperimentKind::ProtocolRdsaad, Protocols::RDSAAD)
});

const fn alone(kind: ExperimentKind, plans: fn(&Basis) -> Vec<Plan>) -> Experiment {
    Experiment { kind, plans }
}

fn only(basis: &Basis, kind: ExperimentKind, protocol: Protocols) -> Vec<Plan> {
    let opening = Opening::Cookie;
    let until =
        Some(if protocol.has(Protocols::SERVER_SPEAKS_FIRST) { Phase::Credssp } else { Phase::Negotiate });
    vec![Plan { protocols: protocol, opening, until, ..basis.plan(kind) }]
}
