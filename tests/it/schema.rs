//! The committed schema is the one the types make, and real reports are valid by it.

use std::{collections::BTreeSet, fs, path::Path};

use rdptrace::{Report, diagnose, internal::demo::FAULTS, render, report_schema};
use serde_json::Value;

use crate::faults::{settings, told_of, trace};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_committed_schema_is_current() {
    let committed = fs::read_to_string(root().join("schema/report.json")).expect("the schema is committed");
    assert!(committed == report_schema(), "run: cargo run --example report_schema > schema/report.json");
}

fn json(report: &Report) -> Value {
    let mut bytes = Vec::new();
    render::json(report, &mut bytes).expect("memory takes everything");
    serde_json::from_slice(&bytes).expect("a report is JSON")
}

#[tokio::test(start_paused = true)]
async fn every_report_is_valid_and_can_be_read_and_judged_again() {
    let schema: Value = serde_json::from_str(&report_schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let name = fault.map_or("healthy", |fault| fault.name);
        let report = told_of(fault).await;
        let value = json(&report);
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        let read: Report =
            serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(json(&diagnose(read.trace)), value, "{name} is judged otherwise when it is read again");
    }
}

/// The fields that scripts rely on are there, with null for what is not known.
#[tokio::test(start_paused = true)]
async fn the_fixed_fields_are_always_there() {
    let value = json(&trace(Some(crate::lab::fault("negotiate-close")), &settings()).await);
    for pointer in [
        "/schema_version",
        "/tool/name",
        "/started",
        "/elapsed_ms",
        "/target/input",
        "/target/host",
        "/target/port",
        "/target/server_name",
        "/verdict/outcome",
        "/verdict/reached",
        "/verdict/phase",
        "/verdict/step",
        "/verdict/failure/kind",
        "/verdict/failure/detail",
        "/verdict/credentials",
        "/verdict/gateway_credentials",
        "/verdict/summary",
        "/verdict/mstsc",
        "/connections/0/purpose",
        "/connections/0/phases/negotiate/status",
        "/connections/0/phases/negotiate/elapsed_ms",
        "/connections/0/phases/negotiate/evidence/requested",
        "/connections/0/phases/negotiate/evidence/selected",
        "/connections/0/phases/negotiate/evidence/selected_code",
        "/connections/0/phases/negotiate/evidence/flags",
        "/connections/0/phases/negotiate/failure/kind",
        "/certificate",
        "/findings/0/code",
        "/causes",
        "/local",
        "/wait",
    ] {
        assert!(value.pointer(pointer).is_some(), "{pointer} is missing");
    }
}

#[tokio::test(start_paused = true)]
async fn the_facts_of_a_whole_trace() {
    let value = json(&trace(None, &settings()).await);
    let phases = &value["connections"][0]["phases"];
    let traced: BTreeSet<&str> = phases.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = ["resolve", "connect", "negotiate", "tls", "credssp", "mcs", "licensing"];
    assert_eq!(traced, BTreeSet::from(expected));
    let credssp = &phases["credssp"]["evidence"];
    assert_eq!(credssp["version"], 6);
    assert_eq!(credssp["authenticated"], true);
    assert_eq!(credssp["key_binding"], true);
    assert_eq!(credssp["early_authorization"], 0);
    assert_eq!(credssp["ntlm"]["netbios_computer"], "RDSH01");
    assert_eq!(credssp["ntlm"]["netbios_domain"], "CORP");
    assert_eq!(credssp["ntlm"]["dns_computer"], "rdsh01.corp.example");
    assert_eq!(credssp["ntlm"]["dns_domain"], "corp.example");
    assert_eq!(credssp["ntlm"]["dns_tree"], "corp.example");
    assert_eq!(credssp["ntlm"]["os_version"], "10.0");
    assert_eq!(credssp["ntlm"]["os_build"], 20348);
    assert_eq!(credssp["ntlm"]["clock_skew_seconds"], 0);
    assert_eq!(phases["tls"]["evidence"]["version"], "TLSv1.3");
    assert_eq!(phases["tls"]["evidence"]["cipher_suite"], "TLS_AES_256_GCM_SHA384");
    assert_eq!(phases["tls"]["evidence"]["signature"], "valid");
    assert_eq!(phases["licensing"]["evidence"]["outcome"], "valid_client");
    assert_eq!(value["certificate"]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(value["certificate"], phases["tls"]["evidence"]["certificate"]);
}
