//! Reports without names and addresses.

use rdptrace::Report;

use super::{flows, of, written};
use crate::program::{rdptrace, text};

#[tokio::test(start_paused = true)]
async fn names_and_addresses_are_replaced_by_the_same_ones_everywhere() {
    let path =
        written("redacted.pcapng", &flows(&["nla-required", "tls-alert-at-once", "negotiate-silence"]).await);
    for format in ["text", "ndjson", "junit"] {
        let page = text(&rdptrace(&["read", of(&path), "--redact", "--format", format]).stdout);
        for name in ["192.0.2.", "rdsh01", "corp.example"] {
            assert!(!page.contains(name), "{name}: {page}");
        }
    }
    let lines = text(&rdptrace(&["read", of(&path), "--redact", "--format", "ndjson"]).stdout);
    let reports = lines.lines().map(|line| serde_json::from_str::<Report>(line).expect("a report"));
    let ends: Vec<_> =
        reports.map(|report| (report.trace.connections[0].local, report.trace.connections[0].peer)).collect();
    assert!(ends.windows(2).all(|pair| pair[0].0 != pair[1].0 && pair[0].1 == pair[1].1), "{ends:?}");
    let one = rdptrace(&["read", of(&path), "--redact", "--conversation", "1"]);
    assert!(!text(&one.stdout).contains("192.0.2."), "{}", text(&one.stdout));
}
