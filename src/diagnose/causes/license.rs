//! Why licensing ends, as the server says by number: its own service, the kind of its licenses, or the exchange.

use super::{CauseRule, Place, Weighed, failed_with, rule};
use crate::{
    codes,
    diagnose::Facts,
    report::{CauseCode, FailureKind, Likelihood},
};

/// An error of the license exchange (MS-RDPBCGR 2.2.1.12.1.3) or a Set Error Info that means the same.
struct Numbers {
    alerts: &'static [i64],
    infos: &'static [i64],
}

/// ERR_INVALID_SERVER_CERTIFICATE.
const CERTIFICATE: Numbers = Numbers { alerts: &[1], infos: &[] };
/// ERR_INVALID_SCOPE and ERR_INVALID_PRODUCTID.
const KIND: Numbers = Numbers { alerts: &[4, 11], infos: &[] };
/// ERRINFO_LICENSE_INTERNAL.
const INTERNAL: Numbers = Numbers { alerts: &[], infos: &[0x100] };
/// A MAC, a length, a message or an encryption that is not valid, and an exchange that was broken off.
const EXCHANGE: Numbers = Numbers { alerts: &[3, 12], infos: &[0x103, 0x106, 0x107, 0x108] };
/// ERRINFO_LICENSE_NO_REMOTE_CONNECTIONS.
const NOT_LICENSED: Numbers = Numbers { alerts: &[], infos: &[0x10A] };

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::LicenseCertificateDamaged, |facts| by_number(facts, &CERTIFICATE)),
    rule(Place::Host, CauseCode::LicenseKindWrong, |facts| by_number(facts, &KIND)),
    rule(Place::Host, CauseCode::LicenseServiceFailed, |facts| by_number(facts, &INTERNAL)).intermittent(),
    rule(Place::Host, CauseCode::LicenseExchangeBroken, |facts| by_number(facts, &EXCHANGE)).intermittent(),
    rule(Place::Host, CauseCode::RemoteConnectionsNotLicensed, |facts| by_number(facts, &NOT_LICENSED)),
];

fn by_number(facts: &Facts<'_>, numbers: &Numbers) -> Option<Weighed> {
    let alert = failed_with(facts, FailureKind::LicenseError, numbers.alerts);
    let failure = alert.or_else(|| failed_with(facts, FailureKind::ErrorInfo, numbers.infos))?;
    Some(Weighed::likely(failure.detail.clone()))
}

/// What the row of a license error calls normal for somebody is no proof of a fault.
pub(super) fn gated(weighed: Weighed, code: Option<i64>) -> Weighed {
    let row = code.and_then(|code| codes::LICENSE_ERROR.find(u32::try_from(code).ok()?));
    match row.filter(|row| row.hint.contains("normal for")) {
        Some(row) => {
            Weighed { likelihood: Likelihood::Likely, ..weighed }.but(Some(format!("it is {}", row.hint)))
        }
        None => weighed,
    }
}
