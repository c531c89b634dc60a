//! What a verdict adds where the server answers well and the machine that was checked shows a fault.

use super::{RULES, listed, machine, this, wrong};
use crate::{
    codes::Phase,
    diagnose::Facts,
    report::{Finding, FindingCode, Outcome, Role, Severity, Verdict},
};

/// A trace that ended before it has not shown how the server answers.
const ANSWERED: Phase = Phase::Negotiate;

/// The verdict, with the machine's part in it.
pub(crate) fn told(verdict: Verdict, facts: &Facts<'_>, findings: &[Finding]) -> Verdict {
    match addition(&verdict, facts, findings) {
        Some(text) => Verdict { summary: format!("{}; {text}", verdict.summary), ..verdict },
        None => verdict,
    }
}

fn addition(verdict: &Verdict, facts: &Facts<'_>, findings: &[Finding]) -> Option<String> {
    let machine = machine(facts).filter(|_| answers_well(verdict, facts, findings))?;
    let own = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut see: Vec<&str> = own.map(|finding| finding.code.as_str()).collect();
    for check in wrong(facts, Role::Client) {
        let teller = findings.iter().find(|finding| finding.checks.contains(&check.code));
        let code = teller.map_or(check.code.as_str(), |finding| finding.code.as_str());
        if !see.contains(&code) {
            see.push(code);
        }
    }
    let so_far = if verdict.outcome == Outcome::Stopped { "so far " } else { "" };
    let this = this(machine);
    if !see.is_empty() {
        return Some(format!(
            "{so_far}the server answers well, what is wrong is on {this}: see {}",
            listed(&see)
        ));
    }
    let failed = findings.iter().any(|finding| finding.code == FindingCode::ClientLogFailed);
    failed.then(|| {
        format!(
            "{so_far}the server answers well, so what ended the last attempt of mstsc comes and goes or is on {this}"
        )
    })
}

/// Whether nothing but what this machine adds is wrong.
fn answers_well(verdict: &Verdict, facts: &Facts<'_>, findings: &[Finding]) -> bool {
    let own = |finding: &Finding| RULES.iter().any(|rule| finding.code == rule.code);
    let wrong = findings.iter().any(|finding| finding.severity == Severity::Error && !own(finding));
    let answered = verdict.reached.is_some_and(|reached| reached >= ANSWERED);
    verdict.outcome != Outcome::Aborted && answered && facts.posture.is_none() && !wrong
}
