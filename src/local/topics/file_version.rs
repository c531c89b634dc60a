//! Versions of Windows and of its files, such as `10.0.26100.4202`, as numbers that can be compared.

use crate::local::Survey;

/// Windows 7 SP1 and Server 2008 R2 SP1.
pub(super) const WINDOWS_7: u32 = 7601;

/// Major and minor version, build and revision; what is left out is 0.
pub(super) type Version = [u32; 4];

/// Reads the first four numbers; what follows them, such as a branch in brackets, is left out.
pub(super) fn parse(text: &str) -> Option<Version> {
    let text = text.split_whitespace().next()?;
    let mut version = [0; 4];
    for (part, number) in text.split('.').zip(&mut version) {
        *number = part.parse().ok()?;
    }
    Some(version)
}

/// That of the machine.
pub(super) fn of(survey: &Survey<'_>) -> Option<Version> {
    survey.machine.version().as_deref().and_then(parse)
}
