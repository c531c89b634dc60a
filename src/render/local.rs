//! The checks of a machine: what is wrong first; beside a trace only what is not as it should be and not told before.

use std::io;

use super::page::{Page, Tone};
use crate::report::{CheckStatus, LocalCheck, Machine, NOT_HELD, Outcome, Report, Role};

/// Where the code of a check begins, and its sentence.
const CODE: usize = 11;
const BODY: usize = 13;
/// Beside a trace more would push what was traced off the screen.
const MOST: usize = 5;

/// The machine that was checked, for the heading of its report.
pub(super) fn name(report: &Report) -> String {
    let Some(machine) = &report.trace.machine else { return "nothing was checked".to_owned() };
    let whose = if machine.from_files { "machine read from files" } else { "this machine" };
    format!("{whose}, {}", system(machine))
}

fn system(machine: &Machine) -> String {
    let name = machine.system.name();
    match machine.version.as_deref() {
        None => name.to_owned(),
        Some(version) if version.contains(name) => version.to_owned(),
        Some(version) => format!("{name} {version}"),
    }
}

/// What is wrong first.
pub(super) const ORDER: &[CheckStatus] =
    &[CheckStatus::Error, CheckStatus::Warning, CheckStatus::Unknown, CheckStatus::Ok];

/// The checks: all of them if they are the report, else those that are worth a look and not told above.
pub(super) fn checks(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(target) = &report.trace.target else {
        page.gap()?;
        return alone(page, report);
    };
    let sorted = ORDER.iter().flat_map(|status| of(report, *status));
    let shown: Vec<_> = sorted.filter(|check| is_shown(check, report)).collect();
    let (Some(machine), Some(first)) = (&report.trace.machine, shown.first()) else { return Ok(()) };
    page.gap()?;
    page.heading(if machine.from_files { "Machine of the files" } else { "This machine" })?;
    shown.iter().take(MOST).try_for_each(|check| brief(page, check))?;
    let rest: Vec<&str> = shown.iter().skip(MOST).map(|check| check.code.as_str()).collect();
    if !rest.is_empty() {
        page.row((Tone::Caution, "  also"), CODE, (Tone::Plain, ""), &rest.join(", "))?;
    }
    page.text(0, &format!("More: rdptrace explain {}", first.code))?;
    match machine.from_files {
        true => Ok(()),
        // A command that is folded cannot be copied.
        false => page.text(6, &format!("rdptrace local --target {}", target.input)),
    }
}

/// Whether it adds to what was said of the trace: it is wrong, or cannot be read and might explain a failure.
fn is_shown(check: &LocalCheck, report: &Report) -> bool {
    let is_own = report.trace.machine.as_ref().is_some_and(|machine| !machine.from_files);
    let is_asked =
        is_own && report.verdict.outcome == Outcome::Aborted && check.status == CheckStatus::Unknown;
    // How it does as a host matters to a trace of that host.
    let concerns = check.role != Some(Role::Host) || report.trace.is_on_target();
    concerns && (is_asked || check.status.severity().is_some()) && teller(check, report).is_none()
}

/// All of them; those that ask files for what none holds would bury the others, so they are counted.
fn alone(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    for status in ORDER {
        let (folded, told): (Vec<_>, Vec<_>) =
            of(report, *status).partition(|check| is_not_held(check, report));
        told.into_iter().try_for_each(|check| line(page, check))?;
        let text = match folded.as_slice() {
            [] => continue,
            [_] => "1 check: the files at hand do not hold what it asks; --format json names it".to_owned(),
            many => {
                let count = many.len();
                format!(
                    "{count} checks: the files at hand do not hold what they ask; --format json names them"
                )
            }
        };
        page.row((Tone::Caution, "  unknown"), CODE, (Tone::Plain, ""), &text)?;
    }
    Ok(())
}

/// No file holds any of what this check asks.
fn is_not_held(check: &LocalCheck, report: &Report) -> bool {
    report.trace.machine.as_ref().is_some_and(|machine| machine.from_files)
        && check.status == CheckStatus::Unknown
        && check.observed.is_none()
        && check.message.ends_with(NOT_HELD)
}

/// The whole of a check that is worth a look.
fn brief(page: &mut Page<'_>, check: &LocalCheck) -> io::Result<()> {
    let seen = check.observed.as_ref().map(|seen| format!(" ({seen})")).unwrap_or_default();
    let text = format!("{}: {}{seen}", check.code, check.message);
    page.row(lead(check), CODE, (Tone::Plain, ""), &text)
}

/// The checks with this result.
pub(super) fn of(report: &Report, status: CheckStatus) -> impl Iterator<Item = &LocalCheck> {
    report.trace.local.iter().filter(move |check| check.status == status)
}

/// The finding or the cause that tells what a check found.
pub(super) fn teller<'a>(check: &LocalCheck, report: &'a Report) -> Option<&'a str> {
    let findings = report.findings.iter().map(|finding| (finding.code.as_str(), &finding.checks));
    let causes = report.causes.iter().map(|cause| (cause.code.as_str(), &cause.checks));
    let mut tellers = findings.chain(causes).filter(|(_, checks)| checks.contains(&check.code));
    tellers.next().map(|(code, _)| code)
}

fn lead(check: &LocalCheck) -> (Tone, &'static str) {
    match check.status {
        CheckStatus::Error => (Tone::Bad, "  error"),
        CheckStatus::Warning => (Tone::Caution, "  warning"),
        CheckStatus::Unknown => (Tone::Caution, "  unknown"),
        CheckStatus::Ok | CheckStatus::NotApplicable => (Tone::Good, "  ok"),
    }
}

fn line(page: &mut Page<'_>, check: &LocalCheck) -> io::Result<()> {
    if check.status == CheckStatus::Ok {
        page.row(lead(check), CODE, (Tone::Plain, ""), &format!("{}: {}", check.code, check.message))?;
        // Which files were read is worth knowing also where nothing is wrong with them.
        let files = check.observed.iter().filter(|_| check.role.is_none());
        return files.into_iter().try_for_each(|seen| page.text(BODY, seen));
    }
    page.row(lead(check), CODE, (Tone::Plain, ""), &check.code)?;
    page.text(BODY, &check.message)?;
    check.observed.iter().try_for_each(|seen| page.text(BODY, seen))
}
