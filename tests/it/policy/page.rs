//! The page about promises names every promise, and its example is a policy.

use std::{collections::BTreeSet, fs};

use rdptrace::Policy;

use super::rows::promised;
use crate::documents::path;

fn page() -> String {
    fs::read_to_string(path("docs/src/policy.md")).expect("the page")
}

#[test]
fn the_example_is_the_policy_in_testdata() {
    let page = page();
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    assert_eq!(example, fs::read_to_string(path("testdata/policies/smoke.toml")).expect("the policy"));
    Policy::read(example).unwrap_or_else(|mistake| panic!("{mistake}"));
}

#[test]
fn the_table_names_every_promise_and_no_other() {
    let page = page();
    let rows = page.lines().skip_while(|line| *line != "| name | value |").skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let names: BTreeSet<String> = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(|name| {
            ["NAME", "PHASE", "CHECK"].iter().fold(name.to_owned(), |name, part| name.replace(part, "*"))
        })
        .collect();
    let mut all = promised();
    all.insert("findings.allow".to_owned());
    assert_eq!(names, all);
}
