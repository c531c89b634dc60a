//! A record of a whole trace: the connections that follow up the traced one decide nothing, and show what they showed live.

use rdptrace::{
    Report,
    internal::demo::{FAULTS, Fault},
    report::{Outcome, Purpose},
};

use crate::{faults::both_of, relay::unseen};

/// How the record is judged otherwise than the trace; none if it is not.
fn difference(live: &Report, seen: &Report) -> Option<String> {
    let told = |report: &Report| {
        let verdict = &report.verdict;
        let failure = verdict.failure.as_ref().map(|failure| (failure.kind.name(), failure.code));
        ((verdict.outcome == Outcome::Aborted).then_some(verdict.phase), failure)
    };
    (told(live) != told(seen)).then(|| format!("{:?} {:?}", told(live), told(seen)))
}

#[tokio::test(start_paused = true)]
async fn a_trace_with_its_experiments_is_judged_as_it_was_live() {
    let mut wrong = Vec::new();
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let name = fault.map_or("healthy", |fault| fault.name);
        let (live, seen) = both_of(fault).await;
        let kind = live.verdict.failure.as_ref().map(|failure| failure.kind.name());
        if !unseen(name, kind) {
            wrong.extend(difference(&live, &seen).map(|how| format!("{name}: {how}")));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), FAULTS.len(), wrong.join("\n"));
}

fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().find(|fault| fault.name == name)
}

#[tokio::test(start_paused = true)]
async fn experiments_in_a_record_separate_causes_as_they_did_live() {
    let (live, seen) = both_of(find("tls-version-intolerant")).await;
    let experiments = |report: &Report| {
        let made = report.trace.connections.iter();
        let made = made.filter(|made| matches!(made.purpose, Purpose::Experiment(_)));
        let mut names: Vec<String> = made.map(|made| made.purpose.to_string()).collect();
        names.sort();
        names
    };
    assert!(!experiments(&live).is_empty());
    assert_eq!(experiments(&seen), experiments(&live));
    let first = |report: &Report| report.causes.first().map(|cause| cause.code.as_str().to_owned());
    assert_eq!(first(&seen), first(&live));
}

/// The client answers each, and none of them is what it waits for.
#[tokio::test(start_paused = true)]
async fn a_server_that_goes_on_about_other_things_is_not_silent() {
    let (_, seen) = both_of(find("message-channel-flood")).await;
    let told = seen.verdict.failure.expect("it failed").detail;
    assert!(told.starts_with("the server sent nothing that was awaited for "), "{told}");
}
