//! What is wrong with the gateway's certificate, which mstsc does not let anybody pass over.

use crate::{
    codes::Phase,
    diagnose::{Facts, Rule, certificate::days},
    report::{Certificate, FindingCode, Severity, Trust},
};

const fn rule(code: FindingCode, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity: Severity::Error, phase: Phase::Gateway, applies }
}

pub(crate) const RULES: &[Rule] = &[
    rule(FindingCode::GatewayCertificateExpired, expired),
    rule(FindingCode::GatewayCertificateNotYetValid, not_yet_valid),
    rule(FindingCode::GatewayCertificateNameMismatch, name_mismatch),
    rule(FindingCode::GatewayCertificateUntrusted, untrusted),
];

fn served<'a>(facts: &Facts<'a>) -> Option<(&'a str, &'a Certificate)> {
    let through = facts.through?;
    Some((through.host.as_str(), through.steps.tls.as_ref()?.evidence.certificate.as_ref()?))
}

fn expired(facts: &Facts<'_>) -> Option<String> {
    let (host, certificate) = served(facts)?;
    let late = (facts.started.0 - certificate.not_after.0).whole_days();
    let day = certificate.not_after.0.date();
    (certificate.not_after < facts.started)
        .then(|| format!("the certificate of the gateway {host} expired on {day}, {} ago", days(late)))
}

fn not_yet_valid(facts: &Facts<'_>) -> Option<String> {
    let (host, certificate) = served(facts)?;
    let day = certificate.not_before.0.date();
    (certificate.not_before > facts.started)
        .then(|| format!("the certificate of the gateway {host} becomes valid only on {day}"))
}

fn name_mismatch(facts: &Facts<'_>) -> Option<String> {
    let (host, certificate) = served(facts)?;
    let names = match certificate.names.as_slice() {
        [] => "no name".to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    (!certificate.name_matches).then(|| format!("the gateway's certificate is for {names}, not for {host}"))
}

fn untrusted(facts: &Facts<'_>) -> Option<String> {
    let (host, certificate) = served(facts)?;
    match certificate.trust {
        Trust::SelfSigned => Some(format!("the certificate of the gateway {host} is self-signed")),
        Trust::UnknownIssuer | Trust::Other => Some(format!(
            "the certificate of the gateway {host} is not trusted here: its issuer is {}",
            certificate.issuer
        )),
        Trust::Trusted | Trust::NotChecked => None,
    }
}
