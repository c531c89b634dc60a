//! What the experiments of the handshake showed of versions, suites, size and name.

use super::{
    Facts, Rule,
    difference::{Difference, difference, sent},
    handshakes::legacy,
};
use crate::{
    codes::Phase,
    report::{ExperimentKind, FindingCode, Severity},
};

const fn rule(code: FindingCode, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity: Severity::Error, phase: Phase::Tls, applies }
}

pub(super) const RULES: &[Rule] = &[
    rule(FindingCode::TlsLegacyOnly, legacy_only),
    rule(FindingCode::TlsNoCommonSuite, no_common_suite),
    rule(FindingCode::TlsVersionIntolerant, version_intolerant),
    rule(FindingCode::TlsLargeHelloDropped, large_hello_dropped),
    rule(FindingCode::TlsNameRefused, name_refused),
    rule(FindingCode::TlsHelloRefused, hello_refused),
    Rule::new(FindingCode::TlsOldSuites, Severity::Warning, Phase::Tls, old_suites),
    Rule::new(
        FindingCode::TlsClientCertificateRequested,
        Severity::Warning,
        Phase::Tls,
        client_certificate_requested,
    ),
];

/// With TLS 1.3 a server refuses a client without one only after the handshake.
fn client_certificate_requested(facts: &Facts<'_>) -> Option<String> {
    let asked = facts.tls?.client_certificate_requested && facts.failed().is_none();
    let text =
        "the server asks for a client certificate, which was not sent: it may refuse after the handshake";
    asked.then(|| text.to_owned())
}

fn legacy_only(facts: &Facts<'_>) -> Option<String> {
    let answer = legacy(facts).filter(|answer| answer.is_old && failed(facts))?;
    Some(format!("only old TLS is accepted: {}", answer.limit()))
}

fn no_common_suite(facts: &Facts<'_>) -> Option<String> {
    let answer = legacy(facts).filter(|answer| !answer.is_old && failed(facts))?;
    Some(format!("no current cipher suite is accepted: {}", answer.limit()))
}

/// The first hello of a server that takes none of its suites was refused.
fn old_suites(facts: &Facts<'_>) -> Option<String> {
    let tls = facts.tls.filter(|tls| tls.has_old_suite())?;
    let suite = tls.cipher_suite.as_deref()?;
    Some(format!(
        "no ClientHello with current cipher suites alone is accepted; with older ones beside them the server selects {suite}"
    ))
}

fn version_intolerant(facts: &Facts<'_>) -> Option<String> {
    let text = format!(
        "a ClientHello that stops at TLS 1.2 is answered, one that offers TLS 1.3 is not ({}): a box on the path or \
         an old stack",
        kind(facts)?
    );
    (failed(facts) && difference(facts)? == Difference::Version).then_some(text)
}

/// Also where the usual hello passes: then only a longer one is lost.
fn large_hello_dropped(facts: &Facts<'_>) -> Option<String> {
    let (small, large) = (sent(facts, ExperimentKind::SmallHello)?, sent(facts, ExperimentKind::LargeHello)?);
    let answered = |kind| facts.answers(kind, Phase::Tls);
    let lost = answered(ExperimentKind::SmallHello).zip(answered(ExperimentKind::LargeHello));
    if is_refused(facts) && lost == Some((true, false)) && facts.intermittent().is_none() {
        return Some(format!(
            "whatever is said of the shorter ones, a ClientHello of {large} B is not answered: the path or a box on it, or the server's own TLS"
        ));
    }
    let also = failed(facts) && !facts.is_hello_answered();
    let lost = if also { facts.tls?.bytes_sent.min(large) } else { large };
    let text = format!(
        "a ClientHello of {small} B is answered, one of {lost} B is not: the path or a box on it, or the server's own TLS"
    );
    (difference(facts)? == Difference::Size && !is_refused(facts)).then_some(text)
}

/// Who answers with an alert has read it.
fn is_refused(facts: &Facts<'_>) -> bool {
    failed(facts) && facts.is_hello_answered()
}

fn hello_refused(facts: &Facts<'_>) -> Option<String> {
    let difference = difference(facts).filter(|_| failed(facts))?;
    let (shown, traced, kind) = (sent(facts, difference.shown_by())?, facts.tls?.bytes_sent, kind(facts)?);
    let (taken, other) = match difference {
        Difference::Size if is_refused(facts) => {
            (format!("a ClientHello of {shown} B"), format!("one of {traced} B"))
        }
        Difference::Shortness => (format!("a ClientHello of {shown} B"), format!("one of {traced} B")),
        Difference::OldVersion => {
            ("a ClientHello of TLS 1.3 alone".to_owned(), "one that offers TLS 1.2 too".to_owned())
        }
        Difference::Content(_) => {
            (format!("the ClientHello of {}", difference.shown_by()), "the usual one".to_owned())
        }
        Difference::Size | Difference::Version | Difference::Name => return None,
    };
    Some(format!("{taken} is accepted, {other} is not ({kind}): a box on the path or the server's own TLS"))
}

fn name_refused(facts: &Facts<'_>) -> Option<String> {
    let name = facts.tls?.sni.as_deref()?;
    let text = format!("a ClientHello without a server name is answered, one that names {name} is not");
    (failed(facts) && difference(facts)? == Difference::Name).then_some(text)
}

fn failed(facts: &Facts<'_>) -> bool {
    facts.failed().is_some_and(|failed| failed.phase == Phase::Tls)
}

fn kind(facts: &Facts<'_>) -> Option<&'static str> {
    Some(facts.failed()?.failure?.kind.name())
}
