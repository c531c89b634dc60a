//! What TCP showed of the way to the host as findings: loss, a slow path, who was silent, and a host that takes long.
//!
//! `path-black-hole` comes before what may ail the host. Two segments sent again, or a connection that opens a second
//! late, are `path-loss`; one may be a late acknowledgment.

use std::time::Duration;

use super::{
    Facts, Rule,
    causes::small_segments_pass,
    pace::{self, LOSS, SHORT_TRIP_MS, STILL_PART},
};
use crate::{
    codes::Phase,
    report::{Failure, FailureKind, Finding, FindingCode, Severity, Spoken, Status, Summary, Timestamp},
};

/// A phase has few round trips: with short ones it takes this long only where the host does.
const SLOW_PHASE_MS: f64 = 2000.0;

/// No system is as late as this with an acknowledgment (RFC 9293 section 3.8.6.3), nor as late as so many round trips.
const LATE_MS: f64 = 700.0;
const TRIPS: f64 = 3.0;

pub(super) const RULES: &[Rule] = &[
    rule(FindingCode::PathLoss, Severity::Warning, loss),
    rule(FindingCode::PathSlow, Severity::Warning, slow),
    rule(FindingCode::Flow, Severity::Info, flow),
];

const fn rule(code: FindingCode, severity: Severity, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity, phase: Phase::Connect, applies }
}

/// What was sent and never acknowledged, when nothing came any more.
pub(super) struct BlackHole {
    /// Bytes; none where only whether the peer is there was asked in vain.
    pub bytes: u32,
    /// Segments that were sent again.
    pub again: u32,
}

/// Whether the last that was sent never arrived, or its acknowledgment never came back.
pub(super) fn black_hole(facts: &Facts<'_>) -> Option<BlackHole> {
    let ended = silence(facts)?.end.as_ref();
    // What is on the way while bytes come in is not lost.
    let took = facts.failed()?.elapsed_ms.0;
    if ended.and_then(|end| end.after_received_ms).is_some_and(|before| before.0 <= took * STILL_PART) {
        return None;
    }
    let tcp = facts.transport?;
    let trip = tcp.round_trip_ms.map_or(0.0, |trip| trip.0);
    let patient = facts.failed()?.elapsed_ms.0 >= LATE_MS.max(TRIPS * trip);
    let (bytes, again) = (tcp.unacknowledged?, tcp.retransmissions.unwrap_or(0));
    (bytes > 0 && patient || pace::pulse(facts) == Some(false)).then_some(BlackHole { bytes, again })
}

/// Whether all that was sent was acknowledged before the silence.
pub(super) fn is_acknowledged(facts: &Facts<'_>) -> bool {
    silence(facts).is_some() && facts.transport.is_some_and(|tcp| tcp.unacknowledged == Some(0))
}

fn silence<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let failed = facts.failed().filter(|failed| failed.phase > Phase::Connect)?;
    failed.failure.filter(|failure| failure.kind == FailureKind::Timeout)
}

fn loss(facts: &Facts<'_>) -> Option<String> {
    let loss = pace::loss(facts);
    // A host whose queue of new connections is full leaves a SYN unanswered too.
    let what = match (pace::only_syns(facts), loss.mended.is_none() && facts.is_watched()) {
        (Some(_), _) => "the host could not take more connections, or the path loses packets",
        (None, true) => "the path loses packets, or the host could not take more connections",
        (None, false) => "the path loses packets",
    };
    let told = loss.told();
    (!told.is_empty()).then(|| format!("{what}: {}", told.join("; ")))
}

/// How much of a message had come when the time was over, while bytes still came.
pub(super) struct Trickle {
    /// Bytes.
    pub bytes: u64,
    /// Milliseconds from the last of them to the end.
    pub before_end: f64,
}

/// Whether the phase ended in the middle of a message whose bytes were still on their way.
pub(super) fn trickle(facts: &Facts<'_>) -> Option<Trickle> {
    let failed = facts.failed()?;
    let failure = failed.failure.filter(|failure| failure.kind == FailureKind::Timeout)?;
    let (bytes, before_end) = (failure.partial_bytes()?, failure.end.as_ref()?.after_received_ms?.0);
    (before_end <= failed.elapsed_ms.0 * STILL_PART).then_some(Trickle { bytes, before_end })
}

/// The same in words.
pub(super) fn still_arriving(facts: &Facts<'_>) -> Option<String> {
    let Trickle { bytes, before_end } = trickle(facts)?;
    let (took, before) = (facts.failed()?.elapsed_ms.0 / 1000.0, before_end / 1000.0);
    Some(format!(
        "after {took:.1} s {bytes} B of a message had come, the last {before:.1} s before: bytes still arrive"
    ))
}

/// The page of HTTP that answered the ClientHello.
pub(super) fn page<'a>(facts: &Facts<'a>) -> Option<&'a Spoken> {
    let failed = facts.failed().filter(|failed| failed.phase == Phase::Tls)?;
    failed.failure.filter(|failure| failure.kind == FailureKind::NotTls)?;
    facts.tls?.speaks.as_ref().filter(|speaks| speaks.is_http())
}

fn slow(facts: &Facts<'_>) -> Option<String> {
    let advice = if facts.is_watched() { "" } else { "; --timeout gives each phase more time" };
    pace::slow(facts).map(|text| format!("{text}{advice}"))
}

/// What finds the connection in a capture or a log of the other side: who, when, and what the last was that crossed.
fn flow(facts: &Facts<'_>) -> Option<String> {
    let failure = facts.failed().filter(|failed| failed.phase > Phase::Connect)?.failure?;
    // Of what is lost on the way the finding that says so names the packets.
    if failure.kind == FailureKind::Timeout && failure.is_of_path() {
        return None;
    }
    let (tcp, made) = (facts.transport?, facts.described?);
    let way = format!("from {} to {}", made.local?, made.peer?);
    let last = last_sent(facts, failure).map_or_else(String::new, |moment| format!(" at {moment}"));
    let who = acknowledges(facts);
    let sent = match (tcp.sent_bytes, tcp.unacknowledged) {
        (Some(sent), Some(lost)) => format!("{} B", sent.saturating_sub(lost.into())),
        _ => "all that was sent".to_owned(),
    };
    match failure.kind {
        FailureKind::Timeout if is_acknowledged(facts) => {
            let then = match failure.partial_bytes() {
                Some(bytes) => format!("sent {bytes} B of a message"),
                None if small_segments_pass(facts) => "nothing came".to_owned(),
                None if facts.is_busy() => "sent other messages and none that was awaited".to_owned(),
                None => "sent nothing".to_owned(),
            };
            Some(format!("{who} acknowledged {sent}, the last sent{last} {way}, then {then}"))
        }
        FailureKind::Timeout if let Some(BlackHole { bytes, .. }) = black_hole(facts) => Some(format!(
            "of what was sent {way}, the last{last}, {who} acknowledged {} and never the last {bytes} B",
            tcp.sent_bytes.map_or_else(|| "a part".to_owned(), |_| sent)
        )),
        FailureKind::Timeout | FailureKind::Closed | FailureKind::Reset => {
            let began = made.started?.to_milliseconds()?;
            let sent = if last.is_empty() { last } else { format!("; our last byte was sent{last}") };
            Some(format!("the connection went {way}, begun {began}{sent}"))
        }
        _ => None,
    }
}

/// Whose system acknowledges what is sent.
fn acknowledges(facts: &Facts<'_>) -> &'static str {
    match (facts.through.is_some(), is_proxied(facts)) {
        (true, _) => "the gateway",
        (false, true) => "the proxy",
        (false, false) => "the host",
    }
}

/// Whether it is the host's own system that acknowledges.
pub(super) fn is_direct(facts: &Facts<'_>) -> bool {
    facts.through.is_none() && !is_proxied(facts)
}

fn is_proxied(facts: &Facts<'_>) -> bool {
    let connect = facts.described.and_then(|made| made.phases.connect.as_ref());
    connect.is_some_and(|record| record.evidence.proxy.is_some())
}

/// When our last byte was sent, to the millisecond.
fn last_sent(facts: &Facts<'_>, failure: &Failure) -> Option<String> {
    let made = facts.described?;
    let took: f64 = made.phases.summaries().iter().map(|phase| phase.elapsed_ms.0).sum();
    let after =
        Duration::try_from_secs_f64((took - failure.end.as_ref()?.after_sent_ms?.0).max(0.0) / 1000.0)
            .ok()?;
    let moment = made.started?.0.checked_add(after.try_into().ok()?)?;
    Timestamp(moment).to_milliseconds()
}

/// The phase that took longest, where it took seconds and round trips are short. What a gateway does is its own.
pub(super) fn host_slow(facts: &Facts<'_>) -> Option<Finding> {
    let tcp = facts.transport?;
    let trip = tcp.round_trip_ms?.0;
    if facts.through.is_some() || trip >= SHORT_TRIP_MS || tcp.retransmissions? >= LOSS {
        return None;
    }
    // What we waited for there is a word that need not come.
    let awaited = |phase: Phase| phase == Phase::Activate && facts.account_sent();
    let passed = |one: &&Summary<'_>| {
        one.status == Status::Passed && one.phase >= Phase::Negotiate && !awaited(one.phase)
    };
    let slow = facts.phases.iter().filter(passed).max_by(|a, b| a.elapsed_ms.0.total_cmp(&b.elapsed_ms.0))?;
    let (phase, took) = (slow.phase, slow.elapsed_ms.0);
    let message = format!(
        "{phase} took {:.1} s, a round trip {trip:.1} ms: the host, or what it asks, is slow",
        took / 1000.0
    );
    let finding = Finding {
        code: FindingCode::HostSlow.into(),
        severity: Severity::Warning,
        phase: Some(phase),
        message,
        checks: Vec::new(),
        decision: None,
    };
    (took >= SLOW_PHASE_MS).then_some(finding)
}
