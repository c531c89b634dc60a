//! What the Windows client would have shown, and which causes fit.

use std::io;

use super::page::{Page, Tone};
use crate::report::{Cause, Confidence, Likelihood, Report, Severity};

/// Where the text begins.
const BODY: usize = 13;
/// Where the code of a cause begins.
const CAUSE: usize = 11;
/// Where the words of a list begin.
const LIST: usize = 22;

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

/// The causes, best first: the first one whole, of the others what speaks for them too and against them.
///
/// # Errors
/// Those of the writer.
pub fn causes(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let mut told = Vec::new();
    for (index, cause) in report.causes.iter().enumerate() {
        if index == 0 {
            page.heading("Causes")?;
        }
        let own = |said: &&String| !told.contains(*said);
        let because: Vec<String> = cause.because.iter().filter(own).cloned().collect();
        told.extend(because.iter().cloned());
        self::cause(page, &Cause { because, ..cause.clone() })?;
        if index == 0 {
            list(page, "confirm:", &cause.confirm)?;
            list(page, "fix:", &cause.fix)?;
        }
    }
    // A failure is explained by its causes; where nothing failed, the errors stand for themselves.
    let alone = report.verdict.failure.is_none() || report.causes.is_empty();
    let errors = report.findings.iter().filter(|finding| alone && finding.severity == Severity::Error);
    let codes = errors.map(|finding| finding.code.as_str());
    let codes: Vec<&str> = codes.chain(report.causes.iter().map(|cause| cause.code.as_str())).collect();
    if codes.is_empty() {
        Ok(())
    } else {
        page.text(0, &format!("More: rdptrace explain {}", codes.join(" ")))
    }
}

fn cause(page: &mut Page<'_>, cause: &Cause) -> io::Result<()> {
    let lead = match cause.likelihood {
        Likelihood::Certain => (Tone::Bad, "  certain"),
        Likelihood::Likely => (Tone::Caution, "  likely"),
        Likelihood::Possible => (Tone::Plain, "  possible"),
    };
    page.row(lead, CAUSE, (Tone::Plain, ""), &cause.code)?;
    list(page, "for:", &cause.because)?;
    list(page, "against:", &cause.against)
}

fn list(page: &mut Page<'_>, label: &str, entries: &[String]) -> io::Result<()> {
    let mut label = label;
    for entry in entries {
        page.row((Tone::Plain, &format!("{:BODY$}{label}", "")), LIST, (Tone::Plain, ""), entry)?;
        label = "";
    }
    Ok(())
}
