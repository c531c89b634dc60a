//! Policies, held against a report of a trace.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rdptrace::{Policy, Report};
use time::OffsetDateTime;

static REPORT: LazyLock<Report> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../testdata/reports/v1/healthy.json")).expect("a report"));

fuzz_target!(|text: &str| {
    if let Ok(policy) = Policy::read(text) {
        policy.judge(&mut REPORT.clone(), OffsetDateTime::UNIX_EPOCH.date());
    }
});
