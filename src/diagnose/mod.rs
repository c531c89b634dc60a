//! From a trace to a report: verdict and findings. Pure: the same trace gives the same report.

mod accepted;
mod certificate;
mod credentials;
mod ending;
mod experiments;
mod facts;
mod posture;
mod session;
mod verdict;
mod wanted;

use crate::{
    codes::Phase,
    report::{Finding, Report, SCHEMA_VERSION, Severity, Tool, Trace},
};
use facts::Facts;
pub use wanted::wanted;

/// One rule: what it is called, how much it matters, where it is seen, and the sentence when it applies.
struct Rule {
    code: &'static str,
    severity: Severity,
    phase: Phase,
    applies: fn(&Facts<'_>) -> Option<String>,
}

/// Every rule, one slice a topic.
const RULES: &[&[Rule]] =
    &[certificate::RULES, posture::RULES, accepted::RULES, credentials::RULES, session::RULES];

/// Judges a trace.
pub fn diagnose(trace: Trace) -> Report {
    let facts = Facts::of(&trace);
    let mut findings: Vec<Finding> =
        RULES.iter().copied().flatten().filter_map(|rule| finding(rule, &facts)).collect();
    findings.extend(ending::finding(&facts, &findings));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let verdict = verdict::verdict(&facts);
    let certificate = facts.certificate.cloned();
    let posture = facts.posture.clone();
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        trace,
        verdict,
        certificate,
        findings,
        causes: Vec::new(),
        posture,
        local: Vec::new(),
    }
}

fn finding(rule: &Rule, facts: &Facts<'_>) -> Option<Finding> {
    let message = (rule.applies)(facts)?;
    Some(Finding { code: rule.code.to_owned(), severity: rule.severity, phase: Some(rule.phase), message })
}
