//! SRV records (RFC 2782), which the system's resolver does not give.

use hickory_resolver::{
    TokioResolver,
    proto::rr::{RData, rdata::SRV},
};
use tokio::time::{Instant, timeout_at};

use super::Network;
use crate::{
    endpoint::Endpoint,
    pdu::words::words,
    report::{Failure, FailureKind},
};

/// More hosts of one service are not needed.
const MOST: usize = 16;

/// Where a service is, under a deadline.
///
/// # Errors
/// `not_found` where DNS has no such record, `unreachable` and `timeout` where it does not answer.
pub(crate) async fn services(
    network: &dyn Network,
    name: &str,
    deadline: Instant,
) -> Result<Vec<Endpoint>, Failure> {
    let silent = || Failure::new(FailureKind::Timeout, format!("DNS did not answer in time for {name}"));
    timeout_at(deadline, network.services(name)).await.unwrap_or_else(|_| Err(silent()))
}

/// Asks the servers that the system is configured with.
pub(super) async fn ask(name: &str) -> Result<Vec<Endpoint>, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::new(FailureKind::Unreachable, format!("DNS cannot be asked for {name}: {}", words(error)))
    };
    let resolver =
        TokioResolver::builder_tokio().and_then(|builder| builder.build()).map_err(|e| failed(&e))?;
    // Only this name, none of the search list.
    let answer = resolver.srv_lookup(format!("{}.", name.trim_end_matches('.'))).await;
    let answer = answer.map_err(|error| match error.is_no_records_found() {
        true => Failure::new(FailureKind::NotFound, format!("DNS has no SRV record {name}")),
        false => failed(&error),
    })?;
    let records = answer.answers().iter().filter_map(|record| match &record.data {
        RData::SRV(record) => Some(record.clone()),
        _ => None,
    });
    Ok(in_order(records.collect()))
}

/// The lowest priority first, and of one the highest weight: the same order every time. The root is no host.
fn in_order(mut records: Vec<SRV>) -> Vec<Endpoint> {
    records.sort_by_key(|record| (record.priority, std::cmp::Reverse(record.weight)));
    let host = |record: &SRV| record.target.to_utf8().trim_end_matches('.').to_owned();
    let hosts = records.iter().map(|record| Endpoint::new(host(record), record.port));
    hosts.filter(|found| !found.host.is_empty()).take(MOST).collect()
}
