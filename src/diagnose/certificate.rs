//! What is wrong with the certificate.

use time::{Date, OffsetDateTime};

use super::{Facts, Rule};
use crate::{
    certificate::SMALLEST_RSA,
    codes::Phase,
    report::{Certificate, Severity, Trust},
};

/// Whoever renews certificates by hand still has the time to do it.
const SOON: time::Duration = time::Duration::days(14);

const fn rule(code: &'static str, severity: Severity, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity, phase: Phase::Tls, applies }
}

pub const RULES: &[Rule] = &[
    rule("certificate-expired", Severity::Error, expired),
    rule("certificate-not-yet-valid", Severity::Error, not_yet_valid),
    rule("certificate-wrong-usage", Severity::Error, wrong_usage),
    rule("certificate-thumbprint-mismatch", Severity::Error, thumbprint),
    rule("certificate-unreadable", Severity::Error, unreadable),
    rule("certificate-name-mismatch", Severity::Warning, |facts| name(facts, true)),
    rule("certificate-untrusted", Severity::Warning, untrusted),
    rule("certificate-weak-key", Severity::Warning, weak_key),
    rule("certificate-weak-signature", Severity::Warning, weak_signature),
    rule("certificate-name-mismatch", Severity::Info, |facts| name(facts, false)),
    rule("certificate-expires-soon", Severity::Info, expires_soon),
    rule("certificate-self-signed", Severity::Info, self_signed),
];

fn expired(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate?;
    let late = (facts.started.0 - certificate.not_after.0).whole_days();
    let text = format!("the certificate expired on {}, {late} days ago", date(certificate.not_after.0));
    (certificate.not_after < facts.started).then_some(text)
}

fn expires_soon(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate?;
    let left = certificate.not_after.0 - facts.started.0;
    let soon = left >= time::Duration::ZERO && left < SOON;
    soon.then(|| {
        format!(
            "the certificate expires on {}, in {} hours",
            date(certificate.not_after.0),
            left.whole_hours()
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

fn thumbprint(facts: &Facts<'_>) -> Option<String> {
    let expected = facts.request.expected_thumbprint.as_deref()?;
    let Some(served) = facts.thumbprints else {
        // A connection that ended before TLS says so itself.
        let ended_early = facts.failed().is_some_and(|failed| failed.phase <= Phase::Tls);
        return (!ended_early).then(|| format!("no certificate was served, {expected} was expected"));
    };
    let served = if expected.len() == served.sha1.len() { &served.sha1 } else { &served.sha256 };
    (served != expected).then(|| format!("thumbprint {served} is served, {expected} was expected"))
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

/// For an address nobody gave a name to compare; then the mismatch is only worth knowing.
fn name(facts: &Facts<'_>, given: bool) -> Option<String> {
    let certificate = facts.certificate?;
    let wrong = !certificate.name_matches && facts.is_name_given() == given;
    wrong.then(|| format!("the certificate is for {}, not for {}", names(certificate), facts.server_name))
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
    let bits = key.bits.filter(|bits| key.algorithm == "RSA" && *bits < SMALLEST_RSA)?;
    Some(format!("the certificate's RSA key has {bits} bits, fewer than {SMALLEST_RSA}"))
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
