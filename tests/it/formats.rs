//! The report as Markdown and as metrics: what a ticket and a monitoring system make of it.

use std::{collections::BTreeSet, io};

use rdptrace::{
    Report,
    internal::demo::FAULTS,
    render,
    report::{Outcome, Severity},
};
use serde_json::Value;

use crate::{
    faults::told_of,
    junit::interrupted_case,
    lab::fault,
    program::{Served, rdptrace, text},
};

type Render = fn(&Report, &mut dyn io::Write) -> io::Result<()>;

fn written(report: &Report, render: Render) -> String {
    let mut bytes = Vec::new();
    render(report, &mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("text")
}

/// Every text of a report that is no word of ours becomes this.
pub(crate) const FOREIGN: &str =
    "=<img src=x>|[a](http://evil.example)`*_@mallory #1 www.evil.example \u{202e}\n# forged";

pub(crate) fn altered(value: &mut Value, foreign: &str) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_free = matches!(
                    name.as_str(),
                    "subject"
                        | "issuer"
                        | "detail"
                        | "message"
                        | "observed"
                        | "summary"
                        | "host"
                        | "names"
                        | "server_name"
                );
                match field {
                    Value::String(text) if is_free => *text = foreign.to_owned(),
                    Value::Array(texts) if is_free => {
                        texts.iter_mut().for_each(|text| *text = foreign.into())
                    }
                    other => altered(other, foreign),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| altered(value, foreign)),
        _ => {}
    }
}

/// The cells of a row, which a bar ends unless it is escaped.
fn cells(row: &str) -> usize {
    row.replace("\\\\", "").replace("\\|", "").matches('|').count()
}

#[tokio::test(start_paused = true)]
async fn nothing_foreign_is_markup_in_a_ticket() {
    for name in ["certificate-expired", "logon-failure", "negotiate-close", "error-info-denied"] {
        let mut value = serde_json::to_value(told_of(Some(fault(name))).await).expect("JSON");
        altered(&mut value, FOREIGN);
        let page = written(&serde_json::from_value(value).expect("a report"), render::markdown);
        assert!(page.contains("mallory"), "{page}");
        for (wrong, escaped) in [("<img", "\\<img"), ("](", "\\]("), ("@mallory", "\\@mallory"), ("`", "\\`")]
        {
            assert_eq!(page.matches(wrong).count(), page.matches(escaped).count(), "{wrong} {page}");
        }
        assert!(
            !page.contains("http://") && !page.contains("www.evil") && !page.contains('\u{202e}'),
            "{page}"
        );
        assert!(!page.lines().any(|line| line.starts_with("# ")), "{page}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_says_what_the_report_says() {
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let report = told_of(fault).await;
        let page = written(&report, render::markdown);
        let name = fault.map_or("healthy", |fault| fault.name);
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
        // A table a connection, which has a head of two rows, and one for the steps of a gateway.
        let phases = report.trace.traced().map(|made| made.phases.summaries().len());
        let phases: usize = phases.filter(|phases| *phases > 0).map(|phases| phases + 2).sum();
        assert_eq!(rows.len(), phases, "{name} {page}");
        assert!(rows.iter().all(|row| cells(row) == 5), "{name} {page}");
        assert_eq!(page.contains("**ABORTED:**"), report.verdict.outcome == Outcome::Aborted, "{name}");
        let codes = report.causes.iter().map(|cause| cause.code.as_str());
        let codes = codes.chain(report.findings.iter().map(|found| found.code.as_str()));
        assert!(codes.clone().all(|code| page.contains(code)), "{name} {page}");
        assert_eq!(page.matches("<details>").count(), page.matches("</details>").count(), "{name}");
    }
}

/// The samples of a page by their metric, read as strictly as Prometheus does.
fn samples(page: &str) -> Vec<(String, String, f64)> {
    let (mut samples, mut current, mut told) = (Vec::new(), String::new(), BTreeSet::new());
    for line in page.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            current = help.split(' ').next().expect("a name").to_owned();
            assert!(told.insert(current.clone()), "{current} is told twice");
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{current} gauge"));
            continue;
        }
        let (name, rest) = line.split_once('{').expect(line);
        let (labels, value) = rest.rsplit_once("} ").expect(line);
        assert_eq!(name, current, "{line}");
        assert!(labels.starts_with("target=\""), "{line}");
        samples.push((name.to_owned(), labels.to_owned(), value.parse().expect(line)));
    }
    let series: BTreeSet<_> = samples.iter().map(|(name, labels, _)| (name, labels)).collect();
    assert_eq!(series.len(), samples.len(), "{page}");
    samples
}

fn value(samples: &[(String, String, f64)], name: &str, label: &str) -> Option<f64> {
    samples.iter().find(|sample| sample.0 == name && sample.1.contains(label)).map(|sample| sample.2)
}

#[tokio::test(start_paused = true)]
async fn metrics_tell_success_phases_and_what_ended_it() {
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let report = told_of(fault).await;
        let name = fault.map_or("healthy", |fault| fault.name);
        let samples = samples(&written(&report, render::prometheus));
        let failed = report.verdict.outcome == Outcome::Aborted;
        assert!(!failed || value(&samples, "probe_success", "") == Some(0.0), "{name}");
        let kind = report.verdict.failure.as_ref().map(|failure| format!("kind=\"{}\"", failure.kind.name()));
        let told = kind.as_ref().map(|kind| value(&samples, "rdp_failure_info", kind));
        assert_eq!(told, failed.then_some(Some(1.0)), "{name} {samples:?}");
        for found in &report.findings {
            assert_eq!(value(&samples, "rdp_finding", &format!("\"{}\"", found.code)), Some(1.0), "{name}");
        }
    }
    let closed = samples(&written(&told_of(Some(fault("tls-close"))).await, render::prometheus));
    assert_eq!(value(&closed, "rdp_phase_success", "phase=\"negotiate\""), Some(1.0));
    assert_eq!(value(&closed, "rdp_phase_success", "phase=\"tls\""), Some(0.0));
    assert_eq!(value(&closed, "rdp_phase_success", "phase=\"mcs\""), None);
    let healthy = told_of(None).await;
    let ends = healthy.certificate.as_ref().expect("it presents one").not_after.0.unix_timestamp();
    let healthy = samples(&written(&healthy, render::prometheus));
    assert_eq!(value(&healthy, "probe_success", ""), Some(1.0));
    assert_eq!(value(&healthy, "rdp_certificate_not_after_seconds", ""), Some(ends as f64));
    assert_eq!(value(&healthy, "probe_tls_version_info", "version=\"TLS 1.3\""), Some(1.0));
    assert_eq!(value(&healthy, "probe_ip_protocol", ""), Some(4.0));
}

#[tokio::test(start_paused = true)]
async fn nothing_foreign_ends_a_label() {
    let mut told = serde_json::to_value(told_of(Some(fault("logon-failure"))).await).expect("JSON");
    told["target"]["host"] = "a\"} 1\n\\b".into();
    told["verdict"]["failure"]["name"] = "c\"\\\n# TYPE".into();
    let page = written(&serde_json::from_value(told).expect("a report"), render::prometheus);
    let samples = samples(&page);
    assert!(samples.iter().all(|(_, labels, _)| labels.starts_with("target=\"a\\\"} 1?\\\\b")), "{page}");
}

#[test]
fn the_program_writes_both() {
    let server = Served::start(&["--fault", "tls-close"]);
    for (format, words) in [("markdown", "| tls | **failed** |"), ("prometheus", "rdp_phase_success")] {
        let output = rdptrace(&["trace", &server.1, "--format", format]);
        assert_eq!(output.status.code(), Some(14), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(words), "{}", text(&output.stdout));
    }
}

/// What a monitoring system gets: the exit code, the line, and the performance data behind the bar.
#[track_caller]
fn monitored(arguments: &[&str], code: i32, state: &str) -> String {
    let output = rdptrace(&[arguments, &["--format", "nagios"]].concat());
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{arguments:?} {said} {}", text(&output.stderr));
    assert!(
        said.starts_with(&format!("RDP {state} - ")) && said.lines().count() == 1,
        "{arguments:?} {said}"
    );
    said
}

#[test]
fn a_plug_in_tells_one_of_four_states() {
    let healthy = Served::start(&[]);
    let expires = Served::start(&["--fault", "certificate-expired"]);
    let closes = Served::start(&["--fault", "tls-close"]);
    let said = monitored(&["trace", &healthy.1], 0, "OK");
    let figures: Vec<&str> = said.trim().split_once(" | ").expect("figures").1.split(' ').collect();
    assert!(figures.iter().any(|figure| figure.starts_with("tls=0.") && figure.ends_with("s;;;0")), "{said}");
    assert!(figures.iter().any(|figure| figure.starts_with("certificate_days=")), "{said}");
    assert!(figures.iter().all(|figure| figure.split('=').count() == 2), "{said}");
    let closed = monitored(&["trace", &closes.1], 2, "CRITICAL");
    assert!(closed.contains("closed the connection in the TLS handshake"), "{closed}");
    monitored(&["trace", &expires.1, "--fail-on", "warning"], 2, "CRITICAL");
    monitored(&["trace", &healthy.1, "--fail-on", "info-is-no-word"], 3, "UNKNOWN");
    assert!(monitored(&["trace"], 3, "UNKNOWN").contains("<TARGET>"));
    monitored(&["judge", "there-is-no-such-file.json"], 3, "UNKNOWN");
    monitored(&["trace", &healthy.1, "--until", "licensing"], 3, "UNKNOWN");
}

#[tokio::test(start_paused = true)]
async fn a_plug_in_prints_one_line_whatever_is_said() {
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let mut value = serde_json::to_value(told_of(fault).await).expect("JSON");
        altered(&mut value, FOREIGN);
        let report: Report = serde_json::from_value(value).expect("a report");
        let mut bytes = Vec::new();
        render::nagios(&report, Some(Severity::Error), &mut bytes).expect("memory takes everything");
        let said = String::from_utf8(bytes).expect("text");
        assert_eq!((said.lines().count(), said.matches('|').count()), (1, 1), "{said}");
        let critical = report.verdict.outcome == Outcome::Aborted
            || report.findings.iter().any(|found| found.severity == Severity::Error);
        assert_eq!(said.starts_with("RDP CRITICAL - "), critical, "{said}");
    }
}

/// Whoever ends the program, or a supervisor, says nothing of the host.
#[tokio::test(start_paused = true)]
async fn what_was_interrupted_is_no_success() {
    let mut value = serde_json::to_value(told_of(Some(fault("negotiate-silence"))).await).expect("JSON");
    let negotiate = &mut value["connections"][0]["phases"]["negotiate"];
    negotiate["status"] = "stopped".into();
    negotiate["failure"] = Value::Null;
    negotiate["stopped"] = "interrupted by the user".into();
    value["verdict"]["outcome"] = "stopped".into();
    value["connections"].as_array_mut().expect("connections").truncate(1);
    let report: Report = serde_json::from_value(value).expect("a report");
    let mut bytes = Vec::new();
    render::nagios(&report, Some(Severity::Error), &mut bytes).expect("memory takes everything");
    assert!(bytes.starts_with(b"RDP UNKNOWN - "), "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(value_of_success(&report), Some(0.0));
    assert_eq!(interrupted_case(&report).as_deref(), Some("main negotiate"));
}

fn value_of_success(report: &Report) -> Option<f64> {
    value(&samples(&written(report, render::prometheus)), "probe_success", "")
}
