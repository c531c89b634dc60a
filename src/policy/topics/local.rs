//! Checks of a machine, each by its code.

use crate::{
    local::checks,
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        wanted::Shape,
    },
    report::CheckStatus,
};

pub(super) const PROMISES: &[Promise] = &[Promise::new(
    "local.*",
    "The worst result of this check of the machine: `ok`, or `warning` where that will do.",
    Shape::words(results),
    check,
)
.of_each(codes)];

fn codes() -> Vec<&'static str> {
    checks().map(|check| check.code).collect()
}

fn results() -> Vec<&'static str> {
    vec![CheckStatus::Ok.name(), CheckStatus::Warning.name()]
}

fn check(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let Some(made) = subject.report.trace.local.iter().find(|made| made.code == asked.part) else {
        return Answer::unknown("the check was not made");
    };
    let seen = made.observed.iter().fold(made.message.clone(), |text, seen| format!("{text}: {seen}"));
    match made.status {
        CheckStatus::Unknown | CheckStatus::NotApplicable => Answer::unknown(seen),
        CheckStatus::Ok => Answer::Kept(seen),
        CheckStatus::Warning => Answer::of(asked.wanted.has(made.status.name()), seen),
        CheckStatus::Error => Answer::Broken(seen),
    }
}
