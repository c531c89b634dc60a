//! TCP to every address, raced (RFC 8305).

use std::net::SocketAddr;

use super::{PhaseResult, Step};
use crate::{
    net::{Limits, Network, Wire, race},
    report::ConnectEvidence,
};

/// A wire over the first connection that opens.
///
/// # Errors
/// `reset`, `refused`, `unreachable` or `timeout`, whichever tells most.
pub async fn run<N: Network>(
    network: &N,
    addresses: &[SocketAddr],
    limits: Limits,
    evidence: &mut ConnectEvidence,
) -> PhaseResult<Wire> {
    let stream = race(network, addresses, limits.phase_end(), evidence).await?;
    Ok(Step::Passed(Wire::new(stream, limits)))
}
