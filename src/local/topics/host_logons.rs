//! Which logons over the network a Windows host took and refused; the log is open to administrators only.

use std::collections::BTreeMap;

use super::{
    asked::{Judged, answer, said},
    carried::who,
    spans::{counts, span},
};
use crate::{
    codes,
    local::{Check, Event, Said, Scene},
    report::{Os::Windows, Role::Host},
};

const CHANNEL: &str = "Security";
const PROVIDER: &str = "Microsoft-Windows-Security-Auditing";
const TAKEN: u32 = 4624;
const REFUSED: u32 = 4625;
/// Network, which NLA is too, and remote sessions.
const TYPES: [&str; 2] = ["3", "10"];

/// The checks of this topic.
pub const CHECKS: &[Check] = &[Check::logic("host-log-logons", Host, &[Windows], logons)];

fn logons(scene: &Scene<'_>) -> Said {
    let judge = || -> Judged {
        let Some(events) = answer("the log Security", scene.events(CHANNEL))? else {
            return Ok(Said::not_applicable("there is no log Security"));
        };
        let own: Vec<_> = events.iter().filter(|event| concerns(event)).collect();
        let refused: Vec<_> = own.iter().filter(|event| event.id == REFUSED).copied().collect();
        let counted = counts(scene, CHANNEL, own.iter().copied(), &events);
        if refused.is_empty() {
            let span = span(scene, CHANNEL, &events);
            return Ok(
                Said::ok(format!("the log tells of no refused logon over the network {span}")).seen(counted)
            );
        }
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for event in &refused {
            *reasons.entry(reason(event)).or_default() += 1;
        }
        let reasons: Vec<_> = reasons.iter().map(|(reason, times)| format!("{reason}: {times}")).collect();
        let newest = refused.first().map(|event| who(event)).filter(|who| !who.is_empty());
        let newest = newest.map(|newest| format!("; the newest: {newest}")).unwrap_or_default();
        Ok(Said::warning("logons over the network were refused, by Remote Desktop or by other services")
            .seen(format!("{counted}; {}{newest}", reasons.join(", "))))
    };
    said(judge())
}

fn concerns(event: &Event) -> bool {
    let remote = event.data.get("LogonType").is_some_and(|kind| TYPES.contains(&kind.trim()));
    event.provider == PROVIDER && [TAKEN, REFUSED].contains(&event.id) && remote
}

/// The status that says most.
fn reason(event: &Event) -> String {
    let status = |name: &str| {
        let text = event.data.get(name)?.trim();
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
        u32::from_str_radix(digits, 16).ok().filter(|status| *status != 0)
    };
    match status("SubStatus").or_else(|| status("Status")) {
        None => "without a status".to_owned(),
        Some(status) => codes::NTSTATUS
            .symbol(status)
            .map_or_else(|| format!("0x{status:08X}"), |name| format!("{name} (0x{status:08X})")),
    }
}
