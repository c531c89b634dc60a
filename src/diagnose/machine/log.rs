//! The last attempt in the log of this machine's client, against what the trace shows now.

use time::UtcOffset;

use super::{machine, this};
use crate::{
    codes::{DISCONNECT, Phase},
    diagnose::{Facts, mstsc},
    report::ClientAttempt,
};

/// No information, ended by the user, by an administrator or by the server, a prompt, and the end of a session: no faults.
const NO_FAULT: &[u32] = &[0, 1, 2, 3, 263, 2824];

/// It failed, and the trace passes what it failed in.
pub(super) fn failed(facts: &Facts<'_>) -> Option<String> {
    let last = Last::of(facts).filter(|last| last.is_passed(facts))?;
    let beyond = last.phases.iter().any(|phase| Some(*phase) > reached(facts)) || last.in_session;
    let further = if beyond { ", or comes after what was traced" } else { "" };
    Some(format!(
        "{}; this trace passes: the fault comes and goes, or is on {}{further}",
        last.text, last.whose
    ))
}

/// It failed where the trace fails.
pub(super) fn agrees(facts: &Facts<'_>) -> Option<String> {
    let phase = facts.failed()?.phase;
    let last = Last::of(facts).filter(|last| last.fits(facts, phase))?;
    Some(format!("{}, which fits the end of this trace in {phase}", last.text))
}

/// It ended elsewhere than the trace.
pub(super) fn differs(facts: &Facts<'_>) -> Option<String> {
    let phase = facts.failed()?.phase;
    let last = Last::of(facts).filter(|last| !last.fits(facts, phase))?;
    if last.connected {
        return Some(format!(
            "{}; this trace ends in {phase}: the fault is new, or comes and goes",
            last.text
        ));
    }
    let place = last.phases.iter().map(|phase| phase.name()).collect::<Vec<_>>();
    let place = if place.is_empty() { "elsewhere".to_owned() } else { format!("in {}", place.join(" or ")) };
    Some(format!(
        "{}, which arises {place}; this trace ends in {phase}: there are two faults, or it has changed",
        last.text
    ))
}

/// It failed in something that the trace did not get to.
pub(super) fn beyond(facts: &Facts<'_>) -> Option<String> {
    let last = Last::of(facts).filter(|last| facts.failed().is_none() && !last.is_passed(facts))?;
    let reached = reached(facts).map_or("nothing", |phase| phase.name());
    Some(format!("{}; this trace went as far as {reached} and says nothing about it", last.text))
}

/// The newest attempt for the target, when it ended with a fault.
struct Last {
    text: String,
    whose: &'static str,
    reason: u32,
    connected: bool,
    /// Where its reason can arise; empty where that is not known, or anywhere.
    phases: Vec<Phase>,
    in_session: bool,
}

impl Last {
    fn of(facts: &Facts<'_>) -> Option<Self> {
        let machine = machine(facts)?;
        let attempt = machine.attempts.iter().find(|attempt| is_for_target(attempt, facts))?;
        let reason = attempt.reason.filter(|reason| !NO_FAULT.contains(reason))?;
        let row = DISCONNECT.find(reason);
        let places = || row.map_or("", |row| row.phases).split(',');
        // The rest of the sentence is for whoever asks for the code.
        let meaning = row.map_or("", |row| row.meaning).split([';', ':']).next().unwrap_or_default();
        let meaning = if meaning.is_empty() { String::new() } else { format!(" ({meaning})") };
        let at = attempt.at.0.to_offset(UtcOffset::UTC);
        let connected = if attempt.connected { " after it was connected" } else { "" };
        let this = this(machine);
        let code = DISCONNECT.written(reason);
        let text = format!(
            "the last attempt of mstsc on {this} ended{connected} with {code}{meaning}, on {} at {:02}:{:02} UTC",
            at.date(),
            at.hour(),
            at.minute(),
        );
        Some(Self {
            text,
            whose: this,
            reason,
            connected: attempt.connected,
            phases: places().filter_map(|place| place.parse().ok()).collect(),
            in_session: places().any(|place| place == "session"),
        })
    }

    /// Whether the trace passed a phase in which the reason can arise.
    fn is_passed(&self, facts: &Facts<'_>) -> bool {
        let anywhere = self.phases.is_empty() && !self.in_session;
        let passed = anywhere || self.phases.iter().any(|phase| Some(*phase) <= reached(facts));
        facts.failed().is_none() && reached(facts).is_some() && passed && !self.connected
    }

    /// Whether the trace ended as the attempt did.
    fn fits(&self, facts: &Facts<'_>, phase: Phase) -> bool {
        let label = mstsc::label(facts).map(|label| label.code);
        let same = label.is_some_and(|code| code == DISCONNECT.written(self.reason));
        let anywhere = self.phases.is_empty() && !self.in_session;
        !self.connected && (same || anywhere || self.phases.contains(&phase))
    }
}

/// The last phase that passed.
fn reached(facts: &Facts<'_>) -> Option<Phase> {
    let passed = facts.phases.iter().filter(|seen| seen.status == crate::report::Status::Passed);
    passed.map(|seen| seen.phase).max()
}

/// The client is told a name or an address, with a port where it is not the usual one.
fn is_for_target(attempt: &ClientAttempt, facts: &Facts<'_>) -> bool {
    let (Some(server), Some(target)) = (attempt.server.as_deref(), facts.trace.target.as_ref()) else {
        return false;
    };
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse().ok()),
        _ => (server, None),
    };
    let host = host.trim_matches(['[', ']']);
    let named = [&target.host, &target.server_name].into_iter().any(|name| is_same(name, host));
    let addressed = host.parse().is_ok_and(|address| facts.trace.target_addresses().contains(&address));
    port.is_none_or(|port: u16| port == target.port) && (named || addressed)
}

/// A name may be given with its domain or without.
fn is_same(one: &str, other: &str) -> bool {
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_bare = |name: &str| !name.contains(['.', ':']);
    one.eq_ignore_ascii_case(other) || (is_bare(one) || is_bare(other)) && first(one) == first(other)
}
