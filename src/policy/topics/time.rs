//! Clocks and durations.

use crate::{
    codes::{MAX_SKEW_SECONDS, Phase},
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        wanted::{Shape, Wanted},
    },
    report::{Millis, Status},
};

/// A day in milliseconds: nothing takes longer.
const DAY_MS: u64 = 86_400_000;

pub(super) const PROMISES: &[Promise] = &[
    Promise::new(
        "clock_skew_max",
        "Seconds by which the server's clock, or the KDC's, may differ from the client's.",
        Shape::at_most(86_400, " s"),
        skew,
    )
    .proposing(usual_skew),
    Promise::new(
        "max_ms",
        "Milliseconds that the whole run may take, with its experiments.",
        Shape::at_most(DAY_MS, " ms"),
        whole,
    ),
    Promise::new(
        "phase.*.max_ms",
        "Milliseconds that this phase may take.",
        Shape::at_most(DAY_MS, " ms"),
        phase,
    )
    .of_each(|| Phase::ALL.map(Phase::name).to_vec()),
    Promise::new(
        "round_trip.max_ms",
        "Milliseconds that a round trip of TCP may take.",
        Shape::at_most(DAY_MS, " ms"),
        round_trip,
    ),
];

fn clock(subject: &Subject<'_>) -> Option<i64> {
    let of_server = |seen: &crate::report::CredsspEvidence| {
        let kdc = seen.kdc.as_ref().and_then(|kdc| kdc.clock_skew_seconds);
        seen.ntlm.as_ref().and_then(|ntlm| ntlm.clock_skew_seconds).or(kdc)
    };
    subject.evidence(|phases| of_server(&phases.credssp.as_ref()?.evidence))
}

fn skew(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    match clock(subject) {
        Some(skew) => Answer::of(skew.unsigned_abs() <= asked.wanted.number(), format!("{skew} s")),
        None => subject.missing(Phase::Credssp),
    }
}

fn usual_skew(subject: &Subject<'_>) -> Option<Wanted> {
    clock(subject).map(|_| Wanted::Number(MAX_SKEW_SECONDS))
}

/// Durations are compared as they are shown, to a tenth of a millisecond.
#[allow(clippy::cast_precision_loss, reason = "a day in milliseconds needs 27 bits")]
fn within(seen: Millis, asked: &Asked<'_>) -> Answer {
    Answer::of(seen.0 <= asked.wanted.number() as f64, format!("{:.1} ms", seen.0))
}

fn whole(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    match subject.report.verdict.phase.filter(|_| subject.is_aborted()) {
        Some(ended) => Answer::unknown(format!("the connection ended in {ended}")),
        None => within(subject.report.trace.elapsed_ms, asked),
    }
}

fn phase(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let Ok(phase) = asked.part.parse::<Phase>() else { return Answer::unknown("there is no such phase") };
    match subject.phase(phase) {
        Some(seen) if seen.status == Status::Passed => within(seen.elapsed_ms, asked),
        _ => subject.missing(phase),
    }
}

fn round_trip(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let tcp = subject.made.and_then(|made| made.tcp.as_ref());
    match tcp.and_then(|tcp| tcp.round_trip_ms) {
        Some(seen) => within(seen, asked),
        None if tcp.is_some() => Answer::unknown("the system does not tell it"),
        None => subject.missing(Phase::Connect),
    }
}
