//! The `jq` lines of the guides work on every report, also where the host has no TLS, no NLA or does not answer.

use std::{fs, path::PathBuf, process::Command};

use rdptrace::{Report, Settings, Tracer, render};

use super::{guides, markdown::blocks, path, shell};
use crate::{
    faults::{settings, settings_for, trace},
    lab::{Lab, fault},
    program::{file, rdptrace, text},
};

/// The filters of all lines.
fn filters() -> Vec<String> {
    let blocks = guides().into_iter().flat_map(|document| blocks(&document.text));
    let calls = blocks.flat_map(|block| shell::calls(&block.text, "jq"));
    calls.map(|words| words.into_iter().nth(1).expect("a filter after -r")).collect()
}

fn stored(name: &str, report: &[u8]) -> PathBuf {
    let path = file(&format!("jq-{name}.json"));
    fs::write(&path, report).expect("a writable folder");
    path
}

fn json(report: &Report) -> Vec<u8> {
    let mut bytes = Vec::new();
    render::json(report, &mut bytes).expect("memory takes everything");
    bytes
}

/// Faults that leave something out of the report, or need a retry, a hop or another verdict.
const TRACED: &[&str] = &[
    "negotiate-silence",
    "nla-required",
    "ssh",
    "tls-required",
    "standard-security-only",
    "tls-reset",
    "tls-cbc-suites-only",
    "certificate-expired",
    "challenge-without-target-info",
    "logon-failure",
    "redirect-once",
    "license-server-missing",
];

/// The same of those whose posture is asked for.
const SURVEYED: &[&str] = &["negotiate-silence", "standard-security-only", "tls-reset"];

/// Reports of this version and of older ones, of a posture, of a machine, and none at all, as after exit code 2.
async fn reports() -> Vec<PathBuf> {
    let mut reports =
        vec![stored("could-not-run", b""), stored("healthy", &json(&trace(None, &settings()).await))];
    for name in TRACED {
        let fault = Some(fault(name));
        reports.push(stored(name, &json(&trace(fault, &settings_for(fault)).await)));
    }
    for name in SURVEYED {
        let target = "rdsh01.corp.example".parse().expect("a target");
        let report = Tracer::new(&target, &Settings::default(), &Lab::of(Some(fault(name)))).posture().await;
        reports.push(stored(&format!("posture-{name}"), &json(&report)));
    }
    reports.push(stored("local", &rdptrace(&["local", "--format", "json"]).stdout));
    let older = fs::read_dir(path("testdata/reports/v1")).expect("the folder is in the repository");
    reports.extend(older.map(|entry| entry.expect("a readable entry").path()));
    reports
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_macros, reason = "what is skipped is said to whoever runs the tests")]
async fn every_jq_line_works_on_every_report() {
    if Command::new("jq").arg("--version").output().is_err() {
        println!("skipped: jq is not installed");
        return;
    }
    let (filters, reports) = (filters(), reports().await);
    assert!(filters.len() >= 5, "{filters:?}");
    let mut wrong = Vec::new();
    for filter in &filters {
        let output = Command::new("jq").arg("-r").arg(filter).args(&reports).output().expect("jq runs");
        wrong.extend((!output.status.success()).then(|| format!("{filter}: {}", text(&output.stderr))));
        let printed = text(&output.stdout);
        wrong.extend(printed.contains("null").then(|| format!("{filter} prints null: {printed}")));
        wrong.extend(printed.is_empty().then(|| format!("{filter} never prints anything")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
