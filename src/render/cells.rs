//! Small pieces of text that several parts of a page need.

use std::time::Duration;

use time::{Date, Duration as Span};

use crate::report::{Certificate, Millis, Timestamp, Trust};

/// Milliseconds, or seconds from ten thousand on, in eleven columns.
pub fn duration(millis: Millis) -> String {
    if millis.0 < 10_000.0 {
        format!("{:>8.1} ms", millis.0)
    } else {
        format!("{:>9.1} s", Duration::from_secs_f64(millis.0 / 1000.0).as_secs_f64())
    }
}

/// The day of a moment, UTC.
pub fn day(moment: Timestamp) -> Date {
    moment.0.date()
}

/// Validity with what it means now.
pub fn validity(certificate: &Certificate, now: Timestamp) -> String {
    let range = format!("{} to {}", day(certificate.not_before), day(certificate.not_after));
    let days = |span: Span| span.whole_days();
    if now < certificate.not_before {
        return format!("{range}: not valid for another {} days", days(certificate.not_before.0 - now.0));
    }
    if now > certificate.not_after {
        return format!("{range}: expired {} days ago", days(now.0 - certificate.not_after.0));
    }
    format!("{range}: {} days left", days(certificate.not_after.0 - now.0))
}

/// Self-signed, or who issued it and whether that is trusted here.
pub fn trust(certificate: &Certificate) -> String {
    let issuer = &certificate.issuer;
    match certificate.trust {
        Trust::SelfSigned => "self-signed".to_owned(),
        Trust::Trusted if certificate.self_signed => "self-signed, trusted here".to_owned(),
        Trust::Trusted => format!("issued by {issuer}, trusted here"),
        Trust::UnknownIssuer | Trust::Other => format!("issued by {issuer}, not trusted here"),
        Trust::NotChecked => format!("issued by {issuer}, trust not checked"),
    }
}

/// Algorithm and size of the key, such as `RSA 2048`.
pub fn key(certificate: &Certificate) -> String {
    let key = &certificate.key;
    let size = key.bits.map(|bits| format!(" {bits}")).unwrap_or_default();
    format!("{}{size}", key.algorithm)
}

/// A thumbprint in groups of four digits.
pub fn grouped(thumbprint: &str) -> String {
    let groups: Vec<String> =
        thumbprint.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(" ")
}
