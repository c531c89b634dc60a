//! Manifests of winget, scoop, Homebrew and Docker.

use std::process::Command;

use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::Value;

use super::{VERSION, release::Release, repository};
use crate::program::{file, rdptrace, text};

const WINDOWS: &str = "-x86_64-pc-windows-gnu.zip";
const SOURCE: &str = ".crate";

fn yaml(text: &str) -> Yaml<'_> {
    Yaml::load_from_str(text).expect("YAML").remove(0)
}

fn value<'a>(yaml: &'a Yaml<'_>, name: &str) -> &'a str {
    let value = yaml.as_mapping_get(name).unwrap_or_else(|| panic!("no {name}"));
    value.as_str().unwrap_or_else(|| panic!("{name} is no text"))
}

#[test]
fn winget_finds_the_program_in_the_zip() {
    let release = Release::new("winget");
    for (file, kind) in [("", "version"), (".installer", "installer"), (".locale.en-US", "defaultLocale")] {
        let manifest = release.manifest(format!("winget/rdptrace.rdptrace{file}.yaml"));
        let manifest = yaml(&manifest);
        assert_eq!(value(&manifest, "PackageIdentifier"), "rdptrace.rdptrace");
        assert_eq!(value(&manifest, "PackageVersion"), VERSION);
        assert_eq!(value(&manifest, "ManifestType"), kind);
    }
    let installer = release.manifest("winget/rdptrace.rdptrace.installer.yaml");
    let installer = yaml(&installer);
    let program = format!(r"rdptrace-{VERSION}-x86_64-pc-windows-gnu\rdptrace.exe");
    assert_eq!(value(&installer["NestedInstallerFiles"][0], "RelativeFilePath"), program);
    assert_eq!(value(&installer["Installers"][0], "InstallerUrl"), release.address(WINDOWS));
    assert_eq!(value(&installer["Installers"][0], "InstallerSha256"), release.sum(WINDOWS));
    let locale = release.manifest("winget/rdptrace.rdptrace.locale.en-US.yaml");
    assert_eq!(value(&yaml(&locale), "ShortDescription"), env!("CARGO_PKG_DESCRIPTION"));
    assert_eq!(value(&yaml(&locale), "License"), env!("CARGO_PKG_LICENSE"));
}

#[test]
fn scoop_finds_the_program_in_the_zip() {
    let release = Release::new("scoop");
    let manifest: Value = serde_json::from_str(&release.manifest("scoop/rdptrace.json")).expect("JSON");
    assert_eq!(manifest["version"], VERSION);
    assert_eq!(manifest["description"], env!("CARGO_PKG_DESCRIPTION"));
    assert_eq!(manifest["bin"], "rdptrace.exe");
    let windows = &manifest["architecture"]["64bit"];
    assert_eq!(windows["url"], release.address(WINDOWS));
    assert_eq!(windows["hash"], release.sum(WINDOWS));
    let next = &manifest["autoupdate"]["architecture"]["64bit"];
    for name in ["url", "extract_dir"] {
        let next = next[name].as_str().expect("a text").replace("$version", VERSION);
        assert_eq!(windows[name], next, "the next version is found as this one is");
    }
}

/// The names in `%w[...]`.
fn listed(formula: &str) -> Vec<&str> {
    let list = formula.split("%w[").nth(1).and_then(|rest| rest.split(']').next()).expect("a list");
    list.split_whitespace().collect()
}

#[test]
fn homebrew_writes_a_page_for_every_command() {
    let release = Release::new("homebrew");
    let formula = release.manifest("homebrew/rdptrace.rb");
    assert!(formula.contains(&format!("url \"{}\"", release.address(SOURCE))), "{formula}");
    assert!(formula.contains(&format!("sha256 \"{}\"", release.sum(SOURCE))), "{formula}");
    let page = text(&rdptrace(&["man", "rdptrace"]).stdout);
    let named = page.lines().filter_map(|line| line.strip_prefix("rdptrace\\-")?.strip_suffix("(1)"));
    let commands: Vec<&str> = named.filter(|name| *name != "help" && !name.contains('(')).collect();
    assert_eq!(listed(&formula), commands);
    assert!(formula.contains("assert_match \"PASSED\""));
    assert!(text(&rdptrace(&["demo"]).stdout).contains("PASSED"));
}

#[test]
fn the_container_starts_the_static_program() {
    let release = Release::new("docker");
    let container = release.manifest("Dockerfile");
    let name = format!("rdptrace-{VERSION}-x86_64-unknown-linux-musl");
    assert!(container.contains(&format!("ADD {name}.tar.gz /opt/\n")), "{container}");
    assert!(container.contains(&format!("ln -s /opt/{name}/rdptrace /usr/local/bin/rdptrace\n")));
    // An entrypoint would take the shell that GitLab starts.
    assert!(container.contains("\nCMD [\"rdptrace\", \"--help\"]\n") && !container.contains("\nENTRYPOINT"));
    assert!(!container.contains("USER root"));
}

#[test]
fn a_release_that_lacks_a_file_has_no_manifests() {
    let release = Release::new("incomplete");
    std::fs::remove_file(release.file(WINDOWS)).expect("it was written");
    let out = file("release-incomplete/again");
    let filled = Command::new(repository("packaging/fill"))
        .arg("https://forge.invalid")
        .args([&release.downloads, &out])
        .output()
        .expect("bash");
    assert!(!filled.status.success());
    assert!(!out.exists());
}
