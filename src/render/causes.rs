//! What the Windows client would have shown, and which causes fit.

use std::io;

use super::page::{Page, Tone};
use crate::report::{Cause, Confidence, Likelihood, Report};

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
pub fn causes(page: &mut Page<'_>, causes: &[Cause]) -> io::Result<()> {
    let Some((first, others)) = causes.split_first() else { return Ok(()) };
    page.heading("Causes")?;
    cause(page, first)?;
    list(page, "confirm:", &first.confirm)?;
    list(page, "fix:", &first.fix)?;
    for other in others {
        let own = |said: &&String| !first.because.contains(said);
        let because = other.because.iter().filter(own).cloned().collect();
        cause(page, &Cause { because, ..other.clone() })?;
    }
    let codes: Vec<&str> = causes.iter().map(|cause| cause.code.as_str()).collect();
    page.text(0, &format!("More: rdptrace explain {}", codes.join(" ")))
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
