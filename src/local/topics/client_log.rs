//! What the event logs of a Windows client say of past attempts, and what else they hold of the same minute.

use super::{
    client_attempts::{Attempt, CHANNEL, PROVIDER, attempts, number, reason},
    spans::span,
};
use crate::{
    codes::{DISCONNECT, EVENT, NTSTATUS, TLS_ALERT},
    local::{Beside, Check, CheckResult, Event, Survey},
    report::{Machine, Os::Windows, Role::Client},
};

const SYSTEM: &str = "System";
const NTLM: &str = "Microsoft-Windows-NTLM/Operational";
const SCHANNEL_EVENTS: &[u32] = &[36871, 36873, 36874, 36876, 36881, 36882, 36883, 36884, 36887, 36888];
const LSA_EVENTS: &[u32] = &[REFUSED_VERSION, 40960, 40961];
/// CredSSP alone writes it.
const REFUSED_VERSION: u32 = 6041;
/// So many lines are shown of what was found.
const SHOWN: usize = 4;
/// So many attempts are kept for a comparison with the wire.
const MOST_ATTEMPTS: usize = 50;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("client-log-attempts", Client, &[Windows], past),
    Check::logic("client-log-component", Client, &[Windows], component),
    Check::logic("client-log-schannel", Client, &[Windows], schannel).beside(Beside::Tls),
    Check::logic("client-log-credssp", Client, &[Windows], credssp).beside(Beside::SignIn),
    Check::logic("client-log-ntlm", Client, &[Windows], ntlm).beside(Beside::SignIn),
];

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    let found = attempts(survey).ok().flatten().unwrap_or_default();
    machine.attempts.extend(found.into_iter().take(MOST_ATTEMPTS).map(|attempt| attempt.told));
}

fn past(survey: &Survey<'_>) -> CheckResult {
    let attempts = match concerned(survey) {
        Ok(attempts) => attempts,
        Err(result) => return result,
    };
    let span = span(survey, CHANNEL, &survey.events(CHANNEL).ok().flatten().unwrap_or_default());
    let Some(newest) = attempts.first() else {
        return CheckResult::ok(format!("the log holds no attempt{} {span}", to(survey)));
    };
    let seen = lines(attempts.iter().map(Attempt::line));
    let failed = attempts.iter().filter(|attempt| attempt.failed()).count();
    let Some(code) = newest.told.reason.filter(|_| newest.failed()) else {
        let before = match failed {
            0 => "no attempt in the log failed".to_owned(),
            failed => format!("the newest attempt did not fail, {failed} before it did"),
        };
        return CheckResult::ok(format!("{before} {span}")).seen(seen);
    };
    let when = if newest.told.connected { "after it was connected" } else { "before it was connected" };
    let meaning = DISCONNECT.find(code).map_or("the code is in no table", |row| row.meaning);
    CheckResult::warning(format!("the newest attempt ended {when} with {}: {meaning}", reason(code)))
        .seen(seen)
}

fn component(survey: &Survey<'_>) -> CheckResult {
    if let Err(result) = concerned(survey) {
        return result;
    }
    let found = beside(survey, CHANNEL, |event| {
        let named = event.provider == PROVIDER && matches!(event.id, 226 | 1033 | 1107);
        named.then(|| Line { text: component_line(event), is_own: false })
    });
    match found {
        Err(result) => result,
        Ok(SameMinute::Told(lines)) => CheckResult::warning(
            "the client's own log names what failed in the minute of a failed attempt, the first one first",
        )
        .seen(lines),
        Ok(_) => quiet(survey, CHANNEL, "the client's own log names no component that failed"),
    }
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

fn schannel(survey: &Survey<'_>) -> CheckResult {
    let found = beside(survey, SYSTEM, |event| {
        let named = event.provider.eq_ignore_ascii_case("Schannel") && SCHANNEL_EVENTS.contains(&event.id);
        named.then(|| Line { text: schannel_line(event), is_own: false })
    });
    match found {
        Err(result) => result,
        Ok(SameMinute::Told(lines)) => CheckResult::warning(
            "Schannel logged errors in the minute of a failed attempt; another program may be meant",
        )
        .seen(lines),
        Ok(SameMinute::Perhaps(lines)) => CheckResult::unknown(
            "Schannel logged errors; without the client's own log nobody knows whether Remote Desktop is meant",
        )
        .seen(lines),
        Ok(SameMinute::Nothing { attempts: true }) => {
            quiet(survey, SYSTEM, "Schannel logged no error in the minute of a failed attempt")
        }
        Ok(SameMinute::Nothing { attempts: false }) => quiet(survey, SYSTEM, "Schannel logged no error"),
    }
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

fn credssp(survey: &Survey<'_>) -> CheckResult {
    let found = beside(survey, SYSTEM, |event| {
        let target = target(event);
        is_lsa(event).then(|| Line {
            text: lsa_line(event, target),
            is_own: event.id == REFUSED_VERSION || is_termsrv(target),
        })
    });
    match found {
        Err(result) => result,
        Ok(SameMinute::Told(lines)) => {
            let message = match lines.contains(&format!("{REFUSED_VERSION} ")) {
                true => {
                    "CredSSP was refused over encryption oracle remediation: one side lacks the update of 2018"
                }
                false => "LsaSrv logged a failed authentication to a Remote Desktop host",
            };
            CheckResult::warning(message).seen(lines)
        }
        Ok(_) => quiet(survey, SYSTEM, "LsaSrv logged nothing about Remote Desktop"),
    }
}

/// Whether the log System tells of a client of Remote Desktop: only a Remote Desktop host is called TERMSRV.
pub(super) fn tells_of_client(survey: &Survey<'_>) -> bool {
    let own = |event: &Event| is_lsa(event) && is_termsrv(target(event));
    survey.events(SYSTEM).ok().flatten().is_some_and(|events| events.iter().any(own))
}

fn is_lsa(event: &Event) -> bool {
    event.provider.to_ascii_lowercase().contains("lsasrv") && LSA_EVENTS.contains(&event.id)
}

/// Whom an event of LsaSrv is about; some have no names for their values.
fn target(event: &Event) -> &str {
    let names = ["TargetName", "Target", "1"];
    names.iter().find_map(|name| event.data.get(*name)).map_or("", |target| target.trim())
}

fn lsa_line(event: &Event, target: &str) -> String {
    let value =
        |names: &[&str]| names.iter().find_map(|name| event.data.get(*name)).map(|value| value.trim());
    let version = ["TargetVersion", "2"];
    let mut told = format!("{} {}", event.id, meaning(event, "LsaSrv"));
    if !target.is_empty() {
        told += &format!(", {target}");
    }
    if event.id == REFUSED_VERSION {
        told += &value(&version).map(|version| format!(" offered version {version}")).unwrap_or_default();
        return told;
    }
    if let Some(protocol) = value(&["Protocol", "2"]).filter(|protocol| !protocol.is_empty()) {
        told += &format!(", Protocol {protocol}");
    }
    if let Some(error) = value(&["Error", "3"]).filter(|error| !error.is_empty()) {
        told += &format!(", Error {}", error.replace(['\r', '\n'], " "));
    }
    told
}

fn ntlm(survey: &Survey<'_>) -> CheckResult {
    let found = beside(survey, NTLM, |event| {
        let target = event.data.get("TargetName").map_or("", String::as_str);
        (event.id == 4001).then(|| Line { text: format!("4001 {target}"), is_own: is_termsrv(target) })
    });
    match found {
        Err(result) => result,
        Ok(SameMinute::Told(lines)) => {
            CheckResult::warning("a policy of this machine blocked NTLM to a host").seen(lines)
        }
        Ok(_) => quiet(survey, NTLM, "no NTLM to a Remote Desktop host was blocked"),
    }
}

fn is_termsrv(target: &str) -> bool {
    target.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("TERMSRV/"))
}

/// What is told of an event.
struct Line {
    text: String,
    /// Whether it says itself that it is about Remote Desktop.
    is_own: bool,
}

/// What a log says beside the client's own.
enum SameMinute {
    /// These events belong to failed attempts.
    Told(String),
    /// These may; the client's own log, which would tell, is not at hand.
    Perhaps(String),
    /// None does, by the client's own log or without it.
    Nothing { attempts: bool },
}

/// The events of a log that `tell` names and that belong to failed attempts: they say so themselves, or are of the same
/// minute. The newest attempt first, and of each the oldest event, because the first failure brings the others about.
fn beside(
    survey: &Survey<'_>,
    channel: &str,
    tell: impl Fn(&Event) -> Option<Line>,
) -> Result<SameMinute, CheckResult> {
    let attempts = concerned(survey).ok();
    let failed: Vec<_> = attempts.iter().flatten().filter(|attempt| attempt.failed()).collect();
    let events = match survey.events(channel) {
        Err(why) => return Err(CheckResult::unreadable(channel, &why)),
        Ok(events) => events.unwrap_or_default(),
    };
    let (mut told, mut perhaps) = (Vec::new(), Vec::new());
    for (event, line) in events.iter().rev().filter_map(|event| Some((event, tell(event)?))) {
        let at = event.at.0;
        match failed.iter().position(|attempt| attempt.ended_near(at)) {
            Some(attempt) => told.push((attempt, at.unix_timestamp(), line.text)),
            None if line.is_own => told.push((failed.len(), -at.unix_timestamp(), line.text)),
            None => perhaps.push(line.text),
        }
    }
    told.sort_by_key(|(attempt, at, _)| (*attempt, *at));
    Ok(match (told.is_empty(), attempts) {
        (false, _) => SameMinute::Told(lines(told.into_iter().map(|(_, _, line)| line))),
        (true, None) if !perhaps.is_empty() => SameMinute::Perhaps(lines(perhaps.into_iter().rev())),
        (true, attempts) => SameMinute::Nothing { attempts: attempts.is_some() },
    })
}

fn quiet(survey: &Survey<'_>, channel: &str, nothing: &str) -> CheckResult {
    let events = survey.events(channel).ok().flatten().unwrap_or_default();
    CheckResult::ok(format!("{nothing} {}", span(survey, channel, &events)))
}

/// The attempts that are about the target, or all of them where there is none; else what to say.
fn concerned(survey: &Survey<'_>) -> Result<Vec<Attempt>, CheckResult> {
    let attempts = match attempts(survey) {
        Err(why) => return Err(CheckResult::unreadable(CHANNEL, &why)),
        Ok(None) => return Err(CheckResult::not_applicable("this machine keeps no log of its client")),
        Ok(Some(attempts)) => attempts,
    };
    let concerns = |attempt: &Attempt| survey.target.is_none_or(|target| attempt.concerns(target));
    Ok(attempts.into_iter().filter(concerns).collect())
}

fn to(survey: &Survey<'_>) -> String {
    survey.target.map(|target| format!(" to {}", target.host)).unwrap_or_default()
}

/// What the event means, without what its data say better.
fn meaning(event: &Event, provider: &str) -> &'static str {
    let row = EVENT.find_all(event.id).find(|row| row.provider == provider);
    row.and_then(|row| row.meaning.split(';').next()).unwrap_or_default()
}

/// The first few of those that differ.
fn lines(lines: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for line in lines {
        if !all.contains(&line) {
            all.push(line);
        }
    }
    let more = all.len().saturating_sub(SHOWN);
    let shown = all.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}
