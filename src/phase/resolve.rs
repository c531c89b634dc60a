//! Name resolution by the system's resolver.
//!
//! A resolver that fails at once (EAI_AGAIN) is `unreachable`, one that stays silent is a `timeout`.

use std::net::{IpAddr, SocketAddr};

use super::{PhaseResult, Step, proxy};
use crate::{
    endpoint::Endpoint,
    net::{self, Instant, Network},
    report::{Failure, FailureKind, Family, ResolveEvidence, ResolvedAddress},
    settings::Proxy,
};

/// The addresses of the proxy where there is one, else those of the target.
///
/// # Errors
/// Those of [`run`].
pub(crate) async fn of_first_peer(
    network: &dyn Network,
    proxy: Option<&Proxy>,
    target: &Endpoint,
    deadline: Instant,
    evidence: &mut ResolveEvidence,
) -> PhaseResult<Vec<SocketAddr>> {
    let found = run(network, proxy::door(proxy, target), deadline, evidence).await;
    let Some(asked) = proxy else { return found };
    found.map_err(|failure| proxy::unreachable(failure, asked, target, &mut evidence.proxy))
}

/// The addresses of the target, in the order the system prefers them.
///
/// # Errors
/// Those of [`net::resolve`].
async fn run(
    network: &dyn Network,
    target: &Endpoint,
    deadline: Instant,
    evidence: &mut ResolveEvidence,
) -> PhaseResult<Vec<SocketAddr>> {
    let addresses = match target.address() {
        Some(address) => {
            evidence.literal = true;
            vec![address]
        }
        None => net::resolve(network, &target.host, deadline).await?,
    };
    evidence.addresses = addresses.iter().map(|address| resolved(*address)).collect();
    if addresses.is_empty() {
        return Err(Failure::new(FailureKind::NotFound, format!("the name has no address: {}", target.host)));
    }
    Ok(Step::Passed(addresses.into_iter().map(|address| SocketAddr::new(address, target.port)).collect()))
}

fn resolved(address: IpAddr) -> ResolvedAddress {
    let family = if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 };
    ResolvedAddress { address, family }
}
