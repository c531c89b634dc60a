//! `rdptrace diff`: what is told to differ between two reports or two scans.

mod inputs;
mod program;
mod schema;
mod topics;

use std::fs;

use rdptrace::{
    Report,
    diff::{Diff, Side, Times, diff},
};
use serde_json::Value;

use crate::program::file;

/// The differences of these lists.
fn between(before: &[&Report], after: &[&Report]) -> Diff {
    let side = |name: &str, reports: &[&Report]| {
        let mut side = Side::new(name);
        reports.iter().for_each(|report| side.add(report));
        side
    };
    diff(&side("before", before), &side("after", after), &Times::default())
}

/// A report with what this does to its JSON.
fn changed(report: &Report, change: impl FnOnce(&mut Value)) -> Report {
    let mut value = serde_json::to_value(report).expect("JSON");
    change(&mut value);
    serde_json::from_value(value).expect("a report")
}

/// The changes of the only target, as `what name: before -> after`.
fn told(diff: &Diff) -> Vec<String> {
    assert!(diff.targets.len() <= 1, "{diff:#?}");
    let changes = diff.targets.iter().flat_map(|target| &target.changes);
    let value = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
    let told = changes.map(|change| {
        let name = change.name.as_ref().map_or_else(String::new, |name| format!(" {name}"));
        format!("{}{name}: {} -> {}", change.what, value(&change.before), value(&change.after))
    });
    told.collect()
}

/// These lines as a file of the test's own.
fn written(name: &str, text: impl AsRef<[u8]>) -> String {
    let path = file(&format!("diff-{name}"));
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a path of text").to_owned()
}
