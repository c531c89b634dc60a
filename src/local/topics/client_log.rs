//! What the event logs of a Windows client say of past attempts, and what else they hold of the same minute.

use super::{
    client_attempts::{Attempt, CHANNEL, PROVIDER, attempts, number, reason},
    spans::span,
};
use crate::{
    codes::{DISCONNECT, EVENT, NTSTATUS, TLS_ALERT},
    local::{Check, Event, Said, Scene},
    report::{Machine, Os::Windows, Role::Client},
};

const SYSTEM: &str = "System";
const NTLM: &str = "Microsoft-Windows-NTLM/Operational";
const SCHANNEL_EVENTS: &[u32] = &[36871, 36873, 36874, 36876, 36881, 36882, 36883, 36884, 36887, 36888];
const LSA_EVENTS: &[u32] = &[6041, 40960, 40961];
/// So many lines are shown of what was found.
const SHOWN: usize = 4;
/// So many attempts are kept for a comparison with the wire.
const MOST_ATTEMPTS: usize = 50;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("client-log-attempts", Client, &[Windows], past),
    Check::logic("client-log-component", Client, &[Windows], component),
    Check::logic("client-log-schannel", Client, &[Windows], schannel),
    Check::logic("client-log-credssp", Client, &[Windows], credssp),
    Check::logic("client-log-ntlm", Client, &[Windows], ntlm),
];

/// Facts for the comparison with the wire.
pub fn learn(scene: &Scene<'_>, machine: &mut Machine) {
    let found = attempts(scene).ok().flatten().unwrap_or_default();
    machine.attempts.extend(found.into_iter().take(MOST_ATTEMPTS).map(|attempt| attempt.told));
}

fn past(scene: &Scene<'_>) -> Said {
    let attempts = match concerned(scene) {
        Ok(attempts) => attempts,
        Err(said) => return said,
    };
    let span = span(scene, CHANNEL, &scene.events(CHANNEL).ok().flatten().unwrap_or_default());
    let Some(newest) = attempts.first() else {
        return Said::ok(format!("the log holds no attempt{} {span}", to(scene)));
    };
    let seen = lines(attempts.iter().map(Attempt::line));
    let failed = attempts.iter().filter(|attempt| attempt.failed()).count();
    let Some(code) = newest.told.reason.filter(|_| newest.failed()) else {
        let before = match failed {
            0 => "no attempt in the log failed".to_owned(),
            failed => format!("the newest attempt did not fail, {failed} before it did"),
        };
        return Said::ok(format!("{before} {span}")).seen(seen);
    };
    let when = if newest.told.connected { "after it was connected" } else { "before it was connected" };
    let meaning = DISCONNECT.find(code).map_or("the code is in no table", |row| row.meaning);
    Said::warning(format!("the newest attempt ended {when} with {}: {meaning}", reason(code))).seen(seen)
}

fn component(scene: &Scene<'_>) -> Said {
    beside(scene, CHANNEL, "the client's own log names no component that failed", |event| {
        let named = event.provider == PROVIDER && matches!(event.id, 226 | 1033 | 1107);
        named.then(|| (component_line(event), false))
    })
    .map_or_else(
        |said| said,
        |seen| {
            Said::warning("the client's own log names what failed in the minute of a failed attempt, the first one first")
                .seen(seen)
        },
    )
}

fn component_line(event: &Event) -> String {
    let field =
        |names: &[&str]| names.iter().find_map(|name| event.data.get(*name)).map_or("", String::as_str);
    let code = field(&["ErrorCode", "Value"]);
    let symbol = number(code).and_then(|code| NTSTATUS.symbol(code)).unwrap_or_default();
    let code = format!("{code} {symbol}").trim_end().to_owned();
    if event.id == 226 {
        let name = field(&["StateTransitionName"]);
        let (from, to) = (field(&["PreviousStateName"]), field(&["NewStateName"]));
        return format!("226 {name}: {from} to {to} on {} ({code})", field(&["EventName"]));
    }
    let name = field(&["ComponentName", "Name"]);
    format!("{} {name}: {} ({code})", event.id, field(&["Message", "CustomLevel"]))
}

fn schannel(scene: &Scene<'_>) -> Said {
    beside(scene, SYSTEM, "Schannel logged no error in the minute of a failed attempt", |event| {
        let named = event.provider.eq_ignore_ascii_case("Schannel") && SCHANNEL_EVENTS.contains(&event.id);
        named.then(|| (schannel_line(event), false))
    })
    .map_or_else(
        |said| said,
        |seen| {
            Said::warning(
                "Schannel logged errors in the minute of a failed attempt; another program may be meant",
            )
            .seen(seen)
        },
    )
}

fn schannel_line(event: &Event) -> String {
    let alert = event.data.get("AlertDesc").and_then(|text| number(text)).map(|alert| {
        format!(", alert {alert} {}", TLS_ALERT.symbol(alert).unwrap_or_default()).trim_end().to_owned()
    });
    let state = ["ErrorCode", "ErrorState", "TargetName", "Name"].into_iter().filter_map(|name| {
        event.data.get(name).filter(|value| !value.is_empty()).map(|value| format!(", {name} {value}"))
    });
    format!(
        "{} {}{}{}",
        event.id,
        meaning(event, "Schannel"),
        alert.unwrap_or_default(),
        state.collect::<String>()
    )
}

fn credssp(scene: &Scene<'_>) -> Said {
    beside(scene, SYSTEM, "LsaSrv logged nothing about Remote Desktop", |event| {
        let named = event.provider.to_ascii_lowercase().contains("lsasrv") && LSA_EVENTS.contains(&event.id);
        let target = event.data.get("TargetName").or_else(|| event.data.get("Target"));
        // CredSSP alone writes 6041, and only a Remote Desktop host is called TERMSRV.
        let ours = event.id == 6041 || target.is_some_and(|target| is_termsrv(target));
        named.then(|| (lsa_line(event, target.map_or("", String::as_str)), ours))
    })
    .map_or_else(
        |said| said,
        |seen| {
            let oracle = seen.contains("6041 ");
            let message = match oracle {
                true => "CredSSP was refused over encryption oracle remediation: one side lacks the update of 2018",
                false => "LsaSrv logged a failed authentication to a Remote Desktop host",
            };
            Said::warning(message).seen(seen)
        },
    )
}

fn lsa_line(event: &Event, target: &str) -> String {
    let more = ["TargetVersion", "Protocol", "Error"].into_iter().filter_map(|name| {
        event.data.get(name).map(|value| format!(", {name} {}", value.trim().replace(['\r', '\n'], " ")))
    });
    format!("{} {}, {target}{}", event.id, meaning(event, "LsaSrv"), more.collect::<String>())
}

fn ntlm(scene: &Scene<'_>) -> Said {
    beside(scene, NTLM, "no NTLM to a Remote Desktop host was blocked", |event| {
        let target = event.data.get("TargetName").map_or("", String::as_str);
        (event.id == 4001).then(|| (format!("4001 {target}"), is_termsrv(target)))
    })
    .map_or_else(
        |said| said,
        |seen| Said::warning("a policy of this machine blocked NTLM to a host").seen(seen),
    )
}

fn is_termsrv(target: &str) -> bool {
    target.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("TERMSRV/"))
}

/// The events of a log that `tell` names and that belong to failed attempts: they say so themselves, or are of the same
/// minute. Oldest first, because the first failure brings the others about; else what to say instead.
fn beside(
    scene: &Scene<'_>,
    channel: &str,
    nothing: &str,
    tell: impl Fn(&Event) -> Option<(String, bool)>,
) -> Result<String, Said> {
    let failed: Vec<Attempt> = concerned(scene)?.into_iter().filter(Attempt::failed).collect();
    let events = match scene.events(channel) {
        Err(why) => return Err(Said::unreadable(channel, &why)),
        Ok(events) => events.unwrap_or_default(),
    };
    let near = |event: &Event| failed.iter().any(|attempt| attempt.ended_near(event.at.into()));
    let told: Vec<String> = events
        .iter()
        .rev()
        .filter_map(|event| tell(event).filter(|(_, ours)| *ours || near(event)).map(|(line, _)| line))
        .collect();
    match told.is_empty() {
        true => Err(Said::ok(format!("{nothing} {}", span(scene, channel, &events)))),
        false => Ok(lines(told.into_iter())),
    }
}

/// The attempts that are about the target, or all of them where there is none; else what to say.
fn concerned(scene: &Scene<'_>) -> Result<Vec<Attempt>, Said> {
    let attempts = match attempts(scene) {
        Err(why) => return Err(Said::unreadable(CHANNEL, &why)),
        Ok(None) => return Err(Said::not_applicable("this machine keeps no log of its client")),
        Ok(Some(attempts)) => attempts,
    };
    let concerns = |attempt: &Attempt| scene.subject.is_none_or(|subject| attempt.concerns(subject));
    Ok(attempts.into_iter().filter(concerns).collect())
}

fn to(scene: &Scene<'_>) -> String {
    scene.subject.map(|subject| format!(" to {}", subject.host)).unwrap_or_default()
}

/// What the event means, without what its data say better.
fn meaning(event: &Event, provider: &str) -> &'static str {
    let row = EVENT.find_all(event.id).find(|row| row.provider == provider);
    row.and_then(|row| row.meaning.split(';').next()).unwrap_or_default()
}

fn lines(all: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = all.collect();
    let more = all.len().saturating_sub(SHOWN);
    let shown = all.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}
