//! Reports without names and addresses.

use rdptrace::{Report, internal::local::Redaction};

use super::{flows, of, written};
use crate::{
    passive::{captured, report},
    program::{rdptrace, text},
};

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

#[tokio::test(start_paused = true)]
async fn names_inside_tls_are_replaced_too() {
    let (flow, recorded) = captured("licensing-close").await;
    let mut named = report(flow, &recorded);
    let client = named.trace.connections[0].client.as_mut().expect("what the client offers");
    client.settings.as_mut().expect("its settings").name = Some("DESKTOP-7".to_owned());
    named.findings[0].message = "DESKTOP-7 at 10.1.2.3:3389 (aa:bb:cc:dd:ee:0f) asks rdsh01".to_owned();
    let before = serde_json::to_string(&named).expect("a report");
    assert!(["DESKTOP-7", "rdsh01", "CORP"].iter().all(|name| before.contains(name)), "{before}");
    let after = Redaction::default().report(&named).expect("a report");
    let shown = serde_json::to_string(&after).expect("a report");
    for name in ["DESKTOP-7", "rdsh01", "RDSH01", "CORP", "corp.example", "10.1.2.3", "aa:bb"] {
        assert!(!shown.contains(name), "{name}: {shown}");
    }
    assert_eq!((after.tool.name, after.verdict.phase), (named.tool.name, named.verdict.phase));
}

#[tokio::test(start_paused = true)]
async fn a_report_with_more_names_than_can_be_replaced_is_refused() {
    let (flow, recorded) = captured("licensing-close").await;
    let mut named = report(flow, &recorded);
    let tls = named.trace.connections[0].phases.tls.as_mut().expect("TLS");
    let certificate = tls.evidence.certificate.as_mut().expect("a certificate");
    certificate.names = (0..2100).map(|number| format!("pc{number}.corp.example")).collect();
    assert!(Redaction::default().report(&named).is_err());
}
