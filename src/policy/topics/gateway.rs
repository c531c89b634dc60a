//! The RD Gateway: how far the way through it goes, its account and its certificate.

use crate::{
    codes::Phase,
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        topics::{certificate::days, way::account},
        wanted::{Shape, Wanted},
    },
    report::{GatewayEvidence, GatewayStep, Status},
};

pub(super) const PROMISES: &[Promise] = &[
    Promise::new(
        "gateway.reached",
        "The last step to and through the gateway that has to pass.",
        Shape::from(steps),
        reached,
    )
    .proposing(far),
    Promise::new(
        "gateway.credentials",
        "What becomes of the account at the gateway.",
        Shape::words(super::way::credentials_names),
        credentials,
    ),
    Promise::new(
        "gateway.days_left",
        "Days for which the gateway's certificate is valid at least.",
        Shape::at_least(36_500, " days"),
        days_left,
    ),
];

const NO_GATEWAY: &str = "there is no gateway on the way";

fn steps() -> Vec<&'static str> {
    GatewayStep::ALL.iter().map(|step| step.as_str()).collect()
}

fn gateway<'r>(subject: &Subject<'r>) -> Option<&'r GatewayEvidence> {
    subject.made?.phases.gateway.as_ref().map(|record| &record.evidence)
}

fn last(gateway: &GatewayEvidence) -> Option<GatewayStep> {
    let passed = gateway.steps.summaries().into_iter().filter(|step| step.status == Status::Passed);
    passed.map(|step| step.step).max()
}

fn reached(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let Some(gateway) = gateway(subject) else { return Answer::unknown(NO_GATEWAY) };
    let wanted = GatewayStep::ALL.iter().copied().find(|step| step.as_str() == asked.wanted.text());
    let reached = last(gateway);
    let seen = reached.map_or("no step", GatewayStep::as_str);
    let has_failed = gateway.steps.summaries().iter().any(|step| step.status == Status::Failed);
    match (reached >= wanted, has_failed) {
        (true, _) => Answer::Kept(seen.to_owned()),
        (false, true) => Answer::Broken(seen.to_owned()),
        (false, false) => subject.missing(Phase::Gateway),
    }
}

fn far(subject: &Subject<'_>) -> Option<Wanted> {
    last(gateway(subject)?).map(|step| Wanted::one(step.as_str()))
}

fn credentials(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    match subject.report.verdict.gateway_credentials {
        Some(seen) => account(seen, asked),
        None => Answer::unknown(NO_GATEWAY),
    }
}

fn days_left(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let Some(gateway) = gateway(subject) else { return Answer::unknown(NO_GATEWAY) };
    let tls = gateway.steps.tls.as_ref().and_then(|step| step.evidence.certificate.as_ref());
    match tls {
        Some(served) => days(subject, served, asked),
        None => subject.missing(Phase::Gateway),
    }
}
