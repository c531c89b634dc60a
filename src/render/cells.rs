//! Small pieces of text that several parts of a page need.

use std::time::Duration;

use time::{Date, Duration as Span};

use crate::report::{Certificate, Failure, Millis, Timestamp, Trust};

/// Milliseconds, or seconds from ten thousand on, in ten columns.
pub fn duration(millis: Millis) -> String {
    if millis.0 < 10_000.0 {
        format!("{:>7.1} ms", millis.0)
    } else {
        format!("{:>8.1} s", Duration::from_secs_f64(millis.0 / 1000.0).as_secs_f64())
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

/// Kind, code and symbol of a failure, such as `nt_status 3221225581 (0xC000006D) STATUS_LOGON_FAILURE`.
pub fn failure(failure: &Failure) -> String {
    let code = failure.code.map(|code| match u32::try_from(code) {
        Ok(code) if code > 9 => format!(" {code} ({code:#X})"),
        _ => format!(" {code}"),
    });
    let name = failure.name.as_deref().map(|name| format!(" {name}"));
    format!("{}{}{}", failure.kind.name(), code.unwrap_or_default(), name.unwrap_or_default())
}

/// The RDP versions that announce this number (MS-RDPBCGR 2.2.1.4.2).
pub fn rdp_version(code: u32) -> String {
    let name = match code {
        0x0008_0001 => "RDP 4.0",
        0x0008_0004 => "RDP 5.0 to 8.1",
        0x0008_0005 => "RDP 10.0",
        0x0008_0006..=0x0008_0011 => return format!("RDP 10.{}", code - 0x0008_0005),
        _ => return format!("RDP version {code:#x}"),
    };
    name.to_owned()
}
