//! Findings that are accepted for a reason and until a day, or that count whatever their severity.

use rdptrace::{
    Policy, Report,
    policy::finding,
    render,
    report::{DecisionEffect, PromiseStatus, Severity},
};
use time::{Date, Month};

use super::{day, judged, only, sources::Source::Fault};

const ALLOWED: &str = "findings.allow = [{ code = \"certificate-expired\", reason = \"replaced in March\", until = 2027-03-31 }]";

async fn on(policy: &str, today: Date) -> Report {
    let mut report = Fault("certificate-expired").report().await;
    Policy::read(policy).expect("a policy").judge(&mut report, today);
    report
}

fn expired(report: &Report) -> &rdptrace::report::Finding {
    let mut found = report.findings.iter();
    found.find(|found| found.code.as_str() == "certificate-expired").expect("it is there")
}

#[tokio::test(start_paused = true)]
async fn an_accepted_finding_counts_again_after_its_last_day() {
    for (today, effect, counts) in [
        (day(Month::March, 30), DecisionEffect::Accepted, false),
        (day(Month::March, 31), DecisionEffect::Accepted, false),
        (day(Month::April, 1), DecisionEffect::Lapsed, true),
    ] {
        let report = on(ALLOWED, today).await;
        let found = expired(&report);
        assert_eq!(found.counts(Some(Severity::Error)), counts, "{today}");
        let decision = found.decision.as_ref().expect("it is decided");
        assert_eq!((decision.effect, decision.until.as_deref()), (effect, Some("2027-03-31")));
        assert_eq!(decision.reason.as_deref(), Some("replaced in March"));
    }
}

/// One that lapsed does not hide a later one for the same finding.
#[tokio::test(start_paused = true)]
async fn the_latest_day_counts() {
    let policy = format!(
        "{ALLOWED}\n[hosts.\"rdsh01.corp.example\"]\n{}",
        ALLOWED.replace("2027-03-31", "2027-09-30")
    );
    let report = on(&policy, day(Month::June, 1)).await;
    assert!(!expired(&report).counts(Some(Severity::Error)));
}

#[tokio::test(start_paused = true)]
async fn what_is_accepted_is_not_forbidden() {
    let report = Fault("certificate-expired").report().await;
    let forbid = "findings.forbid = [\"certificate-expired\", \"warning\"]";
    assert_eq!(only(report.clone(), forbid).status, PromiseStatus::Broken);
    let report = judged(report, &format!("{forbid}\n{ALLOWED}"));
    assert_eq!(report.promises[0].status, PromiseStatus::Kept);
}

/// What is accepted is no error of the verdict.
#[tokio::test(start_paused = true)]
async fn the_verdict_counts_only_what_counts() {
    for (today, errors) in [(day(Month::March, 31), 0), (day(Month::April, 1), 1)] {
        let mut page = Vec::new();
        render::text(&on(ALLOWED, today).await, &mut page).expect("memory takes everything");
        assert_eq!(String::from_utf8_lossy(&page).matches("errors: 1").count(), errors);
    }
}

/// The day of a text and of a quoted one.
#[tokio::test(start_paused = true)]
async fn a_day_may_be_a_text() {
    let report = on(&ALLOWED.replace("2027-03-31", "\"2027-03-31\""), day(Month::April, 1)).await;
    assert!(expired(&report).counts(Some(Severity::Error)));
}

#[tokio::test(start_paused = true)]
async fn an_option_counts_and_accepts_whatever_the_severity() {
    let code = |text: &str| vec![finding(text).expect("a finding")];
    let mut report = Fault("certificate-expired").report().await;
    let policy =
        Policy::default().accepting(code("certificate-expired")).counting(code("certificate-self-signed"));
    policy.judge(&mut report, day(Month::January, 1));
    assert!(!expired(&report).counts(Some(Severity::Info)));
    let own = report.findings.iter().find(|found| found.code.as_str() == "certificate-self-signed");
    assert!(own.is_some_and(|found| found.counts(None) && found.counts(Some(Severity::Error))));
}
