//! The schema for editors is current, and takes what the program takes.

use std::fs;

use rdptrace::{Policy, policy::proposed, policy_schema, report::Answerer};
use serde_json::Value;

use super::sources::Source;
use crate::documents::path;

#[test]
fn the_committed_schema_is_current() {
    let committed = fs::read_to_string(path("schema/policy.json")).expect("the schema is committed");
    assert!(committed == policy_schema(), "run: cargo run --example policy_schema > schema/policy.json");
}

#[tokio::test(start_paused = true)]
async fn what_the_program_takes_is_valid_by_the_schema() {
    let schema: Value = serde_json::from_str(&policy_schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let is_valid = |text: &str| {
        validator.is_valid(
            &serde_json::to_value(toml::from_str::<toml::Table>(text).expect("TOML")).expect("JSON"),
        )
    };
    let smoke = fs::read_to_string(path("testdata/policies/smoke.toml")).expect("the policy");
    // A day of TOML is a type of its own, for which editors show a text.
    let smoke = smoke.replace("2030-03-31", "\"2030-03-31\"");
    for text in [smoke, proposed(&Source::Healthy.report().await)] {
        Policy::read(&text).unwrap_or_else(|mistake| panic!("{mistake}"));
        assert!(is_valid(&text), "{text}");
    }
    for text in
        ["reachd = \"tls\"", "reached = \"tsl\"", "[hosts.a]\nnla = 1", "[groups.a]\nnla = \"required\""]
    {
        assert!(Policy::read(text).is_err() && !is_valid(text), "{text}");
    }
}

/// A server that a report can name is one that can be promised.
#[test]
fn every_server_is_spelled_as_in_the_report() {
    for who in Answerer::ALL {
        assert_eq!(serde_json::to_value(who).expect("JSON"), who.name());
        assert!(Policy::read(&format!("answered_by = \"{}\"", who.name())).is_ok());
    }
}
