//! Name resolution by the system's resolver.

use std::net::{IpAddr, SocketAddr};

use tokio::time::{Instant, timeout_at};

use super::{PhaseResult, Step};
use crate::{
    net::Network,
    report::{Failure, FailureKind, Family, ResolveEvidence, ResolvedAddress},
    target::Target,
};

/// The addresses of the target, in the order the system prefers them.
///
/// # Errors
/// `not_found` for a name that does not exist, `unreachable` for a resolver that does not work, `timeout` for one that
/// does not answer.
pub async fn run<N: Network>(
    network: &N,
    target: &Target,
    deadline: Instant,
    evidence: &mut ResolveEvidence,
) -> PhaseResult<Vec<SocketAddr>> {
    let addresses = match target.address() {
        Some(address) => {
            evidence.literal = true;
            vec![address]
        }
        None => timeout_at(deadline, network.look_up(&target.host)).await.unwrap_or_else(|_| Err(silent(target)))?,
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

fn silent(target: &Target) -> Failure {
    Failure::new(FailureKind::Timeout, format!("the resolver did not answer in time for {}", target.host))
}
