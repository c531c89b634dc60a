//! What the Windows client would have shown, and which causes fit.

use std::io;

use super::{
    cells,
    page::{Page, Room, Tone},
};
use crate::report::{Cause, Confidence, Likelihood, Place, Report, Severity};

/// How many checks and fixes of the first cause are shown; the others stand in its page and in the JSON.
const SHOWN: usize = 2;
/// What is said where facts were left out.
const LEFT_OUT: &str = "; all: --format json";
/// Where the text begins.
const BODY: usize = 13;
/// Where the place of a cause begins, and its code.
const PLACE: usize = 11;
const CAUSE: usize = 25;
/// Where the label of a list stands.
const LABEL: usize = 4;

/// The label of the Windows client, where it is known.
///
/// # Errors
/// Those of the writer.
pub(super) fn mstsc(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(label) = &report.verdict.mstsc else { return Ok(()) };
    let sure = match label.confidence {
        Confidence::Documented => "documented",
        Confidence::Observed => "seen by others",
        Confidence::Inferred => "inferred",
    };
    let shown = format!("would show {}, extended {} ({sure}): {}", label.code, label.extended, label.text);
    page.row((Tone::Heading, "mstsc"), BODY, (Tone::Plain, ""), &shown)
}

/// The causes, best first: the first one whole, the others by where they sit, a line each.
///
/// # Errors
/// Those of the writer.
pub(super) fn causes(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(first) = report.causes.first() else { return unexplained(page, report) };
    page.heading("Causes")?;
    let told = report.verdict.failure.as_ref().map_or("", |failure| failure.detail.as_str());
    let mut seen = Vec::new();
    let whole = fresh(first, told, &mut seen);
    self::cause(page, &whole)?;
    let shown = if page.room().is_tight() { 1 } else { SHOWN };
    list(page, "confirm:", first_of(&whole.confirm, shown))?;
    list(page, "fix:", first_of(&whole.fix, shown))?;
    for alike in report.causes[1..].chunk_by(|a, b| a.likelihood == b.likelihood) {
        let equal = alike[0].likelihood == first.likelihood && first.likelihood != Likelihood::Possible;
        if equal && !page.room().is_tight() {
            for cause in alike {
                let cause = fresh(cause, told, &mut seen);
                self::cause(page, &cause)?;
                list(page, "confirm:", first_of(&cause.confirm, 1))?;
            }
        } else if page.room() == Room::Least && !equal {
            named(page, alike)?;
        } else {
            by_place(page, alike, told)?;
        }
    }
    let (other, rest) = match (report.causes.len() > 1, page.room()) {
        (true, Room::Usual) => (", or another cause by its name", ""),
        (false, Room::Usual) => ("", ""),
        (true, _) => (", or another cause", LEFT_OUT),
        (false, _) => ("", LEFT_OUT),
    };
    // A failure is explained by its causes; where nothing failed, the errors stand for themselves.
    let passed = report.verdict.failure.is_none();
    let mut codes = errors(report).filter(|_| passed).collect::<Vec<_>>();
    // A finding and its cause may have one name.
    codes.retain(|code| *code != first.code.as_str());
    codes.push(first.code.as_str());
    page.text(0, &format!("More: rdptrace explain {}{other}{rest}", codes.join(" ")))
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

/// Whether the failed phase tells it.
fn repeats(reason: &str, told: &str) -> bool {
    !told.is_empty() && (reason == told || reason.starts_with("after ") && reason.ends_with(told))
}

/// A cause without the reasons that the failed phase or a cause before it tells.
fn fresh(cause: &Cause, told: &str, seen: &mut Vec<String>) -> Cause {
    let reasons =
        cause.because.iter().map(|reason| reason.strip_suffix(&format!(": {told}")).unwrap_or(reason));
    let mut because = Vec::new();
    for reason in reasons.filter(|reason| !repeats(reason, told)).map(str::to_owned) {
        if !seen.contains(&reason) {
            seen.push(reason.clone());
            because.push(reason);
        }
    }
    Cause { because, ..cause.clone() }
}

/// One line each, those of one place together, and on one line those for which the same speaks.
fn by_place(page: &mut Page<'_>, alike: &[Cause], told: &str) -> io::Result<()> {
    let mut alike: Vec<&Cause> = alike.iter().collect();
    let places: Vec<Option<Place>> = alike.iter().map(|cause| cause.at).collect();
    alike.sort_by_key(|cause| places.iter().position(|place| *place == cause.at));
    let mut before = None;
    for same in alike.chunk_by(|a, b| a.at == b.at && reason(a, told) == reason(b, told)) {
        let (tone, word) = likelihood(same[0].likelihood);
        let place = if before == Some(same[0].at) { "" } else { place(same[0]) };
        let word = if before.is_none() { word.as_str() } else { "" };
        before = Some(same[0].at);
        let codes: Vec<&str> = same.iter().map(|cause| cause.code.as_str()).collect();
        let text = format!("{}: {}", codes.join(", "), reason(same[0], told));
        page.row((tone, &format!("{word:PLACE$}{place}")), CAUSE, (Tone::Plain, ""), &text)?;
    }
    Ok(())
}

/// Their names alone.
fn named(page: &mut Page<'_>, alike: &[Cause]) -> io::Result<()> {
    let (tone, word) = likelihood(alike[0].likelihood);
    let codes: Vec<&str> = alike.iter().map(|cause| cause.code.as_str()).collect();
    page.row((tone, &word), PLACE, (Tone::Plain, ""), &codes.join(", "))
}

/// What speaks for it, first what the failed phase does not tell anyway.
fn reason<'a>(cause: &'a Cause, told: &str) -> &'a str {
    let fresh = cause.because.iter().find(|reason| !repeats(reason, told));
    fresh.map_or("only the ending speaks for it", String::as_str)
}

fn place(cause: &Cause) -> &'static str {
    cause.at.map_or("host or path", Place::title)
}

fn likelihood(likelihood: Likelihood) -> (Tone, String) {
    let tone = match likelihood {
        Likelihood::Certain => Tone::Bad,
        Likelihood::Likely => Tone::Caution,
        Likelihood::Possible => Tone::Plain,
    };
    (tone, format!("  {}", cells::likelihood(likelihood)))
}

fn cause(page: &mut Page<'_>, cause: &Cause) -> io::Result<()> {
    let (tone, word) = likelihood(cause.likelihood);
    page.row(
        (tone, &format!("{word:PLACE$}{}", place(cause))),
        CAUSE,
        (Tone::Plain, ""),
        cause.code.as_str(),
    )?;
    for (label, reasons) in [("for:", &cause.because), ("against:", &cause.against)] {
        if !reasons.is_empty() {
            let label = format!("{:LABEL$}{label}", "");
            page.row((Tone::Plain, &label), BODY, (Tone::Plain, ""), &reasons.join("; "))?;
        }
    }
    Ok(())
}

fn first_of(entries: &[String], most: usize) -> &[String] {
    &entries[..entries.len().min(most)]
}

fn list(page: &mut Page<'_>, label: &str, entries: &[String]) -> io::Result<()> {
    let mut label = label;
    for entry in entries {
        page.item(&format!("{:LABEL$}{label}", ""), BODY, entry)?;
        label = "";
    }
    Ok(())
}
