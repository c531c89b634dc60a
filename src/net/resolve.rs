//! Name resolution under a deadline.

use std::net::IpAddr;

use tokio::time::{Instant, timeout_at};

use super::Network;
use crate::report::{Failure, FailureKind};

/// The addresses of a name, in the order the system prefers them.
///
/// # Errors
/// `not_found` for a name that does not exist, `unreachable` for a resolver that does not work, `timeout` for one that
/// does not answer.
pub(crate) async fn resolve(
    network: &dyn Network,
    host: &str,
    deadline: Instant,
) -> Result<Vec<IpAddr>, Failure> {
    let silent =
        || Failure::new(FailureKind::Timeout, format!("the resolver did not answer in time for {host}"));
    timeout_at(deadline, network.look_up(host)).await.unwrap_or_else(|_| Err(silent()))
}
