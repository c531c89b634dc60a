//! The .deb and the .rpm have the same files, and all that a user expects.

use std::collections::BTreeSet;

use toml::Value;

use super::{read, repository};

fn metadata() -> Value {
    let manifest: Value = toml::from_str(&read(&repository("Cargo.toml"))).expect("TOML");
    manifest["package"]["metadata"].clone()
}

/// Source and destination of every file of the .deb.
fn deb() -> Vec<(String, String)> {
    let metadata = metadata();
    let rows = metadata["deb"]["assets"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    rows.iter().map(|row| (text(&row[0]), text(&row[1]))).collect()
}

/// The same of the .rpm.
fn rpm() -> Vec<(String, String)> {
    let metadata = metadata();
    let rows = metadata["generate-rpm"]["assets"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    rows.iter()
        .map(|row| (text(&row["source"]), text(&row["dest"]).trim_start_matches('/').to_owned()))
        .collect()
}

#[test]
fn both_packages_install_the_same_places() {
    let places = |rows: Vec<(String, String)>| -> BTreeSet<String> {
        let folders = rows.into_iter().map(|(_, dest)| dest);
        folders
            .filter(|dest| !dest.contains("zsh") && !dest.contains("license") && !dest.ends_with("copyright"))
            .collect()
    };
    let common: Vec<String> = places(deb()).intersection(&places(rpm())).cloned().collect();
    let expected = [
        "usr/bin/",
        "usr/share/bash-completion/completions/",
        "usr/share/doc/rdptrace/",
        "usr/share/fish/vendor_completions.d/",
        "usr/share/man/man1/",
    ];
    assert_eq!(common, expected);
}

#[test]
fn every_source_is_staged_or_in_the_repository() {
    for (source, _) in deb().into_iter().chain(rpm()) {
        let staged = source.starts_with("target/release-stage/");
        assert!(staged || repository(&source).is_file(), "{source}");
    }
}
