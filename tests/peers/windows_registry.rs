//! The checks of a machine by the program that was built for Windows, under Wine, with a registry that the test fills.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

use crate::windows::program;

/// The keys that are filled, the values with their numbers, and the checks that these turn.
const SETTINGS: &[(&str, &str, &str, &str)] = &[
    (
        r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters",
        "AllowEncryptionOracle",
        "2",
        "credssp-encryption-oracle",
    ),
    (
        r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client",
        "Enabled",
        "0",
        "schannel-client-tls12",
    ),
    (
        r"HKCU\Software\Microsoft\Terminal Server Client",
        "AuthenticationLevelOverride",
        "0",
        "client-key-authentication-level",
    ),
    (
        r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services",
        "SecurityLayer",
        "0",
        "listener-security-layer",
    ),
];

/// The status of every check, in both roles.
fn statuses() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for role in ["client", "host"] {
        let output = program()
            .expect("it was there before")
            .args(["local", "--format", "json", "--role", role])
            .output()
            .expect("Wine starts");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        assert_eq!(report["machine"]["system"], "windows");
        for check in report["local"].as_array().expect("a list") {
            let text = |name: &str| check[name].as_str().expect("a text").to_owned();
            found.insert(text("code"), text("status"));
        }
    }
    found
}

fn registry(arguments: &[&str]) {
    let done = Command::new("wine").arg("reg").args(arguments).output().expect("Wine starts");
    assert!(done.status.success(), "{arguments:?}: {done:?}");
}

#[test]
fn windows_checks_follow_the_registry() {
    if program().is_none() {
        return;
    }
    for (key, name, number, _) in SETTINGS {
        registry(&["add", key, "/v", name, "/t", "REG_DWORD", "/d", number, "/f"]);
    }
    let turned = statuses();
    for (key, name, ..) in SETTINGS {
        registry(&["delete", key, "/v", name, "/f"]);
    }
    let straight = statuses();
    for (_, name, _, code) in SETTINGS {
        assert!(
            ["warning", "error"].contains(&turned[*code].as_str()),
            "{name}: {code} is {}",
            turned[*code]
        );
        assert_ne!(turned[*code], straight[*code], "{name}: {code}");
    }
}
