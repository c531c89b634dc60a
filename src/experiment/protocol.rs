//! Each security protocol alone, one a connection: what the server selects or refuses when it has no choice.

use super::{Basis, Experiment};
use crate::{
    codes::{Phase, Protocols},
    probe::{Opening, Plan},
    report::ExperimentKind,
};

pub const RDP: Experiment =
    Experiment { kind: ExperimentKind::ProtocolRdp, plans: |basis| only(basis, ExperimentKind::ProtocolRdp) };
pub const SSL: Experiment =
    Experiment { kind: ExperimentKind::ProtocolSsl, plans: |basis| only(basis, ExperimentKind::ProtocolSsl) };
pub const HYBRID: Experiment = Experiment {
    kind: ExperimentKind::ProtocolHybrid,
    plans: |basis| only(basis, ExperimentKind::ProtocolHybrid),
};
pub const HYBRID_EX: Experiment = Experiment {
    kind: ExperimentKind::ProtocolHybridEx,
    plans: |basis| only(basis, ExperimentKind::ProtocolHybridEx),
};
pub const RDSTLS: Experiment = Experiment {
    kind: ExperimentKind::ProtocolRdstls,
    plans: |basis| only(basis, ExperimentKind::ProtocolRdstls),
};
pub const RDSAAD: Experiment = Experiment {
    kind: ExperimentKind::ProtocolRdsaad,
    plans: |basis| only(basis, ExperimentKind::ProtocolRdsaad),
};

fn only(basis: &Basis, kind: ExperimentKind) -> Vec<Plan> {
    let plan = |protocols: Protocols| {
        // Where NLA ended without a word: does anything else get an answer inside TLS?
        let inside = kind == ExperimentKind::ProtocolSsl && basis.last == Phase::Credssp;
        let first = protocols.has(Protocols::SERVER_SPEAKS_FIRST);
        let until = Some(match first {
            _ if inside => Phase::Mcs,
            true => Phase::Credssp,
            false => Phase::Negotiate,
        });
        Plan { protocols, opening: Opening::Cookie, until, ..basis.plan(kind) }
    };
    kind.alone().map(plan).into_iter().collect()
}
