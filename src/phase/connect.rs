//! TCP to every address, raced (RFC 8305), and what a proxy there answers that is to go on.

use std::net::SocketAddr;

use super::{PhaseResult, Step, proxy};
use crate::{
    codes::Phase,
    endpoint::Endpoint,
    net::{Limits, Network, Wire, race},
    report::ConnectEvidence,
    settings::Proxy,
};

/// A wire over the first connection that opens.
///
/// # Errors
/// `reset`, `refused`, `unreachable` or `timeout`, whichever tells most.
pub(crate) async fn run(
    network: &dyn Network,
    addresses: &[SocketAddr],
    limits: Limits,
    evidence: &mut ConnectEvidence,
) -> PhaseResult<Wire> {
    let stream = race(network, addresses, limits.phase_end(), evidence).await?;
    Ok(Step::Passed(Wire::new(stream, limits)))
}

/// A wire that leads to the target: the addresses are those of the proxy where there is one.
///
/// # Errors
/// Those of [`run`] and of [`proxy::run`].
pub(crate) async fn by_way_of(
    network: &dyn Network,
    addresses: &[SocketAddr],
    proxy: Option<&Proxy>,
    target: &Endpoint,
    limits: Limits,
    evidence: &mut ConnectEvidence,
) -> PhaseResult<Wire> {
    let Some(asked) = proxy else { return run(network, addresses, limits, evidence).await };
    let stream = race(network, addresses, limits.phase_end(), evidence).await;
    let stream = stream.map_err(|f| proxy::unreachable(f, asked, target, &mut evidence.proxy))?;
    let mut wire = Wire::new(stream, limits);
    wire.enter(Phase::Connect);
    let seen = evidence.proxy.insert(proxy::evidence(asked, target));
    proxy::run(&mut wire, asked, target, seen).await?;
    Ok(Step::Passed(wire))
}
