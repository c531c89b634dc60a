//! The checks by topic, and the facts that the topics gather.

mod credssp;
mod names;

use super::{Check, Scene};
use crate::report::Machine;

/// Every check, one slice a topic.
pub const CHECKS: &[&[Check]] = &[names::CHECKS, credssp::CHECKS];

/// What each topic learns for a comparison with the wire.
pub const FACTS: &[fn(&Scene<'_>, &mut Machine)] = &[names::learn, credssp::learn];

/// Whether the machine lets others connect to it.
pub fn is_host(_scene: &Scene<'_>) -> bool {
    false
}
