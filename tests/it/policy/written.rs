//! A policy that is written from a report is one, and that report keeps it.

use rdptrace::{
    Report,
    internal::demo::FAULTS,
    policy::proposed,
    report::{Outcome, PromiseStatus},
};

use super::{judged, sources::Source};
use crate::faults::told_of;

/// How many promises there are; all of them are kept, by this report.
fn kept(name: &str, report: &Report) -> usize {
    let policy = proposed(report);
    let promises = judged(report.clone(), &policy).promises;
    let broken: Vec<_> = promises.iter().filter(|one| one.status != PromiseStatus::Kept).collect();
    assert!(broken.is_empty(), "{name}: {broken:#?}\n{policy}");
    promises.len()
}

#[tokio::test(start_paused = true)]
async fn every_demo_that_passes_keeps_what_is_written_of_it() {
    let mut passed = 0;
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let name = fault.map_or("healthy", |fault| fault.name);
        let report = told_of(fault).await;
        if report.verdict.outcome != Outcome::Aborted {
            passed += 1;
            assert!(kept(name, &report) >= 2, "{name}");
        }
    }
    assert!(passed > 15, "{passed}");
}

#[tokio::test(start_paused = true)]
async fn a_healthy_server_promises_a_dozen_things() {
    assert!(kept("trace", &Source::Healthy.report().await) >= 12);
    let posture = Source::Posture(None).report().await;
    assert!(kept("posture", &posture) >= 8);
    assert!(proposed(&posture).contains("\nnla = \"offered\"\n"));
}

/// What was found is listed, so that somebody accepts it or not; nothing is accepted by itself.
#[tokio::test(start_paused = true)]
async fn what_was_found_is_not_accepted_by_itself() {
    let report = Source::Fault("certificate-expired").report().await;
    let policy = proposed(&report);
    assert!(policy.contains("# code = \"certificate-expired\""), "{policy}");
    let judged = judged(report, &policy);
    assert!(judged.findings.iter().all(|found| found.decision.is_none()));
    let marks = "# [[hosts.\"rdsh01.corp.example\".findings.allow]]";
    let accepted = policy.split(marks).nth(1).expect("an allowance").lines();
    let accepted: Vec<&str> = accepted.filter_map(|line| line.strip_prefix("# ")).take(3).collect();
    let accepted = accepted.join("\n").replace("reason = \"\"", "reason = \"a lab\"");
    let whole = format!("{policy}\n{}\n{accepted}\n", marks.trim_start_matches("# "));
    let read = rdptrace::Policy::read(&whole).unwrap_or_else(|mistake| panic!("{mistake}\n{whole}"));
    let mut report = Source::Fault("certificate-expired").report().await;
    let today = report.trace.started.0.date();
    read.judge(&mut report, today);
    assert_eq!(report.findings.iter().filter(|found| found.decision.is_some()).count(), 1);
}
