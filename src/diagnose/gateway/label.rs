//! What mstsc would have shown for an ending at the gateway; the tables of statuses say which number they know.

use super::{CERTIFICATE_RULES, LOGON_FAILURES, failed};
use crate::{
    codes::{DISCONNECT, GATEWAY_STATUS, HTTP_STATUS},
    diagnose::{Facts, proxy},
    report::{Confidence, FailureKind, FindingCode, GatewayStep, MstscLabel},
};

/// The gateway's address is wrong, or it cannot be reached.
const NOT_REACHED: u32 = 0x300_000C;
/// More than one thing is wrong with the certificate.
const UNUSABLE: u32 = 0x300_0003;
const UNTRUSTED: u32 = 0x300_0005;
const OTHER_NAME: u32 = 0x300_0006;
const EXPIRED: u32 = 0x300_0007;

/// The label, which is deduced from what the statuses and the faults of a certificate mean.
pub(crate) fn label(facts: &Facts<'_>) -> Option<MstscLabel> {
    let shown = match of_certificate(facts) {
        Warning::None => of_ending(facts)?,
        Warning::Known(shown) => shown,
        Warning::Unknown => return None,
    };
    Some(MstscLabel {
        code: format!("0x{shown:X}"),
        extended: "0x0".to_owned(),
        text: DISCONNECT.find(shown)?.meaning.to_owned(),
        confidence: Confidence::Inferred,
    })
}

/// What mstsc shows of a certificate.
enum Warning {
    /// Nothing: it is right.
    None,
    /// This code.
    Known(u32),
    /// Nobody has written down what, as for one that is not valid yet.
    Unknown,
}

/// mstsc does not get past a certificate that is wrong, whatever this trace met behind it.
fn of_certificate(facts: &Facts<'_>) -> Warning {
    let mut wrong = CERTIFICATE_RULES.iter().filter(|rule| (rule.applies)(facts).is_some());
    let Some(first) = wrong.next() else { return Warning::None };
    match (first.code, wrong.next()) {
        (_, Some(_)) => Warning::Known(UNUSABLE),
        (FindingCode::GatewayCertificateExpired, None) => Warning::Known(EXPIRED),
        (FindingCode::GatewayCertificateNameMismatch, None) => Warning::Known(OTHER_NAME),
        (FindingCode::GatewayCertificateUntrusted, None) => Warning::Known(UNTRUSTED),
        _ => Warning::Unknown,
    }
}

fn of_ending(facts: &Facts<'_>) -> Option<u32> {
    let (step, failure) = failed(facts)?;
    let code = failure.code.and_then(|code| u32::try_from(code).ok());
    match failure.kind {
        FailureKind::GatewayError => {
            let code = code?;
            let other = if code >> 16 == 0 { code | 0x8007_0000 } else { code & 0xFFFF };
            GATEWAY_STATUS.find(code).or_else(|| GATEWAY_STATUS.find(other))?.mstsc
        }
        FailureKind::HttpStatus if is_told(facts) => HTTP_STATUS.find(code?)?.mstsc,
        // Where a proxy is in the way it is not the gateway.
        _ if matches!(step, GatewayStep::Resolve | GatewayStep::Connect) && !proxy::is_ended(facts) => {
            Some(NOT_REACHED)
        }
        _ => None,
    }
}

/// A 401 that comes before the proof of a password depends on what was offered here, and one on a second connection on the
/// first.
fn is_told(facts: &Facts<'_>) -> bool {
    let told = [
        FindingCode::GatewayCredentialsRefused,
        FindingCode::GatewayServiceDown,
        FindingCode::GatewayHttpRefused,
    ];
    // For what is wrong with an account beside its password nobody has written down what mstsc shows.
    let auth = facts.through.and_then(|through| through.steps.auth.as_ref());
    let other =
        auth.and_then(|auth| auth.evidence.refusal).is_some_and(|said| !LOGON_FAILURES.contains(&said));
    !other && super::code(facts).is_some_and(|code| told.contains(&code))
}
