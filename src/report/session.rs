//! What a session showed after its activation, when a screenshot was asked for or a redirection ended it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Failure, Millis, Redirection};

/// A session that was watched for a moment, and how it ended when the server ended it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Session {
    /// Milliseconds the session was watched.
    pub elapsed_ms: Millis,
    /// Width of the picture in pixels.
    pub width: Option<u32>,
    /// Height of the picture in pixels.
    pub height: Option<u32>,
    /// Regions that the server drew.
    pub regions: u32,
    /// Whether the picture has one colour only; null when nothing was drawn.
    pub blank: Option<bool>,
    /// PDUs that should draw and cannot be decoded.
    pub undecoded: u32,
    /// How often the server began another capabilities exchange.
    pub reactivations: u32,
    /// A Server Redirection PDU.
    pub redirection: Option<Redirection>,
    /// Why we looked no longer although the server had not drawn and paused, or that its user ended a session that was watched.
    pub stopped: Option<String>,
    /// What ended the session; null when we did.
    pub failure: Option<Failure>,
}
