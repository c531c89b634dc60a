//! Small pieces of text that several parts of a page need.

use time::{Date, Duration as Span};

use crate::{
    plain,
    report::{
        Certificate, EncryptionKey, Failure, FailureKind, INTERRUPTED, Likelihood, Millis, Outcome,
        RdsaadEvidence, RdstlsEvidence, Report, Severity, Status, Timestamp, Trust,
    },
};

/// What stands in these columns where nothing was done.
pub(super) const NO_TIME: &str = "         -";

/// Milliseconds, or seconds from ten thousand on, in ten columns.
pub(super) fn duration(millis: Millis) -> String {
    if millis.0 < 10_000.0 {
        format!("{:>7.1} ms", millis.0)
    } else {
        format!("{:>8.1} s", millis.0 / 1000.0)
    }
}

/// The day of a moment, UTC.
pub(super) fn day(moment: Timestamp) -> Date {
    moment.0.date()
}

/// Validity with what it means now.
pub(super) fn validity(certificate: &Certificate, now: Timestamp) -> String {
    let range = format!("{} to {}", day(certificate.not_before), day(certificate.not_after));
    if now < certificate.not_before {
        return format!("{range}: not valid yet");
    }
    let left = certificate.not_after.0 - now.0;
    match left.whole_days() {
        _ if left.is_negative() => format!("{range}: expired {} ago", span(-left)),
        _ => format!("{range}: {} left", span(left)),
    }
}

/// Days, or hours when there are fewer than three days.
fn span(span: Span) -> String {
    if span < Span::days(3) {
        format!("{} h", span.whole_hours())
    } else {
        format!("{} days", span.whole_days())
    }
}

/// The first names, and how many more there are.
pub(super) fn names(names: &[String]) -> String {
    let shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(5) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Method and level of Standard RDP Security (MS-RDPBCGR 2.2.1.4.3), with their numbers.
pub(super) fn encryption(method: u32, level: u32) -> String {
    let name = match method {
        0x00 => "no encryption",
        0x01 => "RC4 40 bit",
        0x02 => "RC4 128 bit",
        0x08 => "RC4 56 bit",
        0x10 => "FIPS",
        _ => "an unknown cipher",
    };
    let strength = match level {
        0 => "none",
        1 => "low",
        2 => "client compatible",
        3 => "high",
        4 => "FIPS",
        _ => "unknown",
    };
    format!("{name} (method {method}), level {strength} ({level})")
}

/// The server's key for Standard RDP Security: its kind and size, and what vouches for it.
pub(super) fn encryption_key(key: &EncryptionKey) -> String {
    let bits = key.bits.map_or_else(|| "unknown".to_owned(), |bits| bits.to_string());
    let vouched = match (key.signature_valid, &key.subject) {
        (Some(true), _) => ", signature right".to_owned(),
        (Some(false), _) => ", signature wrong".to_owned(),
        (None, Some(subject)) => {
            format!(", last of {}: {subject}", plain::plural(key.certificates as u64, "certificate"))
        }
        (None, None) => String::new(),
    };
    format!("{} key of {bits} bits{vouched}", key.kind)
}

/// Self-signed, or who issued it and whether that is trusted here.
pub(super) fn trust(certificate: &Certificate) -> String {
    let issuer = &certificate.issuer;
    match certificate.trust {
        Trust::SelfSigned => "self-signed".to_owned(),
        Trust::Trusted if certificate.self_signed => "self-signed, trusted here".to_owned(),
        Trust::Trusted => format!("issued by {issuer}, trusted here"),
        Trust::UnknownIssuer | Trust::Other => format!("issued by {issuer}, not trusted here"),
        Trust::NotChecked => {
            let why = certificate.trust_detail.as_deref().unwrap_or("no reason given");
            format!("issued by {issuer}, trust not checked: {why}")
        }
    }
}

/// Algorithm and size of the key, such as `RSA 2048`.
pub(super) fn key(certificate: &Certificate) -> String {
    let key = &certificate.key;
    let size = key.bits.map(|bits| format!(" {bits}")).unwrap_or_default();
    match key.algorithm.as_str() {
        "Ed25519" => "Ed25519".to_owned(),
        algorithm => format!("{algorithm}{size}"),
    }
}

/// Hex in groups of four digits, for bytes that are looked at.
pub(super) fn grouped(hex: &str) -> String {
    let groups: Vec<String> =
        hex.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(" ")
}

/// Kind, code and symbol of a failure, such as `nt_status 3221225581 (0xC000006D) STATUS_LOGON_FAILURE`.
pub(super) fn failure(failure: &Failure) -> String {
    let name = failure.name.as_deref().map(|name| format!(" {name}"));
    let code = match failure.kind {
        FailureKind::HttpStatus => failure.code.map_or_else(String::new, |code| format!(" {code}")),
        _ => code(failure.code),
    };
    format!("{}{code}{}", failure.kind.name(), name.unwrap_or_default())
}

/// A protocol's number after a space, in hex too from 10 on; nothing where there is none.
pub(super) fn code(code: Option<i64>) -> String {
    let shown = code.map(|code| match u32::try_from(code) {
        Ok(code) if code > 9 => format!(" {code} ({code:#X})"),
        _ => format!(" {code}"),
    });
    shown.unwrap_or_default()
}

/// The RDP versions that announce this number (MS-RDPBCGR 2.2.1.4.2).
pub(super) fn rdp_version(code: u32) -> String {
    let name = match code {
        0x0008_0001 => "RDP 4.0",
        0x0008_0004 => "RDP 5 or later",
        0x0008_0005 => "RDP 10.0",
        0x0008_0006..=0x0008_0011 => return format!("RDP 10.{}", code - 0x0008_0005),
        _ => return format!("RDP version {code:#x}"),
    };
    name.to_owned()
}

/// What a server says first with RDSTLS and RDS AAD Auth.
pub(super) fn first_words(rdstls: Option<RdstlsEvidence>, rdsaad: Option<RdsaadEvidence>) -> Option<String> {
    let versions = rdstls.map(|rdstls| format!("supportedVersions {:#06x}", rdstls.supported_versions));
    versions.or_else(|| rdsaad.map(|_| "sends a nonce for a token".to_owned()))
}

/// Whether the user gave the run up, so that it says nothing of the host.
pub(super) fn is_interrupted(report: &Report) -> bool {
    let last = report.trace.traced().last().and_then(|made| made.phases.summaries().pop());
    // That of an older program says so in its last phase alone.
    report.trace.interrupted || last.is_some_and(|last| last.stopped == Some(INTERRUPTED))
}

/// How sure a cause is, in one word.
pub(super) fn likelihood(likelihood: Likelihood) -> &'static str {
    match likelihood {
        Likelihood::Certain => "certain",
        Likelihood::Likely => "likely",
        Likelihood::Possible => "possible",
    }
}

/// The word in front of a verdict.
pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "PASSED",
        Outcome::Stopped => "STOPPED",
        Outcome::Aborted => "ABORTED",
    }
}

/// A severity as the report spells it.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// What leads the reason why a phase was not gone through, or was not seen.
pub(super) fn held(status: Status) -> &'static str {
    if status == Status::Unseen { "UNSEEN:" } else { "STOPPED:" }
}
