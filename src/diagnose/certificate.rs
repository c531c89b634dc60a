//! What is wrong with the certificate.

use std::ptr;

use time::{Date, OffsetDateTime};

use super::{Facts, Rule};
use crate::{
    codes::Phase,
    plain::plural,
    report::{
        Certificate, Connection, FindingCode, PublicKey, Purpose, Severity, Status, Thumbprints, Trust,
    },
};

/// Days in which whoever renews certificates by hand still has the time to do it, unless others are asked for.
const SOON_DAYS: u32 = 14;

const fn rule(code: FindingCode, severity: Severity, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity, phase: Phase::Tls, applies }
}

pub(super) const RULES: &[Rule] = &[
    rule(FindingCode::CertificateExpired, Severity::Error, expired),
    rule(FindingCode::CertificateNotYetValid, Severity::Error, not_yet_valid),
    rule(FindingCode::CertificateWrongUsage, Severity::Error, wrong_usage),
    rule(FindingCode::CertificateThumbprintMismatch, Severity::Error, thumbprint),
    rule(FindingCode::CertificateUnreadable, Severity::Error, unreadable),
    rule(FindingCode::CertificateNameMismatch, Severity::Warning, given_name),
    rule(FindingCode::CertificateExpiresSoon, Severity::Warning, expires_soon),
    rule(FindingCode::CertificateUntrusted, Severity::Warning, untrusted),
    rule(FindingCode::CertificateWeakKey, Severity::Warning, weak_key),
    rule(FindingCode::CertificateWeakSignature, Severity::Warning, weak_signature),
    rule(FindingCode::CertificateNameMismatch, Severity::Info, unknown_name),
    rule(FindingCode::CertificateSelfSigned, Severity::Info, self_signed),
];

fn expired(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate?;
    let late = (facts.started.0 - certificate.not_after.0).whole_days();
    let text = format!("the certificate expired on {}, {} ago", date(certificate.not_after.0), days(late));
    (certificate.not_after < facts.started).then_some(text)
}

/// So many days.
pub(super) fn days(count: i64) -> String {
    plural(count.unsigned_abs(), "day")
}

fn expires_soon(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate?;
    let left = certificate.not_after.0 - facts.started.0;
    let days = facts.request.expiry_days.unwrap_or(SOON_DAYS);
    let soon = left >= time::Duration::ZERO && left < time::Duration::days(days.into());
    soon.then(|| {
        format!(
            "the certificate expires on {}, in {}",
            date(certificate.not_after.0),
            plural(left.whole_hours().unsigned_abs(), "hour")
        )
    })
}

fn not_yet_valid(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate?;
    let text = format!("the certificate becomes valid only on {}", date(certificate.not_before.0));
    (certificate.not_before > facts.started).then_some(text)
}

fn date(moment: OffsetDateTime) -> Date {
    moment.date()
}

fn wrong_usage(facts: &Facts<'_>) -> Option<String> {
    let usage = &facts.certificate?.usage;
    let allowed = usage.server_authentication || usage.remote_desktop;
    (!allowed).then(|| {
        let usages: Vec<&str> = usage.extended.iter().map(|oid| usage_name(oid)).collect();
        let usages = usages.join(", ");
        format!(
            "the certificate may serve neither as a server's nor for Remote Desktop: its usages are {usages}"
        )
    })
}

/// It is the target's: hosts that a redirection calls by another name have certificates of their own, and are held to it only
/// where the account was to be used.
fn thumbprint(facts: &Facts<'_>) -> Option<String> {
    let expected = facts.request.expected_thumbprint.as_deref()?;
    let held = |made: &&Connection| is_target(facts, made) || is_for_account(facts, made);
    let named: Vec<&Connection> = facts.trace.traced().filter(held).collect();
    // Where the last one is of the target, an experiment may have seen more than it did.
    let described = facts.described;
    let ends_there = named.last().zip(described).is_some_and(|(last, made)| ptr::eq(*last, made));
    let last = facts.thumbprints.filter(|_| ends_there).map(|prints| (described, prints));
    let before = named.iter().filter(|made| described.is_some_and(|last| !ptr::eq(**made, last)));
    let served = before.filter_map(|made| Some((Some(*made), prints(made)?))).chain(last);
    let served: Vec<_> = served.map(|(made, prints)| (made, of_length(prints, expected.len()))).collect();
    if let Some((made, other)) = served.iter().find(|(_, print)| *print != expected) {
        let hop = match made.map(|made| (&made.purpose, &made.hop)) {
            Some((Purpose::Hop(number), Some(hop))) => format!(" by hop {number}, {hop}"),
            _ => String::new(),
        };
        return Some(format!("thumbprint {other} is served{hop}, {expected} was expected"));
    }
    // A connection that ended before TLS says so itself.
    let ended_early = ends_there && facts.failed().is_some_and(|failed| failed.phase <= Phase::Tls);
    (served.is_empty() && !ended_early).then(|| format!("no certificate was served, {expected} was expected"))
}

fn is_target(facts: &Facts<'_>, made: &Connection) -> bool {
    let target = facts.trace.target.as_ref().map(|target| &target.server_name);
    made.hop.as_ref().is_none_or(|hop| target.is_some_and(|name| name.eq_ignore_ascii_case(&hop.server_name)))
}

/// Whether the account came as far as this and was held back by the pin alone.
fn is_for_account(facts: &Facts<'_>, made: &Connection) -> bool {
    let follows = facts.request.account && facts.request.follow_with_account;
    let own = made.hop.as_ref().is_some_and(|hop| hop.own_account);
    let credssp = made.phases.credssp.as_ref();
    follows
        && !own
        && credssp.is_some_and(|record| record.status == Status::Stopped && !record.evidence.attempted)
}

fn prints(made: &Connection) -> Option<&Thumbprints> {
    made.phases.tls.as_ref()?.evidence.thumbprints.as_ref()
}

fn of_length(prints: &Thumbprints, length: usize) -> &str {
    if length == prints.sha1.len() { &prints.sha1 } else { &prints.sha256 }
}

fn unreadable(facts: &Facts<'_>) -> Option<String> {
    let text = "the certificate cannot be read, so nothing in it was checked";
    (facts.thumbprints.is_some() && facts.certificate.is_none()).then(|| text.to_owned())
}

fn usage_name(oid: &str) -> &str {
    match oid {
        "1.3.6.1.5.5.7.3.2" => "client authentication",
        "1.3.6.1.5.5.7.3.3" => "code signing",
        "1.3.6.1.5.5.7.3.4" => "e-mail protection",
        "1.3.6.1.5.5.7.3.8" => "time stamping",
        "1.3.6.1.5.5.7.3.9" => "OCSP signing",
        other => other,
    }
}

fn given_name(facts: &Facts<'_>) -> Option<String> {
    other_name(facts).filter(|_| facts.is_name_given())
}

/// For an address nobody gave a name to compare, so the mismatch is only worth knowing.
fn unknown_name(facts: &Facts<'_>) -> Option<String> {
    other_name(facts).filter(|_| !facts.is_name_given())
}

fn other_name(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate.filter(|certificate| !certificate.name_matches)?;
    Some(format!("the certificate is for {}, not for {}", names(certificate), facts.server_name))
}

fn names(certificate: &Certificate) -> String {
    match certificate.names.as_slice() {
        [] => "no name".to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}

fn untrusted(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate?;
    let issuer = &certificate.issuer;
    match certificate.trust {
        Trust::UnknownIssuer => Some(format!("the issuer {issuer} leads to no root that is trusted here")),
        Trust::Other => {
            let why = certificate.trust_detail.as_deref().unwrap_or("no reason given");
            Some(format!("the chain of {issuer} is not trusted here: {why}"))
        }
        _ => None,
    }
}

fn weak_key(facts: &Facts<'_>) -> Option<String> {
    let key = &facts.certificate?.key;
    let bits = key.bits.filter(|bits| key.algorithm == "RSA" && *bits < PublicKey::SMALLEST_RSA)?;
    Some(format!("the certificate's RSA key has {bits} bits, fewer than {}", PublicKey::SMALLEST_RSA))
}

fn weak_signature(facts: &Facts<'_>) -> Option<String> {
    let signature = &facts.certificate?.signature;
    let digest = signature.digest.as_deref().filter(|digest| matches!(*digest, "SHA-1" | "MD5" | "MD2"))?;
    Some(format!("the certificate is signed with {digest}"))
}

fn self_signed(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate?;
    let text = "the certificate is self-signed: clients warn unless they know it";
    (certificate.trust == Trust::SelfSigned).then(|| text.to_owned())
}
