//! How far it got, and what ended it.
//!
//! A limit of ours is `tls_unsupported`, known from the answer to the legacy hello or to a posture; the phase keeps
//! what the server did. SSL 3 alone is the server's limit: nobody else speaks it either.

use super::{
    Facts, client_info, credentials::credentials, gateway, handshakes, kerberos, mstsc::label, watched,
};
use crate::{
    codes::Phase,
    report::{
        Credentials, Failure, FailureKind, GatewayStep, LicensingOutcome, Outcome, Purpose, Status, Summary,
        Verdict,
    },
};

/// The verdict on the described connection.
pub(super) fn verdict(facts: &Facts<'_>) -> Verdict {
    let reached = facts.phases.iter().rfind(|s| s.status == Status::Passed).map(|s| s.phase);
    let credentials = credentials(facts);
    let outcome = outcome(facts, credentials);
    let failed = facts.failed();
    let phase = match outcome {
        Outcome::Passed => None,
        Outcome::Aborted => failed.map(|s| s.phase),
        Outcome::Stopped => stopped_at(facts),
    };
    Verdict {
        outcome,
        reached,
        phase,
        step: step(facts, phase).map(str::to_owned),
        failure: failure(facts),
        credentials,
        gateway_credentials: gateway::credentials(facts),
        summary: format!("{}{}", led(facts), summary(facts, outcome, phase, reached)),
        mstsc: gateway::label(facts).or_else(|| label(facts)),
    }
}

/// What ended it; a limit of this program is told as that.
fn failure(facts: &Facts<'_>) -> Option<Failure> {
    let failure = facts.failed()?.failure?;
    let limit = handshakes::legacy(facts).filter(|_| facts.failed().is_some_and(|s| s.phase == Phase::Tls));
    Some(
        limit.map_or_else(
            || failure.clone(),
            |legacy| Failure::new(FailureKind::TlsUnsupported, legacy.limit()),
        ),
    )
}

/// The step inside the phase that has steps.
fn step<'a>(facts: &Facts<'a>, phase: Option<Phase>) -> Option<&'a str> {
    match phase {
        Some(Phase::Gateway) => gateway::ended_step(facts).map(GatewayStep::as_str),
        Some(Phase::Credssp) => kerberos::ended_at_kdc(facts).map(|_| "kdc"),
        _ => None,
    }
}

fn outcome(facts: &Facts<'_>, credentials: Credentials) -> Outcome {
    let Some(last) = facts.last() else { return Outcome::Stopped };
    match last.status {
        Status::Failed => Outcome::Aborted,
        Status::Stopped | Status::Unseen => Outcome::Stopped,
        Status::Passed => {
            let verified = last.phase == Phase::Credssp && credentials == Credentials::Verified;
            let complete = match facts.request.until {
                Some(until) => last.phase >= until,
                None => last.phase >= Phase::Licensing || verified,
            };
            if complete { Outcome::Passed } else { Outcome::Stopped }
        }
    }
}

/// The phase we ended in, or the one asked for that does not occur on this server.
fn stopped_at(facts: &Facts<'_>) -> Option<Phase> {
    let stopped =
        facts.last().filter(|s| matches!(s.status, Status::Stopped | Status::Unseen)).map(|s| s.phase);
    stopped.or(facts.request.until)
}

/// Where redirections have led, when they were followed.
fn led(facts: &Facts<'_>) -> String {
    match facts.described.map(|made| (&made.purpose, &made.hop)) {
        Some((Purpose::Hop(number), Some(hop))) => format!("hop {number}, {hop}: "),
        _ => String::new(),
    }
}

fn summary(facts: &Facts<'_>, outcome: Outcome, phase: Option<Phase>, reached: Option<Phase>) -> String {
    let works = reached.map_or_else(String::new, |reached| format!("everything up to {reached} works; "));
    let phase = phase.map_or_else(String::new, |phase| place(facts, phase));
    let last = facts.last();
    match outcome {
        Outcome::Aborted => {
            let detail = failure(facts).map(|failure| failure.detail).unwrap_or_default();
            format!("{works}ended in {phase}: {detail}")
        }
        Outcome::Stopped => match last.and_then(|s: &Summary<'_>| s.stopped) {
            _ if facts.posture.is_some() && facts.trace.interrupted => {
                format!("{works}interrupted before everything was asked")
            }
            Some(_) if facts.posture.is_some() => {
                format!("{works}a posture uses no account and goes no further")
            }
            Some(reason) if last.is_some_and(|last| last.status == Status::Unseen) => {
                let ended = watched::reset_from_the_path(facts)
                    .map_or("", |_| "; a RST that neither end sent ended it");
                format!("{works}{phase} and what follows is not seen: {reason}{ended}")
            }
            Some(reason) => format!("{works}stopped in {phase}: {reason}"),
            None if phase.is_empty() => format!("{works}what follows is not seen"),
            None => format!("{works}{phase} does not occur on this server"),
        },
        Outcome::Passed => {
            let reached = reached.map_or("", Phase::name);
            format!("everything up to {reached} works{}", passed_detail(facts))
        }
    }
}

/// The phase, and of a gateway its name and the step.
fn place(facts: &Facts<'_>, phase: Phase) -> String {
    match (phase, facts.through, gateway::ended_step(facts)) {
        (Phase::Gateway, Some(through), Some(step)) => {
            format!("the {} step of the gateway {}", step.as_str(), through.host)
        }
        (Phase::Credssp, ..) if kerberos::ended_at_kdc(facts).is_some() => {
            "the kdc step of credssp".to_owned()
        }
        _ => phase.name().to_owned(),
    }
}

fn passed_detail(facts: &Facts<'_>) -> &'static str {
    match (facts.last().map(|s| s.phase), facts.licensing.and_then(|l| l.outcome)) {
        (Some(Phase::Credssp), _) => "; the server accepts the account",
        (Some(Phase::Licensing), Some(LicensingOutcome::ValidClient)) => "; no license is needed",
        (Some(Phase::Licensing), Some(LicensingOutcome::NewLicense)) => "; the server issued a license",
        (Some(Phase::Licensing), Some(LicensingOutcome::Upgrade)) => "; the server upgraded the license",
        (Some(Phase::Activate), _) if client_info::credentials(facts) == Some(Credentials::Verified) => {
            "; the server accepts the account and has opened its session"
        }
        (Some(Phase::Activate), _) => match facts.session {
            Some(session) if session.failure.as_ref().is_some_and(Failure::is_of_path) => {
                "; the server opened a session, which ended on the way between"
            }
            Some(session) if session.failure.is_some() => "; the server opened a session and then ended it",
            Some(session) if session.redirection.as_ref().is_some_and(|to| !to.informational) => {
                "; the server opened a session and sends it elsewhere"
            }
            _ => "; the server has opened a session",
        },
        _ => "",
    }
}
