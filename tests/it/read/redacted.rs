//! Reports without names and addresses.

use rdptrace::{Report, internal::local::Redaction};
use serde_json::json;

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

/// A name in a field of names is replaced wherever the report repeats it, also one that looks like any word.
#[test]
fn a_name_is_known_by_its_field_and_replaced_in_every_sentence() {
    const NAME: &str = "zanzibar";
    let sentence = "it was said that zanzibar is slow";
    for (field, value) in [
        ("host", "zanzibar"),
        ("sni", "zanzibar.corp.example"),
        ("names", "zanzibar"),
        ("proxy", "zanzibar:3128"),
        ("netbios_domain", "zanzibar"),
        ("realm", "ZANZIBAR"),
        ("search_domains", "zanzibar.example"),
        ("user", r"CORP\zanzibar"),
        ("cookie", "mstshash=zanzibar"),
        ("subject", "CN=zanzibar, O=Corp"),
        ("issuer", "DC=zanzibar, DC=example"),
        ("via", "1.1 zanzibar (squid)"),
        ("via", "1.0 other, 1.1 zanzibar"),
        ("token", "zanzibar"),
        ("location", "https://zanzibar/path"),
    ] {
        let report = json!({ field: value, "message": sentence });
        let shown = Redaction::default().value(report).expect("few names");
        let message = shown["message"].as_str().expect("a sentence");
        assert!(
            message.starts_with("it was said that ") && message.ends_with(" is slow"),
            "{field}: {message}"
        );
        assert!(!shown.to_string().to_lowercase().contains(NAME), "{field} {value}: {shown}");
    }
    let listed =
        json!({ "names": ["other", NAME], "settings": { "name": "own" }, "message": "own or zanzibar" });
    let shown = Redaction::default().value(listed).expect("few names");
    assert!(!["own", NAME, "other"].iter().any(|name| shown.to_string().contains(name)), "{shown}");
    let nobody = json!({ "message": sentence, "name": NAME });
    assert_eq!(Redaction::default().value(nobody.clone()).expect("few names"), nobody);
}

/// What a server sent may hold anything, so it is not shown, and a sentence that repeats it neither.
#[test]
fn what_was_sent_is_hidden_where_a_sentence_repeats_it() {
    let report = json!({ "received": "abcd", "head": "abc", "message": "abcd came after abc" });
    let shown = Redaction::default().value(report).expect("few names");
    assert_eq!(shown, json!({ "received": null, "head": null, "message": "(hidden) came after abc" }));
}
