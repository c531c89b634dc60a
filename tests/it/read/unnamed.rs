//! Every field of a report that may hold a name is replaced, in every format.

use std::collections::BTreeSet;

use rdptrace::{
    Policy, Report,
    internal::{demo::FAULTS, local::Redaction},
    render, report_schema,
};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::faults::told_of;

/// In every text that the schema leaves free.
const MARK: &str = "mallory";

/// Fields that hold words of the format, numbers, addresses, which are known by what they look like, and sentences, in which
/// the names of other fields are replaced.
#[rustfmt::skip]
const NAMELESS: &[&str] = &[
    "accepted", "address", "against", "algorithm", "answer", "auth_scheme", "because", "checks", "cipher_suite", "cipher_suites", "client", "code", "company", "confirm", "consent", "content_type", "cookies", "correlation_id", "curve", "data_name", "destination", "detail", "digest", "encoding", "error", "error_text", "expected_thumbprint", "extended", "failure_name", "field", "fix", "flag_names", "form", "from", "guid", "hidden", "host_error", "how", "icmp_error", "inferred", "input", "inside", "interface", "key", "key_exchange", "kind", "license", "listener_certificate", "local", "mac", "message", "name", "notification_name", "ntlm_instead", "ntlm_version", "observed", "os_version", "outside", "path", "peer", "product", "purpose", "reason", "refused", "response_flag_names", "scheme", "schemes", "scope", "second_connection", "security", "seen", "serial", "server", "server_random", "service_messages", "service_principal", "sha1", "sha256", "shares", "side", "signature_unchecked", "signed_settings", "source", "speaks", "speaks_inside", "step", "stopped", "suites", "summary", "text", "transport", "trust_detail", "trusted_publishers", "unknown", "until", "usual_mac", "version", "via", "wanted", "why",
];

/// An object with every field that the schema has, each text a name of its own.
fn filled(schema: &Value, root: &Value, within: &mut Vec<String>, count: &mut usize) -> Value {
    if let Some(place) = schema["$ref"].as_str() {
        if within.iter().filter(|one| *one == place).count() > 0 {
            return Value::Null;
        }
        within.push(place.to_owned());
        let value = filled(root.pointer(&place[1..]).expect("a definition"), root, within, count);
        within.pop();
        return value;
    }
    if let Some(choices) = ["anyOf", "oneOf", "allOf"].iter().find_map(|kind| schema[*kind].as_array()) {
        let values = choices.iter().map(|choice| filled(choice, root, within, count));
        return values.max_by_key(|value| value.to_string().len()).unwrap_or(Value::Null);
    }
    if let Some(word) = schema.get("const").or_else(|| schema["enum"].as_array()?.first()) {
        return word.clone();
    }
    let is = |kind: &str| {
        schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)))
    };
    match () {
        () if schema["properties"].is_object() => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(
                fields
                    .map(|(name, field)| (name.clone(), filled(field, root, within, count)))
                    .collect::<Map<_, _>>(),
            )
        }
        () if is("array") => json!([filled(&schema["items"], root, within, count)]),
        () if is("string") && schema["format"] != "date-time" => {
            *count += 1;
            json!(format!("{MARK}{count}"))
        }
        () => Value::Null,
    }
}

/// The fields with a name that is left.
fn named(field: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| named(name, value, found)),
        Value::Array(list) => list.iter().for_each(|value| named(field, value, found)),
        Value::String(text) if text.contains(MARK) => {
            found.insert(field.to_owned());
        }
        _ => {}
    }
}

/// A new field has to be put into a list: of those that are replaced, or of those that hold no name.
#[test]
fn no_field_is_left_but_those_that_hold_no_name() {
    let schema: Value = serde_json::from_str(&report_schema()).expect("JSON");
    let report = filled(&schema, &schema, &mut Vec::new(), &mut 0);
    let redacted = Redaction::default().value(report).expect("few names");
    let mut found = BTreeSet::new();
    named("", &redacted, &mut found);
    let nameless: BTreeSet<_> = NAMELESS.iter().map(|name| (*name).to_owned()).collect();
    let left: Vec<_> = found.difference(&nameless).collect();
    assert!(left.is_empty(), "may hold names, and keep them: {left:?}");
    let gone: Vec<_> = nameless.difference(&found).collect();
    assert!(gone.is_empty(), "are replaced or are no fields any more: {gone:?}");
}

fn pages(report: &Report) -> [(&'static str, String); 6] {
    let page = |write: fn(&Report, &mut dyn std::io::Write) -> std::io::Result<()>| {
        let mut bytes = Vec::new();
        write(report, &mut bytes).expect("memory takes everything");
        String::from_utf8(bytes).expect("text")
    };
    [
        ("json", page(render::json)),
        ("ndjson", page(render::ndjson)),
        ("junit", page(|report, out| render::junit(report, None, out))),
        ("markdown", page(render::markdown)),
        ("prometheus", page(render::prometheus)),
        ("text", page(render::text)),
    ]
}

/// What somebody promises of a host names it, also if the host is called something else.
#[tokio::test(start_paused = true)]
async fn names_that_are_promised_are_replaced() {
    let policy = "host.domain = [\"othercorp\", \"corp\"]\ncertificate.name = \"a.other.example\"\nreached = \"licensing\"";
    let mut report = told_of(None).await;
    Policy::read(policy).expect("a policy").judge(&mut report, OffsetDateTime::UNIX_EPOCH.date());
    let shown = Redaction::default().report(&report).expect("few names");
    let page = serde_json::to_string(&shown.promises).expect("JSON").to_lowercase();
    assert!(
        ["othercorp", "other.example", "\"corp", "rdsh01"].iter().all(|name| !page.contains(name)),
        "{page}"
    );
    let reached = shown.promises.iter().find(|promise| promise.name == "reached").expect("it is there");
    assert_eq!((reached.wanted.as_str(), reached.seen.as_deref()), ("at least licensing", Some("licensing")));
}

/// What the demo and the tests' network are called, and what their redirections carry.
const NAMES: &[&str] =
    &["rdsh0", "RDSH0", "rdsh99", "corp.example", "CORP", "msts=", "192.0.2.", "mstshash=", "D\\u", "gw01"];

#[tokio::test(start_paused = true)]
async fn no_name_of_the_demo_is_left_in_any_format() {
    let mut left = Vec::new();
    for fault in FAULTS.iter().map(Some).chain([None]) {
        let report = Redaction::default().report(&told_of(fault).await).expect("few names");
        for (format, page) in pages(&report) {
            let lines = page.lines().flat_map(|line| {
                NAMES.iter().filter(|name| line.contains(**name)).map(move |name| (name, line))
            });
            left.extend(lines.map(|(name, line)| {
                let at = line.find(*name).unwrap_or_default();
                let around: String = line.chars().skip(at.saturating_sub(60)).take(120).collect();
                format!("{} {format} {name}: {around}", fault.map_or("healthy", |fault| fault.name))
            }));
        }
    }
    left.sort();
    assert!(left.is_empty(), "{} left: {:#?}", left.len(), &left[..left.len().min(60)]);
}

#[tokio::test(start_paused = true)]
async fn short_and_unusual_names_are_replaced_too() {
    let report = json!({
        "subject": "CN=ncalrpc:SERVR, O=Corp", "issuer": "CN=issuing ca, DC=ad, DC=acme, DC=com",
        "netbios_domain": "AD", "redirection": { "user": "D\\u", "load_balance_text": "Cookie: msts=1" },
        "message": "issued by DC=ad; AD\\jdoe is at issue; the token is Cookie: msts=1; ncalrpc:SERVR", "gone": "ad",
    });
    let shown = Redaction::default().value(report).expect("few names");
    let text = shown.to_string();
    for name in ["SERVR", "DC=ad", "AD", "acme", "D\\\\u", "msts"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
    assert!(text.contains("is at issue") && shown["gone"] == "ad", "{text}");
}
