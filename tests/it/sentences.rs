//! What a trace of each fault says in words: the summary, the findings, and the causes with what speaks for and against them.

use rdptrace::{
    Report,
    internal::demo::{FAULTS, gateway},
};

use crate::{
    demo_gateway::Lab,
    faults::told_of,
    scenarios::{filters, page},
};

/// A line each.
fn sentences(report: &Report) -> String {
    let mut lines = vec![format!("  {}", report.verdict.summary)];
    if let Some(label) = &report.verdict.mstsc {
        lines.push(format!("  mstsc {}: {}", label.code, label.text));
    }
    for finding in &report.findings {
        let head = format!("  {:?} {}", finding.severity, finding.code.as_str()).to_lowercase();
        lines.push(format!("{head}: {}", finding.message));
    }
    for cause in &report.causes {
        lines.push(format!("  {:?} {}", cause.likelihood, cause.code.as_str()).to_lowercase());
        lines.extend(cause.because.iter().map(|text| format!("    for: {text}")));
        lines.extend(cause.against.iter().map(|text| format!("    against: {text}")));
    }
    lines.join("\n") + "\n"
}

#[tokio::test(start_paused = true)]
async fn each_fault_is_told_as_reviewed() {
    let mut told = String::new();
    for fault in FAULTS {
        let report = told_of(Some(fault)).await;
        told.push_str(&format!("{}\n{}\n", fault.name, sentences(&report)));
    }
    let mut filters = filters();
    // The signature of the handshake has one byte more or less.
    filters.add_filter(r"\d+ B of the server's answer", "[n] B of the server's answer");
    filters.bind(|| insta::assert_snapshot!("sentences", told));
}

/// The lines of the leg first.
#[tokio::test(start_paused = true)]
async fn each_step_of_each_fault_of_the_gateway_is_told_as_reviewed() {
    let mut told = String::new();
    for fault in gateway::all() {
        let lab = Lab::of(Some(fault));
        let report = lab.trace(&lab.settings(fault.entry)).await;
        let page = page(&report);
        let leg = page.split("\n\n").find(|part| part.starts_with("Gateway "));
        let leg = leg.unwrap_or_else(|| panic!("{}: no leg in {page}", fault.name));
        told.push_str(&format!("{}\n{leg}\n{}\n", fault.name, sentences(&report)));
    }
    filters().bind(|| insta::assert_snapshot!("sentences-gateway", told));
}
