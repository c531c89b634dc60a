//! What a certificate is judged against, and the thumbprints that tell one from another.

use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use super::roots::Roots;
use crate::report::{Thumbprints, Timestamp};

/// What a certificate is judged against.
#[derive(Debug)]
pub struct Expectation<'a> {
    /// The name or address used.
    pub name: &'a str,
    /// The time at which the chain is checked.
    pub now: Timestamp,
    /// Trust anchors.
    pub roots: &'a Roots<'a>,
    /// The thumbprint that must be served, where one was given: SHA-1 or SHA-256, lower-case hex.
    pub pin: Option<&'a str>,
}

impl Expectation<'_> {
    /// Whether this is the certificate that was asked for, or any may be served.
    pub fn is_met(&self, leaf: &[u8]) -> bool {
        let prints = thumbprints(leaf);
        self.pin.is_none_or(|pin| pin == prints.sha1 || pin == prints.sha256)
    }
}

/// SHA-1 and SHA-256 of a certificate that may not even be readable, lower-case hex.
pub fn thumbprints(der: &[u8]) -> Thumbprints {
    Thumbprints { sha1: hex::encode(Sha1::digest(der)), sha256: hex::encode(Sha256::digest(der)) }
}
