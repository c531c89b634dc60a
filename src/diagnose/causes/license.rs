//! Why licensing ends, as the server says by number: its own service, the kind of its licenses, or the exchange.

use super::{CauseRule, Weighed, coded};
use crate::{
    codes,
    diagnose::Facts,
    report::{FailureKind, Likelihood},
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

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "license-certificate-damaged",
        weigh: |facts| said(facts, &CERTIFICATE),
        comes_and_goes: false,
        confirm: &[
            "on the host, System log: TermDD 50; TerminalServices-RemoteConnectionManager Admin log: 50285",
            "whether other clients fail in the same way",
        ],
        fix: &[
            "export HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\RCM on the host, delete its values \
             Certificate and X509 Certificate, and restart the host (every session ends), which makes them again",
        ],
    },
    CauseRule {
        code: "license-kind-wrong",
        weigh: |facts| said(facts, &KIND),
        comes_and_goes: false,
        confirm: &[
            "on the license server: the version and the kind of its licenses, per user or per device",
            "on the host: its licensing mode, in RD Licensing Diagnoser",
        ],
        fix: &["install licenses for the version of the host, of the kind that its mode asks for"],
    },
    CauseRule {
        code: "license-service-failed",
        weigh: |facts| said(facts, &INTERNAL),
        comes_and_goes: true,
        confirm: &[
            "on the host: RD Licensing Diagnoser, and TerminalServices-RemoteConnectionManager Admin at this time",
            "whether other clients fail in the same way",
        ],
        fix: &["what the log names; until then mstsc /admin takes an administrator in without a license"],
    },
    CauseRule {
        code: "license-exchange-broken",
        weigh: |facts| said(facts, &EXCHANGE),
        comes_and_goes: true,
        confirm: &[
            "whether mstsc gets further: what this program sends may be what the server does not take",
            "the same trace from the host's own network",
        ],
        fix: &[
            "where mstsc connects, report it with the JSON of this trace",
            "else mend what changes or cuts the stream in between",
        ],
    },
    CauseRule {
        code: "remote-connections-not-licensed",
        weigh: |facts| said(facts, &NOT_LICENSED),
        comes_and_goes: false,
        confirm: &["on the host: its edition and its activation (winver, slmgr /xpr)"],
        fix: &["activate the host, or use an edition that takes remote connections"],
    },
];

fn said(facts: &Facts<'_>, numbers: &Numbers) -> Option<Weighed> {
    let alert = coded(facts, FailureKind::LicenseError, numbers.alerts);
    let failure = alert.or_else(|| coded(facts, FailureKind::ErrorInfo, numbers.infos))?;
    Some(Weighed::likely(failure.detail.clone()))
}

/// What the row of a license error calls normal for somebody is no proof of a fault.
pub fn gated(weighed: Weighed, code: Option<i64>) -> Weighed {
    let row = code.and_then(|code| codes::LICENSE_ERROR.find(u32::try_from(code).ok()?));
    match row.filter(|row| row.hint.contains("normal for")) {
        Some(row) => {
            Weighed { likelihood: Likelihood::Likely, ..weighed }.but(Some(format!("it is {}", row.hint)))
        }
        None => weighed,
    }
}
