//! The leg to and through an RD Gateway: its own findings, its own credentials, never the server's.

mod certificate;
mod credentials;
mod ending;
mod findings;
mod label;

pub(crate) use certificate::RULES as CERTIFICATE_RULES;
pub(crate) use credentials::{credentials, with_status};
pub(crate) use ending::{code, is_named_azure};
pub(crate) use findings::RULES;
pub(crate) use label::label;

use super::Facts;
use crate::report::{Failure, FindingCode, GatewayStep, Status};

/// Logon failure, wrong password and no such user, as a gateway says them in words.
pub(super) const LOGON_FAILURES: [u32; 3] = [0xC000_006D, 0xC000_006A, 0xC000_0064];

/// What a gateway says of the host behind it.
const OF_HOST: [FindingCode; 2] = [FindingCode::GatewayTargetUnreachable, FindingCode::GatewayResourcePolicy];

/// The step in which the trace ended, when it ended at the gateway; a channel that was open ends in the last.
pub(super) fn ended_step(facts: &Facts<'_>) -> Option<GatewayStep> {
    let steps = facts.through?.steps.summaries();
    let ended = steps.into_iter().rfind(|step| step.status != Status::Passed);
    Some(ended.map_or(GatewayStep::Channel, |step| step.step))
}

/// The failure at the gateway, with its step.
pub(super) fn failed<'a>(facts: &Facts<'a>) -> Option<(GatewayStep, &'a Failure)> {
    let ended = facts.failed().filter(|failed| failed.phase == crate::codes::Phase::Gateway)?;
    Some((ended_step(facts)?, ended.failure?))
}

/// Whether the gateway said that it does not reach the host, or does not lead to it.
pub(super) fn is_about_host(facts: &Facts<'_>) -> bool {
    failed(facts).is_some() && code(facts).is_some_and(|code| OF_HOST.contains(&code))
}

/// The low word of a code that may be written as an HRESULT (MS-TSGU 2.2.6).
pub(super) fn low(failure: &Failure) -> Option<u32> {
    let code = u32::try_from(failure.code?).ok()?;
    matches!(code >> 16, 0 | 0x8007).then_some(code & 0xFFFF)
}
