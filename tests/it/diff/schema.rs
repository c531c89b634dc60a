//! The committed schema is the one the types make, and real differences are valid by it.

use std::fs;

use rdptrace::diff::diff_schema;
use serde_json::Value;

use super::{between, changed};
use crate::{
    documents::path,
    faults::told_of,
    lab::fault,
    program::{rdptrace, text},
};

#[test]
fn the_committed_schema_is_current() {
    let committed = fs::read_to_string(path("schema/diff.json")).expect("the schema is committed");
    assert!(committed == diff_schema(), "run: cargo run --example diff_schema > schema/diff.json");
    assert_eq!(text(&rdptrace(&["schema", "diff"]).stdout), committed);
}

#[tokio::test(start_paused = true)]
async fn differences_are_valid_by_it() {
    let schema: Value = serde_json::from_str(&diff_schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let (healthy, failed) = (told_of(None).await, told_of(Some(fault("tls-reset"))).await);
    let elsewhere = changed(&healthy, |json| json["target"]["host"] = "elsewhere".into());
    for diff in [
        between(&[&healthy], &[&failed]),
        between(&[&healthy, &elsewhere], &[&failed]),
        between(&[], &[&failed]),
    ] {
        let value = serde_json::to_value(&diff).expect("JSON");
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}
