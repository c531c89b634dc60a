//! What a trace and the checks of a machine show together: each rule by a machine that is made for it.

use std::collections::BTreeSet;

use rdptrace::{
    Checked, Report, Settings, Target, Tracer, diagnose, join,
    report::{Severity, Trace},
};
use serde_json::{Value, json};

use crate::{
    causes::on,
    faults::{settings, settings_for, trace},
    lab::{Answer, Host, Lab, Names, fault},
};

/// What the wire shows.
#[derive(Clone, Copy)]
enum Wire {
    /// The demo server, without an account.
    Healthy,
    /// The same, with its clock so many seconds ahead.
    Ahead(i64),
    Fault(&'static str),
    /// A host at this address that answers so.
    Host(&'static str, Answer),
    /// This name does not exist.
    NoName(&'static str),
}

async fn seen(wire: Wire) -> Report {
    let alone = settings().account(None).until(None);
    match wire {
        Wire::Healthy => trace(None, &alone).await,
        Wire::Ahead(seconds) => {
            let mut trace = trace(None, &alone).await.trace;
            skew(&mut trace, seconds);
            diagnose(trace)
        }
        Wire::Fault(name) => trace(Some(fault(name)), &settings_for(Some(fault(name)))).await,
        Wire::Host(FORWARDED, _) => {
            let lab = Lab::new(Names::Known(Vec::new()), vec![forwarded()]);
            let target: Target = FORWARDED.parse().expect("a target");
            Tracer::new(&target, &Settings::default(), &lab).run().await
        }
        Wire::Host(address, answer) => on(&[(address, answer)]).await,
        Wire::NoName(name) => {
            let target: Target = name.parse().expect("a target");
            Tracer::new(&target, &Settings::default(), &Lab::new(Names::Unknown, Vec::new())).run().await
        }
    }
}

/// The near end of a tunnel to a healthy server.
fn forwarded() -> Host {
    let address = FORWARDED.parse().expect("an address");
    Host { address, answer: Answer::Demo(None), after: std::time::Duration::ZERO }
}

fn skew(trace: &mut Trace, seconds: i64) {
    let credssp = trace.connections[0].phases.credssp.as_mut().expect("CredSSP was begun");
    credssp.evidence.ntlm.as_mut().expect("a CHALLENGE").clock_skew_seconds = Some(seconds);
}

/// The report of a trace, judged with a machine of Windows and its checks.
pub(crate) fn with(report: Report, machine: Value, checks: Value) -> Report {
    let mut whole = json!({ "system": "windows", "roles": ["client"] });
    let fields = machine.as_object().expect("a table").clone();
    whole.as_object_mut().expect("a table").extend(fields);
    let machine = serde_json::from_value(whole).expect("a machine");
    join(report, Checked { machine, checks: serde_json::from_value(checks).expect("checks") })
}

/// A check that says this.
pub(crate) fn check(code: &str, role: &str, status: &str) -> Value {
    json!({ "code": code, "role": role, "status": status, "observed": null, "message": "it says so" })
}

fn attempt(reason: u32, connected: bool) -> Value {
    let at = "2026-11-20T08:15:00Z";
    json!({ "attempts": [{ "at": at, "server": "RDSH01", "connected": connected, "reason": reason }] })
}

fn off(versions: &[&str]) -> Value {
    let setting =
        |version| json!({ "version": version, "enabled": false, "source": "TLS\\Client\\Enabled = 0" });
    json!({ "client_protocols": versions.iter().map(setting).collect::<Vec<_>>() })
}

fn remembers(host: &str, sha1: &str) -> Value {
    json!({ "remembered": [{ "host": host, "sha1": sha1, "source": "CertHash" }] })
}

fn hosts(address: &str) -> Value {
    json!({ "hosts_entries": [{ "name": "rdsh01.corp.example", "address": address }] })
}

fn way(tunnel: bool, mtu: u32) -> Value {
    json!({ "route": { "destination": "192.0.2.15", "interface": "tun0", "tunnel": tunnel, "mtu": mtu } })
}

const EVERY_TLS: &[&str] = &["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
const OTHER: &str = "00112233445566778899aabbccddeeff00112233";
const LOCAL: &str = "127.0.0.1:3389";
const SERVER: &str = "192.0.2.15:3389";
const FORWARDED: &str = "127.0.0.1:13389";
const PUBLIC: &str = "9.9.9.9:3389";

/// The wire, the machine, the finding or cause that follows; none where nothing must.
type Row = (Wire, Value, Option<&'static str>);

#[rustfmt::skip]
fn findings() -> Vec<Row> {
    use Wire::{Ahead, Fault, Healthy, Host};
    let broken = |name| Host(SERVER, Answer::Demo(Some(fault(name))));
    vec![
        (Healthy, json!({}), None),
        (Fault("credssp-old-version"), json!({}), Some("credssp-client-refuses")),
        (Fault("credssp-old-version"), json!({ "encryption_oracle": 1 }), Some("credssp-client-refuses")),
        (Fault("credssp-old-version"), json!({ "encryption_oracle": 2 }), Some("credssp-client-exposed")),
        (Fault("credssp-old-version"), json!({ "system": "linux" }), None),
        (Healthy, json!({ "encryption_oracle": 2 }), Some("credssp-oracle-not-needed")),
        (Healthy, json!({ "encryption_oracle": 0 }), None),
        (Healthy, off(EVERY_TLS), Some("tls-client-no-common-version")),
        (Healthy, off(&["TLSv1.2", "TLSv1.3"]), Some("tls-client-no-common-version")),
        (Healthy, off(&["TLSv1.3"]), None),
        (Healthy, off(&["TLSv1.0", "TLSv1.1"]), None),
        (Fault("tls-legacy-only"), off(&["TLSv1.0"]), Some("tls-client-no-common-version")),
        (Healthy, json!({ "cipher_suites": ["TLS_RSA_WITH_AES_128_CBC_SHA"] }), Some("tls-client-no-common-suite")),
        (Healthy, json!({ "cipher_suites": ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"] }), None),
        (Healthy, json!({ "cipher_suites": ["ECDHE-RSA-AES256-SHA"] }), None),
        (Healthy, remembers("RDSH01.corp.example", OTHER), Some("certificate-changed")),
        (Healthy, remembers("192.0.2.15", OTHER), Some("certificate-changed")),
        (Healthy, remembers("192.0.2.16", OTHER), None),
        (Host(LOCAL, Answer::Demo(None)), json!({ "listener_certificate": OTHER }), Some("certificate-not-the-configured")),
        (Host(FORWARDED, Answer::Demo(None)), json!({ "listener_certificate": OTHER }), None),
        (Healthy, json!({ "listener_certificate": OTHER, "roles": ["host"] }), Some("certificate-not-the-configured")),
        (Healthy, json!({ "listener_certificate": OTHER, "roles": ["client", "host"] }), None),
        (Ahead(400), json!({ "clock_synchronized": false }), Some("clock-wrong-here")),
        (Ahead(-400), json!({ "clock_synchronized": true }), Some("clock-wrong-there")),
        (Ahead(400), json!({ "clock_synchronized": false, "from_files": true }), None),
        (Ahead(300), json!({ "clock_synchronized": false }), None),
        (Healthy, hosts("192.0.2.15"), Some("name-from-hosts-file")),
        (Host(LOCAL, Answer::Demo(None)), hosts("127.0.0.1"), None),
        (Healthy, hosts("192.0.2.99"), Some("name-leads-elsewhere")),
        (Healthy, attempt(2308, false), Some("client-log-failed")),
        (Healthy, attempt(516, false), Some("client-log-failed")),
        (Healthy, attempt(2055, false), Some("client-log-beyond")),
        (Healthy, attempt(2308, true), Some("client-log-beyond")),
        (Healthy, attempt(263, false), None),
        (broken("tls-reset"), attempt(2308, false), Some("client-log-agrees")),
        (broken("tls-reset"), attempt(516, false), Some("client-log-differs")),
        (broken("tls-reset"), attempt(2308, true), Some("client-log-differs")),
    ]
}

/// The same for causes; a wire that does not fail has none.
#[rustfmt::skip]
fn causes() -> Vec<(Row, Value)> {
    use Wire::{Fault, Host, NoName};
    let none = || json!([]);
    let proxy = json!({ "proxies": [{ "address": "proxy.corp.example:8080", "source": "Internet Settings" }] });
    let here = json!({ "roles": ["client", "host"] });
    let listener = || json!([check("listener-enabled", "host", "error")]);
    let firewall = || json!([check("firewall-output", "client", "warning")]);
    vec![
        ((Host(SERVER, Answer::Refused), hosts("192.0.2.15"), Some("hosts-file-stale")), none()),
        ((Host(SERVER, Answer::Refused), hosts("192.0.2.99"), None), none()),
        ((NoName("rdsh01"), json!({}), Some("name-needs-domain")), none()),
        ((NoName("rdsh01"), json!({ "search_domains": ["corp.example"] }), None), none()),
        ((NoName("rdsh01.corp.example"), json!({}), None), none()),
        ((Host(PUBLIC, Answer::Silent), proxy.clone(), Some("only-proxy-leads-out")), none()),
        ((Host(SERVER, Answer::Silent), proxy, None), none()),
        ((Fault("tls-silence"), way(true, 1500), Some("tunnel-cuts-stream")), none()),
        ((Fault("tls-silence"), way(false, 1500), None), none()),
        ((Fault("logon-failure"), way(true, 1500), None), none()),
        ((Host(LOCAL, Answer::Refused), here.clone(), Some("host-setting-wrong")), listener()),
        ((Host(SERVER, Answer::Refused), here, None), listener()),
        ((Host(SERVER, Answer::Silent), json!({}), Some("client-way-wrong")), firewall()),
        ((Fault("logon-failure"), json!({}), None), firewall()),
    ]
}

/// Every report of this file, for tests that look for what is never shown.
pub(crate) async fn all() -> Vec<Report> {
    let mut reports = vec![not_yet_valid().await];
    for (wire, machine, _) in findings() {
        reports.push(with(seen(wire).await, machine, json!([])));
    }
    for ((wire, machine, _), checks) in causes() {
        reports.push(with(seen(wire).await, machine, checks));
    }
    reports
}

/// A certificate of the future, a clock that nobody keeps, and a server that does not tell its own.
async fn not_yet_valid() -> Report {
    let mut report = seen(Wire::Fault("certificate-not-yet-valid")).await;
    let credssp = report.trace.connections[0].phases.credssp.as_mut().expect("CredSSP was begun");
    credssp.evidence.ntlm = None;
    with(report, json!({ "clock_synchronized": false }), json!([]))
}

/// The page of this topic names what its rules say.
fn listed() -> BTreeSet<&'static str> {
    let page = include_str!("../../src/diagnose/pages/machine.md");
    page.lines().filter_map(|line| line.strip_prefix("# ")).flat_map(|line| line.split(", ")).collect()
}

fn codes(report: &Report) -> BTreeSet<&str> {
    let found = report.findings.iter().map(|finding| finding.code.as_str());
    let all = found.chain(report.causes.iter().map(|cause| cause.code.as_str()));
    all.filter(|code| listed().contains(code)).collect()
}

#[tokio::test(start_paused = true)]
async fn each_rule_needs_what_both_sides_show() {
    for (wire, machine, expected) in findings() {
        let report = with(seen(wire).await, machine.clone(), json!([]));
        let mut found = codes(&report);
        // The cause of a failure that the hosts file may explain stands beside the finding.
        found.remove("hosts-file-stale");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), Vec::from_iter(expected), "{machine}");
    }
    for ((wire, machine, expected), checks) in causes() {
        let report = with(seen(wire).await, machine.clone(), checks);
        let found: Vec<&str> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
        let found: Vec<&str> = found.into_iter().filter(|code| listed().contains(code)).collect();
        assert_eq!(found, Vec::from_iter(expected), "{machine}");
    }
    assert!(codes(&not_yet_valid().await).contains("clock-doubtful"));
}

#[tokio::test(start_paused = true)]
async fn every_rule_is_shown_by_something() {
    let reports = all().await;
    let shown: BTreeSet<&str> = reports.iter().flat_map(codes).collect();
    let unseen: Vec<_> = listed().into_iter().filter(|code| !shown.contains(code)).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// A policy that could not be read is no policy that is absent.
#[tokio::test(start_paused = true)]
async fn nothing_is_concluded_from_what_was_not_read() {
    let unread = json!([check("credssp-encryption-oracle", "client", "unknown")]);
    let report = with(seen(Wire::Fault("credssp-old-version")).await, json!({}), unread);
    assert_eq!(codes(&report), BTreeSet::new());
}

#[tokio::test(start_paused = true)]
async fn the_served_certificate_may_be_one_of_those_that_are_remembered() {
    let report = seen(Wire::Healthy).await;
    let served = report.certificate.as_ref().expect("a certificate").sha1.to_uppercase();
    let both = json!({ "remembered": [
        { "host": "rdsh01.corp.example", "sha1": OTHER, "source": "known_hosts2" },
        { "host": "rdsh01.corp.example", "sha1": served, "source": "known_hosts2" },
    ] });
    assert_eq!(codes(&with(report.clone(), both, json!([]))), BTreeSet::new());
    // What is remembered for another port or under another name of the same server does not count beside the exact one.
    let mut other = remembers("192.0.2.15", OTHER);
    other["remembered"].as_array_mut().expect("a list").extend([
        json!({ "host": "rdsh01.corp.example", "sha1": served, "source": "CertHash" }),
        json!({ "host": "rdsh01.corp.example", "port": 3390, "sha1": OTHER, "source": "elsewhere" }),
    ]);
    assert_eq!(codes(&with(report.clone(), other, json!([]))), BTreeSet::new());
    // FreeRDP keeps SHA-256.
    let served = report.certificate.as_ref().expect("a certificate").sha256.to_uppercase();
    for (sha256, found) in [(served, 0), ("00".repeat(32), 1)] {
        let entry = json!({ "host": "rdsh01.corp.example", "sha256": sha256, "source": "known_hosts2" });
        let remembers = json!({ "remembered": [entry] });
        assert_eq!(codes(&with(report.clone(), remembers, json!([]))).len(), found);
    }
}

/// Facts of the machine also stand beside causes that need no machine.
#[tokio::test(start_paused = true)]
async fn causes_of_the_path_name_the_tunnel_and_its_packets() {
    let report = with(seen(Wire::Fault("tls-large-hello-dropped")).await, way(true, 1280), json!([]));
    let said = |code: &str| {
        let cause = report.causes.iter().find(|cause| cause.code.as_str() == code);
        cause.unwrap_or_else(|| panic!("{code}: {:#?}", report.causes)).because.join("; ")
    };
    assert!(
        said("path-drops-large-packets").contains("the tunnel tun0 on the way carries packets of 1280 B")
    );
    assert!(said("inspection-device").contains("leads through the tunnel tun0, MTU 1280"));
}

#[tokio::test(start_paused = true)]
async fn the_version_that_is_known_alone_is_a_warning_and_none_at_all_an_error() {
    for (versions, severity) in
        [(&["TLSv1.2", "TLSv1.3"][..], Severity::Warning), (EVERY_TLS, Severity::Error)]
    {
        let report = with(seen(Wire::Healthy).await, off(versions), json!([]));
        let finding = report.findings.iter().find(|finding| finding.code.as_str().starts_with("tls-client"));
        assert_eq!(finding.map(|finding| finding.severity), Some(severity), "{:#?}", report.findings);
    }
}
