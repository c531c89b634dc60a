//! The checks of a machine: what is wrong first; beside a trace only what is not as it should be.

use std::io;

use super::page::{Page, Tone};
use crate::report::{CheckStatus, LocalCheck, Report};

/// Where the code of a check begins, and its sentence.
const CODE: usize = 11;
const BODY: usize = 13;

/// The machine that was checked, for the heading of its report.
pub fn name(report: &Report) -> String {
    let Some(machine) = &report.trace.machine else { return "nothing was checked".to_owned() };
    let whose = if machine.from_files { "machine read from files" } else { "this machine" };
    let system = machine.version.as_deref().map_or_else(
        || machine.system.name().to_owned(),
        |version| match version.contains(machine.system.name()) {
            true => version.to_owned(),
            false => format!("{} {version}", machine.system.name()),
        },
    );
    format!("{whose}, {system}")
}

/// The checks: all of them where they are the report, else those that are worth a look.
pub fn checks(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let alone = report.trace.target.is_none();
    let local = &report.trace.local;
    let shown: Vec<&LocalCheck> = ORDER
        .iter()
        .flat_map(|status| local.iter().filter(move |check| check.status == *status))
        .filter(|check| alone || check.status.severity().is_some())
        .collect();
    if shown.is_empty() {
        return Ok(());
    }
    page.gap()?;
    if !alone {
        page.heading("This machine")?;
    }
    shown.into_iter().try_for_each(|check| line(page, check))
}

/// What is wrong first.
const ORDER: &[CheckStatus] =
    &[CheckStatus::Error, CheckStatus::Warning, CheckStatus::Unknown, CheckStatus::Ok];

fn line(page: &mut Page<'_>, check: &LocalCheck) -> io::Result<()> {
    let lead = match check.status {
        CheckStatus::Error => (Tone::Bad, "  error"),
        CheckStatus::Warning => (Tone::Caution, "  warning"),
        CheckStatus::Unknown => (Tone::Caution, "  unknown"),
        CheckStatus::Ok | CheckStatus::NotApplicable => (Tone::Good, "  ok"),
    };
    if check.status == CheckStatus::Ok {
        return page.row(lead, CODE, (Tone::Plain, ""), &format!("{}: {}", check.code, check.message));
    }
    page.row(lead, CODE, (Tone::Plain, ""), &check.code)?;
    page.text(BODY, &check.message)?;
    check.observed.iter().try_for_each(|seen| page.text(BODY, seen))
}
