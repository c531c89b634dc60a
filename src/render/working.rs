//! The settings that would work; each line whole, so that it can be copied.

use std::io;

use super::page::Page;
use crate::report::{Report, Working, WorkingSetting};

/// Where the settings begin.
const BODY: usize = 13;

/// The section. A trace has its page for itself, and these in its JSON.
///
/// # Errors
/// Those of the writer.
pub(super) fn working(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let Some(working) = report.working.as_ref().filter(|_| report.posture.is_some()) else { return Ok(()) };
    page.gap()?;
    page.heading("Settings that work")?;
    lines(working).into_iter().try_for_each(|(client, line)| page.whole(&format!("  {client}"), BODY, &line))
}

/// Each client with its line; those that follow one of the same client have no name.
pub(super) fn lines(working: &Working) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("FreeRDP 2", working.freerdp2.command_line.clone()),
        ("FreeRDP 3", working.freerdp3.command_line.clone()),
        ("Remmina", joined(&working.remmina)),
        ("Guacamole", joined(&working.guacamole)),
    ];
    lines.extend(working.rdp_lines.iter().enumerate().map(|(number, line)| {
        let client = if number == 0 { ".rdp file" } else { "" };
        (client, line.clone())
    }));
    lines
}

fn joined(settings: &[WorkingSetting]) -> String {
    let parts = settings.iter().map(|one| format!("{}={}", one.setting, one.setting_value));
    parts.collect::<Vec<_>>().join(" ")
}
