//! Extensions of macOS through which the packets of every program go.

use super::asked::{Judged, answer, outcome};
use crate::{
    local::{Beside, Check, CheckResult, Survey},
    report::{Os::Macos, Role::Client},
};

const LIST: &str = "systemextensionsctl list";
/// How the list heads the extensions that see the network; the next heading ends them.
const NETWORK: &str = "network_extension";
const HEADING: &str = "--- ";
/// How the list begins, behind the number of extensions.
const COUNTED: &str = "extension(s)";
const ACTIVE: &str = "[activated enabled]";
/// More of them than this are not named.
const MOST: usize = 8;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("network-filter", Client, &[Macos], |survey| outcome(judge(survey))).beside(Beside::Way)];

fn judge(survey: &Survey<'_>) -> Judged {
    let Some(output) = answer(LIST, survey.command(LIST))? else {
        return Ok(CheckResult::not_applicable("this macOS has no system extensions"));
    };
    if output.code != 0 {
        return Ok(CheckResult::unknown("systemextensionsctl does not say which extensions there are"));
    }
    if !output.text.lines().next().is_some_and(|line| line.trim_end().ends_with(COUNTED)) {
        return Ok(CheckResult::unknown("what systemextensionsctl lists is not understood"));
    }
    let names: Vec<&str> = active(&output.text).take(MOST).collect();
    Ok(match names.is_empty() {
        true => CheckResult::ok("no extension filters the network"),
        false => {
            CheckResult::warning("what this machine sends goes through a filter, which may hold or change it")
                .seen(names.join(", "))
        }
    })
}

/// Columns are separated by tabs: enabled, active, team, bundle with its version, name, state.
fn active(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    let lines = text.lines().filter(move |line| {
        if line.starts_with(HEADING) {
            inside = line.contains(NETWORK);
        }
        inside && line.trim_end().ends_with(ACTIVE)
    });
    lines.filter_map(|line| line.rsplit('\t').nth(1).map(str::trim))
}
