//! The frames that crossed the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Millis;
use crate::codes::Phase;

/// One frame as it crossed the wire, above TLS.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Frame {
    /// Milliseconds since the connection was opened.
    pub at_ms: Millis,
    /// The phase in which it crossed.
    pub phase: Phase,
    /// Who sent it.
    pub direction: Direction,
    /// Whether it crossed inside TLS.
    pub tls: bool,
    /// Length in bytes.
    pub length: usize,
    /// Its first bytes, lower-case hex; null when the frame carries a secret.
    pub head: Option<String>,
}

/// Who sent a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// This program.
    Sent,
    /// The server.
    Received,
}
