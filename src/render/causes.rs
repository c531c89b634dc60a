//! What the Windows client would have shown, and which causes fit.

use std::io;

use super::page::{Page, Tone};
use crate::report::{Cause, Confidence, Likelihood, Report, Severity};

/// Where the text begins.
const BODY: usize = 13;
/// Where the code of a cause begins.
const CAUSE: usize = 11;
/// Where the label of a list stands.
const LABEL: usize = 4;

/// The label of the Windows client, where it is known.
///
/// # Errors
/// Those of the writer.
pub fn mstsc(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(label) = &report.verdict.mstsc else { return Ok(()) };
    let sure = match label.confidence {
        Confidence::Documented => "documented",
        Confidence::Observed => "seen by others",
        Confidence::Inferred => "inferred",
    };
    let shown = format!("would show {}, extended {} ({sure}): {}", label.code, label.extended, label.text);
    page.row((Tone::Heading, "mstsc"), BODY, (Tone::Plain, ""), &shown)
}

/// The causes, best first: the first one whole, of the others what tells them apart from those before.
///
/// # Errors
/// Those of the writer.
pub fn causes(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(first) = report.causes.first() else { return unexplained(page, report) };
    page.heading("Causes")?;
    let told = report.verdict.failure.as_ref().map_or("", |failure| failure.detail.as_str());
    let mut seen = Vec::new();
    let mut rest: Vec<Cause> = report.causes.iter().map(|cause| fresh(cause, told, &mut seen)).collect();
    let whole = rest.remove(0);
    self::cause(page, &whole.code, &whole)?;
    list(page, "confirm:", &whole.confirm)?;
    list(page, "fix:", &whole.fix)?;
    for alike in rest.chunk_by(|a, b| a.likelihood == b.likelihood && is_bare(a) && is_bare(b)) {
        let codes: Vec<&str> = alike.iter().map(|cause| cause.code.as_str()).collect();
        self::cause(page, &codes.join(", "), &alike[0])?;
        if alike[0].likelihood == first.likelihood && first.likelihood != Likelihood::Possible {
            alike.iter().try_for_each(|cause| list(page, "confirm:", &cause.confirm))?;
        }
    }
    let other = if report.causes.len() > 1 { ", or another cause by its name" } else { "" };
    // A failure is explained by its causes; where nothing failed, the errors stand for themselves.
    let alone = report.verdict.failure.is_none();
    let mut codes = errors(report).filter(|_| alone).collect::<Vec<_>>();
    // A finding and its cause may have one name.
    codes.retain(|code| *code != first.code);
    codes.push(&first.code);
    page.text(0, &format!("More: rdptrace explain {}{other}", codes.join(" ")))
}

/// Where no cause fits, the pages of the errors are what there is to read.
fn unexplained(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let codes: Vec<&str> = errors(report).collect();
    if codes.is_empty() {
        return Ok(());
    }
    page.text(0, &format!("More: rdptrace explain {}", codes.join(" ")))
}

fn errors(report: &Report) -> impl Iterator<Item = &str> {
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.code.as_str())
}

/// A cause without the reasons that the failed phase or a cause before it tells.
fn fresh(cause: &Cause, told: &str, seen: &mut Vec<String>) -> Cause {
    let reasons =
        cause.because.iter().map(|reason| reason.strip_suffix(&format!(": {told}")).unwrap_or(reason));
    let repeats = |reason: &str| {
        !told.is_empty() && (reason == told || reason.starts_with("after ") && reason.ends_with(told))
    };
    let mut because = Vec::new();
    for reason in reasons.filter(|reason| !repeats(reason)).map(str::to_owned) {
        if !seen.contains(&reason) {
            seen.push(reason.clone());
            because.push(reason);
        }
    }
    Cause { because, ..cause.clone() }
}

/// Whether nothing speaks for or against it but what is told before.
fn is_bare(cause: &Cause) -> bool {
    cause.because.is_empty() && cause.against.is_empty()
}

fn cause(page: &mut Page<'_>, codes: &str, cause: &Cause) -> io::Result<()> {
    let lead = match cause.likelihood {
        Likelihood::Certain => (Tone::Bad, "  certain"),
        Likelihood::Likely => (Tone::Caution, "  likely"),
        Likelihood::Possible => (Tone::Plain, "  possible"),
    };
    page.row(lead, CAUSE, (Tone::Plain, ""), codes)?;
    for (label, reasons) in [("for:", &cause.because), ("against:", &cause.against)] {
        if !reasons.is_empty() {
            let label = format!("{:LABEL$}{label}", "");
            page.row((Tone::Plain, &label), BODY, (Tone::Plain, ""), &reasons.join("; "))?;
        }
    }
    Ok(())
}

fn list(page: &mut Page<'_>, label: &str, entries: &[String]) -> io::Result<()> {
    let mut label = label;
    for entry in entries {
        page.item(&format!("{:LABEL$}{label}", ""), BODY, entry)?;
        label = "";
    }
    Ok(())
}
