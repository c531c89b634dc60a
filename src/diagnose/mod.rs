//! From a trace to a report: verdict and findings. Pure: the same trace gives the same report.

mod added;
mod again;
mod answered_by;
mod causes;
mod certificate;
mod client;
mod client_info;
mod credentials;
mod difference;
mod end_after_pause;
mod ending;
mod experiment_findings;
mod experiments;
mod facts;
mod gateway;
mod handshakes;
mod hellos;
mod kerberos;
mod local;
mod machine;
mod mstsc;
mod pace;
mod pages;
mod path;
mod posture;
mod proxy;
mod rdp_file;
mod rdp_file_signature;
mod redirection;
mod rejection;
mod restricted_admin;
mod seen_in;
mod server;
mod session;
mod tls;
mod udp;
mod verdict;
mod wanted;
mod watched;
mod working;

use std::collections::BTreeSet;

use crate::{
    codes::Phase,
    report::{CauseCode, Finding, FindingCode, Report, SCHEMA_VERSION, Severity, Tool, Trace},
};
pub(crate) use again::{Again, again};
use facts::Facts;
pub use pages::{page, paged};
pub(crate) use seen_in::seen_in;
pub(crate) use wanted::wanted;

/// One rule: what it is called, how much it matters, where it is seen, and the sentence when it applies.
struct Rule {
    code: FindingCode,
    severity: Severity,
    phase: Phase,
    applies: fn(&Facts<'_>) -> Option<String>,
}

impl Rule {
    const fn new(
        code: FindingCode,
        severity: Severity,
        phase: Phase,
        applies: fn(&Facts<'_>) -> Option<String>,
    ) -> Self {
        Self { code, severity, phase, applies }
    }
}

/// Every rule, one slice a topic.
const RULES: &[&[Rule]] = &[
    certificate::RULES,
    server::RULES,
    posture::RULES,
    credentials::RULES,
    client_info::RULES,
    kerberos::RULES,
    restricted_admin::RULES,
    session::RULES,
    tls::RULES,
    experiment_findings::RULES,
    gateway::CERTIFICATE_RULES,
    gateway::RULES,
    added::RULES,
    rdp_file::RULES,
    rdp_file_signature::RULES,
    redirection::RULES,
    udp::RULES,
    watched::RULES,
    client::RULES,
    path::RULES,
    machine::RULES,
];

/// The code of every finding and every cause that a report can hold; where both are the same it comes twice.
pub fn emitted() -> impl Iterator<Item = &'static str> {
    FindingCode::ALL.iter().map(|code| code.as_str()).chain(hypotheses())
}

/// The code of every cause that a report can hold.
pub fn hypotheses() -> impl Iterator<Item = &'static str> {
    CauseCode::ALL.iter().map(|code| code.as_str())
}

/// Judges a trace.
pub fn diagnose(trace: Trace) -> Report {
    let facts = Facts::of(&trace);
    let mut findings = findings(&facts);
    let mut said = BTreeSet::new();
    findings.retain(|finding| said.insert(finding.code.clone()));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let verdict = match (&trace.target, &trace.machine) {
        (None, Some(machine)) => local::verdict(machine, &trace.local),
        _ => machine::told(verdict::verdict(&facts), &facts, &findings),
    };
    // The server of whoever listens is this program's own, and says nothing of the client.
    let listens = trace.request.listen;
    let causes = if listens { Vec::new() } else { causes::causes(&facts) };
    let certificate = facts.certificate.filter(|_| !listens).cloned();
    let posture = facts.posture.clone();
    let answered_by = facts.answered_by.clone();
    let working = working::working(&facts, &verdict);
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        trace,
        verdict,
        certificate,
        findings,
        causes,
        posture,
        answered_by,
        working,
        promises: Vec::new(),
    }
}

fn findings(facts: &Facts<'_>) -> Vec<Finding> {
    let of = |rules: &[Rule]| rules.iter().filter_map(|rule| finding(rule, facts)).collect::<Vec<_>>();
    if facts.trace.request.listen {
        return of(client::RULES);
    }
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rules| of(rules)).collect();
    findings.extend(ending::finding(facts, &findings));
    findings.extend(path::host_slow(facts));
    findings
}

fn finding(rule: &Rule, facts: &Facts<'_>) -> Option<Finding> {
    let message = (rule.applies)(facts)?;
    let checks = machine::checks_of_finding(rule.code, facts);
    let code = rule.code.into();
    Some(Finding { code, severity: rule.severity, phase: Some(rule.phase), message, checks, decision: None })
}
