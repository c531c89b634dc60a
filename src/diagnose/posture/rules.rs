//! Findings on what the server accepts when it is asked for it alone.

use crate::{
    codes::{FIRST_PATCHED_CREDSSP, Phase},
    diagnose::{Facts, Rule},
    report::{Answer, FindingCode, Nla, Posture, ProtocolPosture, Selected, Severity},
};

pub(crate) const RULES: &[Rule] = &[
    Rule::new(FindingCode::NlaNotRequired, Severity::Warning, Phase::Negotiate, nla_not_required),
    Rule::new(FindingCode::RdpSecurityAccepted, Severity::Warning, Phase::Negotiate, rdp_security_accepted),
    Rule::new(FindingCode::ProtocolNotRequested, Severity::Warning, Phase::Negotiate, protocol_not_requested),
    Rule::new(FindingCode::TlsLegacyOnly, Severity::Error, Phase::Tls, tls_legacy_only),
    Rule::new(FindingCode::TlsLegacyAccepted, Severity::Warning, Phase::Tls, tls_legacy_accepted),
    Rule::new(FindingCode::TlsWeakSuiteAccepted, Severity::Warning, Phase::Tls, tls_weak_suite_accepted),
    Rule::new(FindingCode::CredsspUnpatched, Severity::Error, Phase::Credssp, credssp_unpatched),
];

/// Where the main connection selected no NLA, its own rule has said so.
fn nla_not_required(facts: &Facts<'_>) -> Option<String> {
    let posture = facts.posture.as_ref()?;
    let selected = facts.selected().is_some_and(Selected::is_nla);
    let around = |one: &&ProtocolPosture| one.code < 2 && one.answer == Answer::Accepted;
    let around: Vec<&str> = posture.protocols.iter().filter(around).map(|one| one.protocol.name()).collect();
    let text = format!("NLA is offered and not required: without it {} is accepted", around.join(" or "));
    (posture.nla == Nla::Offered && selected).then_some(text)
}

/// A server that has nothing else is told by `standard-rdp-security`.
fn rdp_security_accepted(facts: &Facts<'_>) -> Option<String> {
    let posture = facts.posture.as_ref()?;
    let plain = posture.rdp_security.is_some_and(|security| security.method == 0);
    let what = if plain { "encrypts nothing" } else { "its encryption is broken" };
    let over_tls = facts.selected().is_some_and(|selected| selected != Selected::Rdp);
    let accepted = |one: &&ProtocolPosture| one.code == 0 && one.answer == Answer::Accepted;
    posture.protocols.iter().find(accepted).filter(|_| over_tls).map(|_| {
        format!("the server has TLS, but a client that asks for Standard RDP Security gets it: it proves no identity and {what}")
    })
}

fn protocol_not_requested(facts: &Facts<'_>) -> Option<String> {
    let posture = facts.posture.as_ref()?;
    let others = posture.protocols.iter().filter_map(|one| {
        let selected = one.selected_code.filter(|selected| *selected != one.code)?;
        let name = Selected::from_code(selected).name();
        Some(format!("{} alone is answered with {name} ({selected})", one.protocol.name()))
    });
    let others: Vec<String> = others.collect();
    (!others.is_empty()).then(|| format!("the server selects what was not offered: {}", others.join(", ")))
}

fn tls_legacy_only(facts: &Facts<'_>) -> Option<String> {
    let posture = facts.posture.as_ref()?;
    let refuses = |version: &str| versions(posture, Answer::Refused).any(|refused| refused == version);
    let old = legacy(posture).filter(|_| ["TLSv1.2", "TLSv1.3"].into_iter().all(refuses))?;
    Some(format!(
        "the server accepts {old} only, which RFC 8996 forbids: clients that still allow it connect, rdptrace does not speak it"
    ))
}

/// A server that has nothing else is told by `tls-legacy-only`.
fn tls_legacy_accepted(facts: &Facts<'_>) -> Option<String> {
    let old = legacy(facts.posture.as_ref()?).filter(|_| tls_legacy_only(facts).is_none())?;
    Some(format!("the server accepts {old}, which RFC 8996 forbids"))
}

fn legacy(posture: &Posture) -> Option<String> {
    let old = |version: &&str| matches!(*version, "TLSv1.0" | "TLSv1.1");
    let accepted: Vec<&str> = versions(posture, Answer::Accepted).filter(old).collect();
    (!accepted.is_empty()).then(|| accepted.join(" and "))
}

fn versions(posture: &Posture, answer: Answer) -> impl Iterator<Item = &str> {
    posture.tls.iter().filter(move |tls| tls.answer == answer).map(|tls| tls.version.as_str())
}

fn tls_weak_suite_accepted(facts: &Facts<'_>) -> Option<String> {
    let suites = facts.posture.as_ref()?.tls.iter().flat_map(|tls| &tls.accepted);
    let mut weak: Vec<&str> = suites
        .map(String::as_str)
        .filter(|suite| suite.contains("_RC4_") || suite.contains("_3DES_"))
        .collect();
    weak.sort_unstable();
    weak.dedup();
    (!weak.is_empty()).then(|| format!("the server accepts {}", weak.join(", ")))
}

/// Where the main connection met CredSSP, its own rule has said so.
fn credssp_unpatched(facts: &Facts<'_>) -> Option<String> {
    let version = facts.posture.as_ref()?.credssp.version;
    let version = version.filter(|version| *version < FIRST_PATCHED_CREDSSP)?;
    let told = facts.credssp.is_some_and(|credssp| credssp.version.is_some());
    (!told).then(|| format!("the server speaks CredSSP version {version}, which is open to CVE-2018-0886"))
}
