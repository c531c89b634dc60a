//! What the trace could and could not learn of the account for the gateway, or of the token.

use super::{failed, low};
use crate::{
    codes::NTSTATUS,
    diagnose::Facts,
    report::{Credentials, Failure, FailureKind, GatewayEvidence, GatewayStep},
};

/// The token is missing or damaged, and refused (MS-TSGU 2.2.6).
const TOKEN_REFUSED: [u32; 2] = [0x59F7, 0x59F8];

/// Which of the four it is; none without a gateway.
pub(crate) fn credentials(facts: &Facts<'_>) -> Option<Credentials> {
    let through = facts.through?;
    let by_account = by_account(through);
    let by_token = through.steps.tunnel.as_ref().filter(|tunnel| tunnel.evidence.token_sent).map(|tunnel| {
        match (tunnel.evidence.status, failed(facts).and_then(|(_, failure)| low(failure))) {
            (Some(0), _) => Credentials::Verified,
            (Some(_), Some(code)) if TOKEN_REFUSED.contains(&code) => Credentials::Refused,
            _ => Credentials::NotVerifiable,
        }
    });
    Some(by_account.or(by_token).unwrap_or(Credentials::NotAttempted))
}

/// What the words of the answer say decides. Else only a plain 401 is a refusal: whoever begins again, ends without a word or
/// fails in another way, has not judged the password.
fn by_account(through: &GatewayEvidence) -> Option<Credentials> {
    let record = through.steps.auth.as_ref()?;
    let auth = &record.evidence;
    let answered = record.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::HttpStatus);
    let plain = auth.status == Some(401) && !auth.challenged_again;
    let refused = answered && auth.refusal.map_or(plain, refuses);
    auth.attempted.then_some(match auth.accepted {
        true => Credentials::Verified,
        false if refused => Credentials::Refused,
        false => Credentials::NotVerifiable,
    })
}

/// Whether a status says that the account is refused.
pub(super) fn refuses(code: u32) -> bool {
    NTSTATUS.find(code).is_some_and(|row| row.refuses_credentials)
}

/// The failure of a gateway that said one of these statuses in words.
pub(crate) fn with_status<'a>(facts: &Facts<'a>, codes: &[i64]) -> Option<&'a Failure> {
    let said = facts.through?.steps.auth.as_ref()?.evidence.refusal.map(i64::from)?;
    failed(facts)
        .filter(|(step, _)| *step == GatewayStep::Auth && codes.contains(&said))
        .map(|(_, failure)| failure)
}
