//! Which logons over the network a Windows host took and refused; the log is open to administrators only.

use std::collections::BTreeMap;

use super::{
    asked::{Judged, answer, outcome},
    carried::who,
    spans::{counts, span},
};
use crate::{
    codes,
    local::{
        Check, CheckResult, Event, Survey,
        host::event_query::{DENIED, SECURITY},
    },
    report::{Os::Windows, Role::Host},
};

const PROVIDER: &str = "Microsoft-Windows-Security-Auditing";
const TAKEN: u32 = 4624;
const REFUSED: u32 = 4625;
/// What a domain controller found wrong with an account, by Kerberos and by NTLM; what it found right is logged alike.
const KERBEROS: [u32; 2] = [4768, 4771];
const NTLM: u32 = 4776;
/// Network, which NLA is too, and remote sessions.
const TYPES: [&str; 2] = ["3", "10"];

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[Check::logic("host-log-logons", Host, &[Windows], logons)];

fn logons(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let Some(events) = answer("the log Security", survey.events(SECURITY))? else {
            return Ok(CheckResult::not_applicable("there is no log Security"));
        };
        let own: Vec<_> = events.iter().filter(|event| concerns(event)).collect();
        let refused: Vec<_> = own.iter().filter(|event| event.id != TAKEN).copied().collect();
        let counted = counts(survey, SECURITY, own.iter().copied(), &events);
        if refused.is_empty() {
            let span = span(survey, SECURITY, &events);
            return Ok(CheckResult::ok(format!("the log tells of no refused logon over the network {span}"))
                .seen(counted));
        }
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for event in &refused {
            *reasons.entry(reason(event)).or_default() += 1;
        }
        let reasons: Vec<_> = reasons.iter().map(|(reason, times)| format!("{reason}: {times}")).collect();
        let newest = refused.first().map(|event| who(event)).filter(|who| !who.is_empty());
        let newest = newest.map(|newest| format!("; the newest: {newest}")).unwrap_or_default();
        Ok(CheckResult::warning(
            "logons over the network were refused, by Remote Desktop or by other services",
        )
        .seen(format!("{counted}; {}{newest}", reasons.join(", "))))
    };
    outcome(judge())
}

fn concerns(event: &Event) -> bool {
    let remote = || event.data.get("LogonType").is_some_and(|kind| TYPES.contains(&kind.trim()));
    event.provider == PROVIDER
        && match event.id {
            TAKEN | REFUSED => remote(),
            DENIED => true,
            // Asking for the proof of the password is how Kerberos begins.
            id if KERBEROS.contains(&id) => {
                let error = |status| codes::KERBEROS_ERROR.symbol(status);
                status(event, "Status")
                    .is_some_and(|status| error(status) != Some("KDC_ERR_PREAUTH_REQUIRED"))
            }
            NTLM => status(event, "Status").is_some(),
            _ => false,
        }
}

/// The status that says most.
fn reason(event: &Event) -> String {
    let symbol = |status: u32| match KERBEROS.contains(&event.id) {
        true => codes::KERBEROS_ERROR.symbol(status).map(|name| format!("{name} ({status})")),
        false => codes::NTSTATUS.symbol(status).map(|name| format!("{name} (0x{status:08X})")),
    };
    match status(event, "SubStatus").or_else(|| status(event, "Status")) {
        None if event.id == DENIED => "no right to Remote Desktop".to_owned(),
        None => "without a status".to_owned(),
        Some(status) => symbol(status).unwrap_or_else(|| format!("0x{status:08X}")),
    }
}

/// A status that is no success.
fn status(event: &Event, name: &str) -> Option<u32> {
    let text = event.data.get(name)?.trim();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    u32::from_str_radix(digits, 16).ok().filter(|status| *status != 0)
}
