//! How a report tells what a trace and a machine show together: verdict, text, JUnit, and a stored report judged again.

use std::fs;

use rdptrace::{
    Report, explain, render,
    report::{Likelihood, Outcome, Severity},
};
use serde_json::{Value, json};

use crate::{
    causes::on,
    faults::{settings, trace},
    joined::{check, with},
    lab::{Answer, fault},
    program::{file, rdptrace, text},
};

async fn healthy() -> Report {
    trace(None, &settings().account(None).until(None)).await
}

/// A client with old settings, a log of a failed attempt, and checks of every kind.
fn client() -> (Value, Value) {
    let machine = json!({
        "version": "10.0.26100.4202",
        "encryption_oracle": 2,
        "client_protocols": [
            { "version": "TLSv1.2", "enabled": false, "source": "TLS 1.2\\Client\\Enabled = 0" },
            { "version": "TLSv1.3", "enabled": false, "source": "TLS 1.3\\Client\\Enabled = 0" },
        ],
        "attempts": [
            { "at": "2026-11-22T11:50:00Z", "server": "rdsh01", "connected": false, "reason": 2308 },
        ],
    });
    let told = |code: &str, status: &str, message: &str, observed: Value| json!({ "code": code, "role": "client", "status": status, "message": message, "observed": observed });
    let checks = json!([
        told("names-hosts-file", "ok", "the hosts file has no entry for rdsh01", Value::Null),
        told("credssp-encryption-oracle", "warning", "also connects to hosts without the update", json!("2")),
        told("schannel-client-tls12", "error", "TLS 1.2 is switched off", json!("Enabled = 0")),
        told("program-files", "error", "mstscax.dll is missing, so this client does not start", Value::Null),
        told(
            "ntlm-level",
            "warning",
            "NTLMv1 is sent, which gateways refuse",
            json!("LmCompatibilityLevel = 1")
        ),
        told("client-log-attempts", "unknown", "the log could not be read", Value::Null),
        check("listener-enabled", "host", "error"),
    ]);
    (machine, checks)
}

fn page(report: &Report) -> String {
    let mut plain = anstream::StripStream::new(Vec::new());
    render::text(report, &mut plain).expect("memory takes everything");
    let page = String::from_utf8(plain.into_inner()).expect("text");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    page
}

fn reviewed(name: &str, report: &Report) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"SHA-1 [0-9a-f]{40}", "SHA-1 [thumbprint]");
    settings.add_filter(r"\d+ B of TLS", "[n] B of TLS");
    settings.bind(|| insta::assert_snapshot!(name, page(report)));
}

#[tokio::test(start_paused = true)]
async fn pages_read_as_reviewed() {
    let (machine, checks) = client();
    reviewed("joined-healthy-server", &with(healthy().await, machine, checks));
    let hosts = json!({ "hosts_entries": [{ "name": "rdsh01.corp.example", "address": "192.0.2.15" }] });
    let checks = json!([check("names-hosts-file", "client", "warning"), check("ntlm-level", "client", "ok")]);
    reviewed("joined-stale-hosts", &with(on(&[("192.0.2.15:3389", Answer::Silent)]).await, hosts, checks));
    let route = json!({ "destination": "192.0.2.15", "interface": "wg0", "tunnel": true, "mtu": 1280 });
    let lost = trace(Some(fault("tls-large-hello-dropped")), &settings()).await;
    let checks = json!([check("route-mtu", "client", "warning")]);
    reviewed("joined-tunnel", &with(lost, json!({ "system": "linux", "route": route }), checks));
}

#[tokio::test(start_paused = true)]
async fn the_verdict_says_that_the_fault_is_on_this_machine() {
    let (machine, checks) = client();
    let told =
        |report: &Report| report.verdict.summary.split_once("the server").map(|(_, told)| told.to_owned());
    let here = with(healthy().await, machine.clone(), checks.clone());
    assert_eq!(
        told(&here).as_deref(),
        Some(
            " answers well, what is wrong is on this machine: see tls-client-no-common-version and program-files"
        )
    );
    assert_ne!(here.verdict.outcome, Outcome::Aborted);
    let mut files = machine.clone();
    files["from_files"] = json!(true);
    let files = with(healthy().await, files, checks.clone());
    assert!(told(&files).is_some_and(|told| told.contains("on the machine that the files are of: see")));
    assert!(page(&files).contains("\nMachine of the files\n"));
    let log = json!({ "attempts": machine["attempts"] });
    let log = with(healthy().await, log, json!([]));
    assert!(
        told(&log).is_some_and(|told| told.contains("the last attempt of mstsc comes and goes or is on"))
    );
    // A server with a fault of its own does not answer well, and one that failed not at all.
    for name in ["certificate-expired", "tls-reset"] {
        let report = trace(Some(fault(name)), &settings()).await;
        let summary = with(report, machine.clone(), checks.clone()).verdict.summary;
        assert!(!summary.contains("answers well"), "{name}: {summary}");
    }
    let sound =
        json!([check("names-hosts-file", "client", "ok"), check("listener-enabled", "host", "error")]);
    assert_eq!(told(&with(healthy().await, json!({}), sound)), None);
}

#[tokio::test(start_paused = true)]
async fn what_a_finding_tells_is_not_told_again() {
    let (machine, checks) = client();
    let report = with(healthy().await, machine, checks);
    let finding = report.findings.iter().find(|finding| finding.code.as_str() == "credssp-oracle-not-needed");
    assert_eq!(finding.expect("the finding").checks, ["credssp-encryption-oracle"]);
    assert!(!page(&report).contains("credssp-encryption-oracle"));
    let mut xml = Vec::new();
    render::junit(&report, Some(Severity::Error), &mut xml).expect("memory takes everything");
    let xml = String::from_utf8(xml).expect("text");
    let document = roxmltree::Document::parse(&xml).expect("XML");
    let case =
        |name| document.descendants().find(|node| node.attribute("name") == Some(name)).expect("a case");
    let said =
        |name| case(name).first_element_child().and_then(|node| node.text()).unwrap_or_default().to_owned();
    assert_eq!(said("local credssp-encryption-oracle").trim(), "warning: see credssp-oracle-not-needed");
    assert!(said("local ntlm-level").contains("NTLMv1 is sent"));
    let failures = document.descendants().filter(|node| node.has_tag_name("failure")).count();
    assert_eq!(failures, 0, "checks beside a trace are no test of the server: {xml}");
}

/// What was traced stays on the screen, and how the machine does as a host matters to a trace of it only.
#[tokio::test(start_paused = true)]
async fn few_checks_stand_beside_a_trace() {
    let codes = [
        "ntlm-level",
        "proxy-system",
        "roots-store",
        "disk-system-volume",
        "program-version",
        "ntlm-outgoing",
    ];
    let mut checks: Vec<Value> = codes.iter().map(|code| check(code, "client", "warning")).collect();
    checks.push(check("listener-enabled", "host", "error"));
    let shown = page(&with(healthy().await, json!({}), json!(checks)));
    assert!(shown.contains("  also     ntlm-outgoing\n"), "{shown}");
    assert!(!shown.contains("listener-enabled"), "{shown}");
    let own = page(&with(healthy().await, json!({ "roles": ["host"] }), json!(checks)));
    assert!(own.contains("  error    listener-enabled: it says so"), "{own}");
    // What cannot be read may be why a trace failed; where nothing failed it explains nothing.
    let unread = json!([check("firewall-output", "client", "unknown"), check("ntlm-level", "client", "ok")]);
    assert!(!page(&with(healthy().await, json!({}), unread.clone())).contains("This machine"));
    let silent = page(&with(on(&[("192.0.2.15:3389", Answer::Silent)]).await, json!({}), unread));
    assert!(silent.contains("  unknown  firewall-output: it says so\nMore: "), "{silent}");
    assert!(silent.contains("\n      rdptrace local --target rdsh01.corp.example\n"), "{silent}");
}

#[tokio::test(start_paused = true)]
async fn a_stored_report_is_judged_alike() {
    let (machine, checks) = client();
    let joined = with(healthy().await, machine, checks);
    let path = file("joined.json");
    let stored = serde_json::to_value(&joined).expect("JSON");
    fs::write(&path, stored.to_string()).expect("a file");
    let output = rdptrace(&["judge", path.to_str().expect("a path of text"), "--format", "json"]);
    let judged: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    assert_eq!(judged, stored);
}

#[test]
fn a_report_of_a_machine_alone_is_judged_alike() {
    let path = file("machine-alone.json");
    let output = rdptrace(&["local", "--format", "json"]);
    fs::write(&path, &output.stdout).expect("a file");
    let judged = rdptrace(&["judge", path.to_str().expect("a path of text"), "--format", "json"]);
    assert_eq!(judged.status.code(), output.status.code(), "{}", text(&judged.stderr));
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON");
    assert_eq!(value(&judged.stdout), value(&output.stdout));
}

/// What a report names can be asked for by that name.
#[test]
fn every_check_is_explained() {
    for code in rdptrace::internal::local::paged() {
        let explanation =
            explain::explain(&[code.to_owned()]).unwrap_or_else(|error| panic!("{code}: {error}"));
        let [explained] = explanation.codes.as_slice() else { panic!("{code}: {explanation:?}") };
        assert_eq!(explained.input, code);
        assert!(explained.known && explained.summary.len() > 40, "{code}: {}", explained.summary);
        assert!(
            !rdptrace::internal::diagnose::paged().any(|other| other == code),
            "{code} is a finding or a cause too"
        );
    }
    let output = rdptrace(&["explain", "names-hosts-fil"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("names-hosts-file"), "{}", text(&output.stderr));
    assert!(text(&rdptrace(&["explain", "names-hosts-file"]).stdout).contains("asked before DNS"));
}

/// The tables that connect the two sides name checks that exist, or how their names begin.
#[test]
fn the_checks_that_findings_tell_exist() {
    let source = include_str!("../../src/diagnose/machine/checks.rs");
    let words = source.split('"').skip(1).step_by(2).filter(|word| word.contains('-'));
    let exists = |word: &str| {
        let check = rdptrace::local::checks().any(|check| check.code.starts_with(word));
        check || rdptrace::internal::diagnose::emitted().any(|code| code == word)
    };
    let unknown: Vec<_> = words.filter(|word| !exists(word)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test(start_paused = true)]
async fn a_check_that_says_error_is_likelier_than_one_that_warns() {
    for (code, status, likelihood) in [
        ("route-to-target", "error", Likelihood::Likely),
        ("firewall-output", "warning", Likelihood::Possible),
    ] {
        let checks = json!([check(code, "client", status)]);
        let report = with(on(&[("192.0.2.15:3389", Answer::Silent)]).await, json!({}), checks);
        let cause =
            report.causes.iter().find(|cause| cause.code.as_str() == "client-way-wrong").expect("the cause");
        assert_eq!((cause.likelihood, cause.checks.as_slice()), (likelihood, &[code.to_owned()][..]));
    }
}
