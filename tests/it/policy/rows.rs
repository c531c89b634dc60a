//! Each promise kept, broken and not checked.

use std::collections::{BTreeMap, BTreeSet};

use rdptrace::{policy_schema, report::PromiseStatus};
use serde_json::{Value, json};

use super::{
    only,
    sources::{
        Source::{self, Changed, Fault, Healthy, Posture, Short},
        certificate, check, gateway, kdc, seen, udp,
    },
};

/// A promise, and what has to become of it.
struct Row {
    name: &'static str,
    value: &'static str,
    source: Source,
    status: PromiseStatus,
}

const fn kept(name: &'static str, value: &'static str, source: Source) -> Row {
    Row { name, value, source, status: PromiseStatus::Kept }
}

const fn broken(name: &'static str, value: &'static str, source: Source) -> Row {
    Row { name, value, source, status: PromiseStatus::Broken }
}

const fn open(name: &'static str, value: &'static str, source: Source) -> Row {
    Row { name, value, source, status: PromiseStatus::NotChecked }
}

/// Forty digits.
const THUMBPRINT: &str = "\"00112233445566778899aabbccddeeff00112233\"";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    kept("reached", "\"licensing\"", Healthy),
    kept("reached", "\"tls\"", Healthy),
    broken("reached", "\"licensing\"", Fault("tls-reset")),
    kept("reached", "\"negotiate\"", Fault("tls-reset")),
    open("reached", "\"licensing\"", Short),
    kept("credentials", "\"verified\"", Healthy),
    broken("credentials", "\"verified\"", Fault("logon-failure")),
    open("credentials", "\"verified\"", Posture(None)),
    kept("answered_by", "[\"ironrdp\", \"windows\"]", Healthy),
    broken("answered_by", "\"xrdp\"", Healthy),
    open("answered_by", "\"windows\"", Short),
    kept("address", "[\"10.0.0.0/8\", \"192.0.2.0/24\"]", Healthy),
    broken("address", "\"10.20.0.15\"", Healthy),
    open("address", "\"192.0.2.0/24\"", Changed(|trace| *seen(trace, "connect") = Value::Null)),
    kept("udp", "\"reachable\"", Changed(|trace| udp(trace, "reachable"))),
    broken("udp", "\"reachable\"", Changed(|trace| udp(trace, "inconclusive"))),
    open("udp", "\"reachable\"", Changed(|trace| udp(trace, "not_asked"))),
    open("udp", "\"reachable\"", Healthy),
    kept("license.outcome", "[\"valid_client\", \"challenge\"]", Healthy),
    broken("license.outcome", "\"new_license\"", Healthy),
    open("license.outcome", "\"valid_client\"", Short),
    kept("gateway.reached", "\"channel\"", Changed(|trace| gateway(trace, "passed"))),
    broken("gateway.reached", "\"channel\"", Changed(|trace| gateway(trace, "failed"))),
    kept("gateway.reached", "\"handshake\"", Changed(|trace| gateway(trace, "failed"))),
    open("gateway.reached", "\"channel\"", Healthy),
    kept("gateway.credentials", "\"verified\"", Changed(|trace| gateway(trace, "passed"))),
    broken("gateway.credentials", "\"refused\"", Changed(|trace| gateway(trace, "passed"))),
    open("gateway.credentials", "\"verified\"", Healthy),
    kept("gateway.days_left", "10", Changed(|trace| gateway(trace, "passed"))),
    broken("gateway.days_left", "36500", Changed(|trace| gateway(trace, "passed"))),
    open("gateway.days_left", "10", Healthy),
    kept("nla", "\"offered\"", Posture(None)),
    broken("nla", "\"required\"", Posture(None)),
    open("nla", "\"required\"", Healthy),
    broken("nla", "\"absent\"", Healthy),
    kept("selected", "[\"nla\", \"nla_ex\"]", Healthy),
    broken("selected", "\"tls\"", Healthy),
    open("selected", "\"nla_ex\"", Short),
    kept("protocol.tls", "\"accepted\"", Posture(None)),
    broken("protocol.rdp", "\"accepted\"", Posture(None)),
    kept("protocol.nla_ex", "\"accepted\"", Healthy),
    open("protocol.rdp", "\"refused\"", Healthy),
    kept("credssp.min_version", "6", Healthy),
    kept("credssp.min_version", "5", Posture(None)),
    broken("credssp.min_version", "7", Healthy),
    open("credssp.min_version", "6", Short),
    kept("kerberos.ticket", "true", Changed(|trace| kdc(trace, true))),
    broken("kerberos.ticket", "true", Changed(|trace| kdc(trace, false))),
    open("kerberos.ticket", "true", Healthy),
    kept("tls.min", "\"1.2\"", Healthy),
    kept("tls.min", "\"1.2\"", Posture(None)),
    broken("tls.min", "\"1.3\"", Posture(None)),
    broken("tls.min", "\"1.2\"", Fault("tls-legacy-only")),
    open("tls.min", "\"1.2\"", Short),
    kept("tls.forbidden_suites", "\"TLS_RSA_*\"", Healthy),
    broken("tls.forbidden_suites", "[\"TLS_RSA_*\", \"TLS_*_WITH_AES_*\"]", Posture(None)),
    broken("tls.forbidden_suites", "\"TLS_AES_*\"", Healthy),
    open("tls.forbidden_suites", "\"TLS_RSA_*\"", Short),
    kept("tls.allowed_suites", "[\"TLS_AES_*\", \"TLS_CHACHA20_*\"]", Healthy),
    broken("tls.allowed_suites", "\"TLS_AES_*\"", Posture(None)),
    open("tls.allowed_suites", "\"TLS_AES_*\"", Short),
    kept("tls.key_exchange", "\"X25519\"", Healthy),
    broken("tls.key_exchange", "\"secp384r1\"", Healthy),
    open("tls.key_exchange", "\"X25519\"", Short),
    kept("certificate.days_left", "30", Healthy),
    broken("certificate.days_left", "36500", Healthy),
    broken("certificate.days_left", "0", Fault("certificate-expired")),
    open("certificate.days_left", "30", Short),
    kept("certificate.trusted", "false", Healthy),
    broken("certificate.trusted", "true", Healthy),
    open("certificate.trusted", "true", Changed(|trace| certificate(trace)["trust"] = json!("not_checked"))),
    kept("certificate.name", "true", Healthy),
    kept("certificate.name", "[\"a.example\", \"RDSH01.corp.example\"]", Healthy),
    broken("certificate.name", "\"rdsh02.corp.example\"", Healthy),
    open("certificate.name", "true", Short),
    kept("certificate.key_bits", "3072", Healthy),
    broken("certificate.key_bits", "4096", Healthy),
    open("certificate.key_bits", "2048", Short),
    kept("certificate.thumbprint", THUMBPRINT, Changed(|trace| certificate(trace)["sha1"] = json!(THUMBPRINT.trim_matches('"')))),
    broken("certificate.thumbprint", THUMBPRINT, Healthy),
    open("certificate.thumbprint", THUMBPRINT, Short),
    kept("certificate.issuer", "\"cn=rdsh01\"", Healthy),
    broken("certificate.issuer", "\"CN=Corp Issuing CA\"", Healthy),
    open("certificate.issuer", "\"CN=Corp Issuing CA\"", Short),
    kept("certificate.digest", "[\"SHA-256\", \"SHA-384\"]", Healthy),
    broken("certificate.digest", "\"SHA-512\"", Healthy),
    open("certificate.digest", "\"SHA-256\"", Short),
    kept("certificate.self_signed", "true", Healthy),
    broken("certificate.self_signed", "false", Healthy),
    open("certificate.self_signed", "false", Short),
    kept("host.name", "\"rdsh01\"", Healthy),
    broken("host.name", "\"rdsh02\"", Healthy),
    open("host.name", "\"rdsh01\"", Short),
    kept("host.domain", "[\"other.example\", \"corp\"]", Healthy),
    broken("host.domain", "\"workgroup\"", Healthy),
    open("host.domain", "\"corp\"", Short),
    kept("host.build_min", "20348", Healthy),
    broken("host.build_min", "20349", Healthy),
    open("host.build_min", "20348", Short),
    kept("clock_skew_max", "0", Healthy),
    broken("clock_skew_max", "300", Changed(|trace| seen(trace, "credssp")["evidence"]["ntlm"]["clock_skew_seconds"] = json!(-301))),
    open("clock_skew_max", "300", Short),
    kept("max_ms", "500", Changed(|trace| trace["elapsed_ms"] = json!(500.0))),
    broken("max_ms", "500", Changed(|trace| trace["elapsed_ms"] = json!(500.1))),
    open("max_ms", "500", Fault("tls-reset")),
    kept("phase.tls.max_ms", "500", Changed(|trace| seen(trace, "tls")["elapsed_ms"] = json!(500.0))),
    broken("phase.tls.max_ms", "500", Changed(|trace| seen(trace, "tls")["elapsed_ms"] = json!(500.1))),
    open("phase.tls.max_ms", "500", Fault("tls-reset")),
    kept("round_trip.max_ms", "20", Changed(|trace| trace["connections"][0]["tcp"] = json!({ "round_trip_ms": 20.0 }))),
    broken("round_trip.max_ms", "19", Changed(|trace| trace["connections"][0]["tcp"] = json!({ "round_trip_ms": 20.0 }))),
    open("round_trip.max_ms", "20", Changed(|trace| trace["connections"][0]["tcp"] = json!({ "round_trip_ms": null }))),
    kept("findings.forbid", "[\"certificate-expired\", \"error\"]", Healthy),
    broken("findings.forbid", "\"certificate-expired\"", Fault("certificate-expired")),
    broken("findings.forbid", "\"error\"", Fault("certificate-expired")),
    open("findings.forbid", "\"certificate-expired\"", Short),
    open("findings.forbid", "\"nla-not-required\"", Healthy),
    kept("local.clock-synchronized", "\"ok\"", Changed(|trace| check(trace, "ok"))),
    kept("local.clock-synchronized", "\"warning\"", Changed(|trace| check(trace, "warning"))),
    broken("local.clock-synchronized", "\"ok\"", Changed(|trace| check(trace, "warning"))),
    broken("local.clock-synchronized", "\"warning\"", Changed(|trace| check(trace, "error"))),
    open("local.clock-synchronized", "\"ok\"", Changed(|trace| check(trace, "unknown"))),
    open("local.clock-synchronized", "\"ok\"", Healthy),
];

#[tokio::test(start_paused = true)]
async fn every_row_is_kept_broken_or_not_checked_as_it_says() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let policy = format!("{} = {}", row.name, row.value);
        let promise = only(row.source.report().await, &policy);
        let is_told = match promise.status {
            PromiseStatus::NotChecked => promise.seen.is_none() && promise.reason.is_some(),
            PromiseStatus::Kept | PromiseStatus::Broken => promise.seen.is_some() && promise.reason.is_none(),
        };
        if promise.status != row.status || promise.name != row.name || !is_told {
            wrong.push(format!("{policy} is to be {:?}: {promise:?}", row.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The names of promises in a schema; of a family of them the first.
fn names(root: &Value, schema: &Value, prefix: &str, found: &mut BTreeSet<String>) {
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let place = inner["$ref"].as_str().map(|place| &place[1..]);
        let inner = place.map_or(inner, |place| root.pointer(place).expect("a definition"));
        match inner["properties"].is_object() {
            true => names(root, inner, &name, found),
            false => drop(found.insert(name)),
        }
    }
}

/// What stands for all of a family.
fn family(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["phase", _, limit] => format!("phase.*.{limit}"),
        ["protocol" | "local", _] => format!("{}.*", parts[0]),
        _ => name.to_owned(),
    }
}

/// Every promise that there is, as the schema has it.
pub(super) fn promised() -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(&policy_schema()).expect("JSON");
    let mut promised = BTreeSet::new();
    names(&schema, &schema["$defs"]["promises"], "", &mut promised);
    promised.remove("findings.allow");
    promised.iter().map(|name| family(name)).collect()
}

#[test]
fn every_promise_has_a_row_for_each_end() {
    let promised = promised();
    assert!(promised.len() >= 30, "{promised:?}");
    let mut ends = BTreeMap::<String, BTreeSet<&str>>::new();
    for row in ROWS {
        ends.entry(family(row.name)).or_default().insert(row.status.name());
    }
    let all = BTreeSet::from(["broken", "kept", "not_checked"]);
    let lacking: Vec<_> = promised.iter().filter(|name| ends.get(*name) != Some(&all)).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}
