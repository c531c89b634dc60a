//! What the peer said by number, where nothing else explains it: a cause made of the table's own row.

use super::{CauseRule, Place, Weighed, is_of, rule};
use crate::{
    codes::{self, Row, Table},
    diagnose::{Facts, kerberos},
    report::{Cause, CauseCode, Failure, FailureKind, Likelihood, Selected},
};

/// One rule a kind of number.
pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::ServerSaidStatus, |facts| {
        (!is_of_kdc(facts)).then(|| told(facts, STATUSES))?
    }),
    rule(Place::Host, CauseCode::ServerSentAlert, |facts| told(facts, &[FailureKind::TlsAlert])),
    rule(Place::Host, CauseCode::ServerSaidErrorInfo, |facts| told(facts, &[FailureKind::ErrorInfo])),
    rule(Place::Host, CauseCode::LicenseErrorTold, |facts| told(facts, &[FailureKind::LicenseError])),
    rule(Place::Host, CauseCode::ServerSaidResult, |facts| told(facts, RESULTS)),
    rule(Place::Gateway, CauseCode::GatewaySaidStatus, |facts| {
        told(facts, &[FailureKind::GatewayError, FailureKind::HttpStatus])
    }),
    rule(Place::Kdc, CauseCode::KdcSaidError, |facts| {
        is_of_kdc(facts).then(|| told(facts, &[FailureKind::KerberosError]))?
    }),
];

/// Statuses of the server, of CredSSP and of what takes its place; and what it says of a ticket.
const STATUSES: &[FailureKind] = &[FailureKind::NtStatus, FailureKind::KerberosError];
const RESULTS: &[FailureKind] = &[
    FailureKind::NegotiationFailure,
    FailureKind::EarlyAuthDenied,
    FailureKind::McsResult,
    FailureKind::Disconnect,
];

fn is_of_kdc(facts: &Facts<'_>) -> bool {
    kerberos::ended_at_kdc(facts).is_some()
}

/// As sure as the row is, and never certain: a number says what was met, not why.
fn told(facts: &Facts<'_>, kinds: &[FailureKind]) -> Option<Weighed> {
    let failure = facts.failed()?.failure.filter(|failure| kinds.contains(&failure.kind))?;
    let table = table(failure, facts)?;
    let number = failure.code?;
    let code = u32::try_from(number).ok();
    let Some(row) = code.and_then(|code| row(table, code)) else {
        let text = format!("{} {number} (0x{number:X}) is in no table here", table.title);
        return Some(Weighed::possible(failure.detail.clone()).and(Some(text)));
    };
    let sure = row.confidence == "documented" && !is_normal(&row);
    let likelihood = if sure { Likelihood::Likely } else { Likelihood::Possible };
    let meaning = (!failure.detail.contains(row.meaning)).then(|| format!("it means that {}", row.meaning));
    let hint = (!row.hint.is_empty()).then(|| format!("known of it: {}", row.hint));
    Some(Weighed::new(likelihood, failure.detail.clone()).and(meaning).and(hint))
}

/// The row of a number; a Win32 error may come wrapped, as RDSTLS has it plain.
fn row(table: &'static Table, code: u32) -> Option<Row<'static>> {
    const WRAPPED: [u32; 2] = [0x8007, 0xC007];
    let plain = || codes::RDSTLS_RESULT.find(code & 0xFFFF).filter(|_| WRAPPED.contains(&(code >> 16)));
    table.find(code).or_else(|| plain().filter(|_| table.name == codes::NTSTATUS.name))
}

/// Whether the row says that the number is no fault by itself.
fn is_normal(row: &Row<'_>) -> bool {
    row.code == Some(0) || row.hint.contains("normal for") || row.meaning.contains("not an error")
}

fn table(failure: &Failure, facts: &Facts<'_>) -> Option<&'static Table> {
    Some(match failure.kind {
        FailureKind::NtStatus => match facts.selected() {
            Some(Selected::Rdstls) => &codes::RDSTLS_RESULT,
            Some(Selected::Aad) => &codes::RDSAAD_RESULT,
            _ => &codes::NTSTATUS,
        },
        FailureKind::TlsAlert => &codes::TLS_ALERT,
        FailureKind::ErrorInfo => &codes::ERROR_INFO,
        FailureKind::LicenseError => &codes::LICENSE_ERROR,
        FailureKind::NegotiationFailure => &codes::NEGOTIATION_FAILURE,
        FailureKind::EarlyAuthDenied => &codes::EARLY_AUTHORIZATION,
        FailureKind::McsResult => &codes::MCS_RESULT,
        FailureKind::Disconnect => &codes::MCS_REASON,
        FailureKind::GatewayError => &codes::GATEWAY_STATUS,
        FailureKind::HttpStatus => &codes::HTTP_STATUS,
        FailureKind::KerberosError => &codes::KERBEROS_ERROR,
        _ => return None,
    })
}

/// What says no more than the number steps back behind whatever explains it: the number is in the verdict in any case.
pub(super) fn step_back(fitting: &mut Vec<Cause>) {
    let is_told = |cause: &Cause| is_of(cause, RULES);
    if fitting.iter().any(|cause| !is_told(cause)) {
        fitting.retain(|cause| !is_told(cause));
    }
}
