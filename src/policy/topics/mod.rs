//! The promises by topic.

mod certificate;
mod findings;
mod gateway;
mod host;
mod local;
mod protocol;
mod time;
mod tls;
mod way;

use super::promise::Promise;

/// Every promise, one slice a topic; reports keep this order.
pub(super) const PROMISES: &[&[Promise]] = &[
    way::PROMISES,
    gateway::PROMISES,
    protocol::PROMISES,
    tls::PROMISES,
    certificate::PROMISES,
    host::PROMISES,
    time::PROMISES,
    findings::PROMISES,
    local::PROMISES,
];

/// Every promise.
pub(super) fn all() -> impl Iterator<Item = &'static Promise> {
    PROMISES.iter().copied().flatten()
}

/// Every name that a promise goes by.
pub(super) fn names() -> Vec<String> {
    all().flat_map(Promise::names).map(|(name, _)| name).collect()
}

/// The promise of this name, with what stands for its `*`.
pub(super) fn find(name: &str) -> Option<(&'static Promise, &'static str)> {
    all().find_map(|promise| Some((promise, promise.part(name)?)))
}
