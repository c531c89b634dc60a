//! What mstsc would have shown: a table of how a phase ended; for the statuses of CredSSP that of the codes.
//!
//! No label is better than a wrong one: `verdict.mstsc` is null unless somebody has seen or published what mstsc
//! shows. A wrong gateway certificate has a label even if the trace passes, because mstsc goes no further.

use super::{Facts, facts::VULNERABLE, handshakes, kerberos, proxy, redirection, watched};
use crate::{
    codes::{
        self,
        Phase::{self, Activate, Connect, Credssp, Licensing, Mcs, Negotiate, Resolve, Tls},
        Protocols, SEC_E_UNSUPPORTED_FUNCTION,
    },
    report::{
        Confidence::{self, Documented, Inferred, Observed},
        ExperimentKind, Failure,
        FailureKind::{self, *},
        MstscLabel, Status,
    },
};

/// An ending and its label.
struct Row {
    phase: Phase,
    kinds: &'static [FailureKind],
    /// The failure's codes, first and last; none takes any and no code.
    codes: Option<(i64, i64)>,
    reason: u32,
    extended: Extended,
    text: &'static str,
    confidence: Confidence,
}

/// The extended reason.
#[derive(Clone, Copy)]
enum Extended {
    Is(u32),
    /// The number that the server sent.
    FromServer,
}

use Extended::{FromServer, Is};

/// disconnectReasonByServer, disconnectReasonConnectionTimedOut, disconnectReasonAtClientWinsockFDCLOSE.
const BY_SERVER: u32 = 0x3;
const TIMED_OUT: u32 = 0x108;
const SOCKET_CLOSED: u32 = 0x904;

const ENDED: &[FailureKind] = &[Closed, Reset];
const LOST: &str = "the connection to the computer was lost";
const LOST_OR_INTERNAL: &str = "the connection to the computer was lost, or an internal error without a code";
const NO_ANSWER: &str = "the computer did not answer in time";
/// disconnectReasonNoInfo: what stands in a box of its own has no number.
const NO_NUMBER: u32 = 0;
/// The words of these boxes, by which the table of texts knows them.
const ORACLE: &str = "CredSSP encryption oracle remediation";
const UNSUPPORTED: &str = "function requested is not supported";
const UNREACHED: &str = "the computer cannot be reached";
const ENDED_BY_SERVER: &str = "the computer ended the connection";

/// The first row that fits counts. Extended reason 7 is filled in by the client before the session is up.
const ROWS: &[Row] = &[
    row(Resolve, &[NotFound, Timeout, Unreachable], 0x104, "the computer's name was not found", Documented),
    row(Connect, &[Refused, Unreachable, Timeout], 0x204, UNREACHED, Documented),
    denied(row(Connect, &[Reset], SOCKET_CLOSED, LOST, Inferred)),
    denied(row(Negotiate, ENDED, SOCKET_CLOSED, LOST, Inferred)),
    row(Negotiate, &[Timeout], TIMED_OUT, NO_ANSWER, Observed),
    by_code(5, 5, row(Negotiate, &[NegotiationFailure], 0xB09, "the computer requires NLA", Observed)),
    denied(row(Tls, ENDED, SOCKET_CLOSED, LOST_OR_INTERNAL, Inferred)),
    denied(by_code(40, 40, row(Tls, &[TlsAlert], SOCKET_CLOSED, LOST_OR_INTERNAL, Inferred))),
    denied(by_code(70, 71, row(Tls, &[TlsAlert], SOCKET_CLOSED, LOST_OR_INTERNAL, Inferred))),
    denied(by_code(80, 80, row(Tls, &[TlsAlert], SOCKET_CLOSED, LOST_OR_INTERNAL, Inferred))),
    row(Tls, &[Timeout], TIMED_OUT, NO_ANSWER, Inferred),
    denied(row(Credssp, ENDED, SOCKET_CLOSED, LOST, Inferred)),
    denied(row(Credssp, &[TlsAlert], SOCKET_CLOSED, LOST_OR_INTERNAL, Inferred)),
    row(Credssp, &[Timeout], TIMED_OUT, NO_ANSWER, Inferred),
    Row {
        extended: Is(0x9),
        ..by_code(
            5,
            5,
            row(Credssp, &[EarlyAuthDenied], BY_SERVER, "the user may not log on remotely", Inferred),
        )
    },
    denied(row(Mcs, ENDED, SOCKET_CLOSED, LOST, Inferred)),
    denied(row(Mcs, &[TlsAlert], SOCKET_CLOSED, LOST_OR_INTERNAL, Inferred)),
    row(Mcs, &[McsResult, Disconnect], BY_SERVER, ENDED_BY_SERVER, Inferred),
    denied(row(Licensing, ENDED, SOCKET_CLOSED, LOST, Inferred)),
    denied(row(Licensing, &[TlsAlert], SOCKET_CLOSED, LOST_OR_INTERNAL, Inferred)),
    row(Licensing, &[Timeout], 0x908, "licensing did not end in time", Inferred),
    row(Licensing, &[Disconnect], BY_SERVER, ENDED_BY_SERVER, Inferred),
    Row {
        extended: Is(0x101),
        ..by_code(6, 6, row(Licensing, &[LicenseError], 0x808, "no license server is available", Inferred))
    },
    row(Licensing, &[LicenseError], 0x808, "licensing failed", Inferred),
    told(by_code(0x100, 0x10B, row(Licensing, &[ErrorInfo], BY_SERVER, "licensing failed", Documented))),
    told(by_code(0x400, 0x412, row(Licensing, &[ErrorInfo], BY_SERVER, ENDED_BY_SERVER, Inferred))),
    told(by_code(1, 26, row(Licensing, &[ErrorInfo], BY_SERVER, ENDED_BY_SERVER, Inferred))),
    row(Activate, ENDED, SOCKET_CLOSED, LOST, Inferred),
    row(Activate, &[TlsAlert], SOCKET_CLOSED, LOST_OR_INTERNAL, Inferred),
    row(Activate, &[Disconnect], BY_SERVER, ENDED_BY_SERVER, Inferred),
    told(by_code(0x100, 0x10B, row(Activate, &[ErrorInfo], BY_SERVER, "licensing failed", Documented))),
    told(by_code(0x400, 0x412, row(Activate, &[ErrorInfo], BY_SERVER, ENDED_BY_SERVER, Inferred))),
    told(by_code(0x10C9, 0x12FF, row(Activate, &[ErrorInfo], BY_SERVER, "a protocol error", Observed))),
    told(by_code(1, 26, row(Activate, &[ErrorInfo], BY_SERVER, ENDED_BY_SERVER, Inferred))),
];

const fn row(
    phase: Phase,
    kinds: &'static [FailureKind],
    reason: u32,
    text: &'static str,
    confidence: Confidence,
) -> Row {
    Row { phase, kinds, codes: None, reason, extended: Is(0), text, confidence }
}

const fn by_code(first: i64, last: i64, row: Row) -> Row {
    Row { codes: Some((first, last)), ..row }
}

/// exDiscReasonServerDeniedConnection.
const fn denied(row: Row) -> Row {
    Row { extended: Is(0x7), ..row }
}

const fn told(row: Row) -> Row {
    Row { extended: FromServer, ..row }
}

/// The label for what ended the trace; none where nobody knows it.
pub(super) fn label(facts: &Facts<'_>) -> Option<MstscLabel> {
    // A patched client refuses such a server, whatever the server goes on to do.
    if unpatched(facts) {
        return in_a_box(ORACLE);
    }
    let failed = facts.failed()?;
    let failure = failed.failure?;
    // In a session the host shows its own screen.
    if failure.kind == NtStatus && failed.phase == Phase::Activate {
        return None;
    }
    if failure.kind == NtStatus {
        return status(failure);
    }
    // What a proxy answers does not reach mstsc, which asks none on the direct way.
    if proxy::is_ended(facts) {
        return None;
    }
    // Where no KDC answers, mstsc goes on with NTLM.
    if kerberos::ended_at_kdc(facts).is_some() {
        return None;
    }
    // Through the gateway of its file mstsc never comes this way, or goes on the other one.
    if failed.phase <= Phase::Connect && facts.gateway().is_some() {
        return None;
    }
    // What mstsc says when it skips the negotiation nobody has written down.
    if facts.began_with_tls() && failed.phase == Phase::Tls {
        return None;
    }
    // What a client says that leaves its own side of the handshake out nobody knows.
    if facts.is_ungreeted() {
        return None;
    }
    // mstsc offers RDSTLS to a hop that expects the account of the redirection.
    if failed.phase == Negotiate && redirection::with_own_account(facts).is_some() {
        return None;
    }
    // Suites and versions that are refused to this program are not those that mstsc offers.
    if handshakes::legacy(facts).is_some() || handshakes::only_legacy_accepted(facts) || is_unasked(facts) {
        return None;
    }
    // mstsc offers NLA, so it is told so only where that offer was made here too and refused all the same.
    let nla_offered = facts.negotiate.is_some_and(|negotiate| negotiate.offered().has(Protocols::HYBRID));
    if nla_offered && failure.kind == NegotiationFailure {
        return None;
    }
    let row = ROWS.iter().find(|row| fits(row, failed.phase, failure))?;
    let (extended, text) = match row.extended {
        // What the path lost the computer never had to answer.
        Is(number) if row.text == NO_ANSWER && watched::drops_large_packets(facts).is_some() => {
            (i64::from(number), "no answer came in time")
        }
        Is(number) => (i64::from(number), row.text),
        FromServer => (failure.code?, meaning(failure.code?).unwrap_or(row.text)),
    };
    Some(MstscLabel {
        code: hex(i64::from(row.reason)),
        extended: hex(extended),
        text: text.to_owned(),
        confidence: row.confidence,
    })
}

/// What the server's own number means, as the client has it where it does.
fn meaning(code: i64) -> Option<&'static str> {
    let code = u32::try_from(code).ok()?;
    codes::EXTENDED.find(code).or_else(|| codes::ERROR_INFO.find(code)).map(|row| row.meaning)
}

/// Whether CredSSP ended before or at the account, with a server that has no update of 2018.
fn unpatched(facts: &Facts<'_>) -> bool {
    let old = facts.credssp.and_then(|credssp| credssp.version);
    let last = facts.last().filter(|last| last.phase == Credssp && last.status != Status::Passed);
    // The policy of the machine that was checked may let it connect all the same.
    if facts.trace.machine.as_ref().and_then(|machine| machine.encryption_oracle) == Some(VULNERABLE) {
        return false;
    }
    last.is_some_and(|last| last.failure.is_none_or(|failure| ENDED.contains(&failure.kind)))
        && old.is_some_and(|version| version < codes::FIRST_PATCHED_CREDSSP)
}

/// A text without a number, as the client shows it in a box of its own.
fn in_a_box(words: &str) -> Option<MstscLabel> {
    let row = codes::MESSAGE.rows().find(|row| row.symbol == words)?;
    Some(MstscLabel {
        code: hex(i64::from(NO_NUMBER)),
        extended: hex(0),
        text: format!("\"{}\": {}", row.symbol, row.meaning),
        confidence: Documented,
    })
}

/// Whether the server has found no suite in common, and no hello with the suites of mstsc was tried.
fn is_unasked(facts: &Facts<'_>) -> bool {
    let failure = facts.failed().filter(|failed| failed.phase == Tls).and_then(|failed| failed.failure);
    let disjoint =
        failure.is_some_and(|failure| failure.kind == TlsAlert && matches!(failure.code, Some(40 | 71)));
    disjoint && facts.experiment(ExperimentKind::LegacyHello).is_none()
}

fn fits(row: &Row, phase: Phase, failure: &Failure) -> bool {
    let in_range =
        |(first, last): (i64, i64)| failure.code.is_some_and(|code| (first..=last).contains(&code));
    row.phase == phase && row.kinds.contains(&failure.kind) && row.codes.is_none_or(in_range)
}

/// The table of statuses says which of them mstsc has a reason for.
fn status(failure: &Failure) -> Option<MstscLabel> {
    if failure.code == Some(SEC_E_UNSUPPORTED_FUNCTION) {
        // The box is documented for the policy of a client, and deduced for what a server sends.
        return in_a_box(UNSUPPORTED).map(|label| MstscLabel { confidence: Inferred, ..label });
    }
    let code = u32::try_from(failure.code?).ok()?;
    let row =
        codes::NTSTATUS.find(code).filter(|row| row.phases.split(',').any(|phase| phase == "credssp"))?;
    let reason = codes::DISCONNECT.find(row.mstsc?)?;
    Some(MstscLabel {
        code: hex(i64::from(row.mstsc?)),
        extended: hex(0),
        text: reason.meaning.to_owned(),
        confidence: Inferred,
    })
}

fn hex(number: i64) -> String {
    format!("0x{number:X}")
}
