//! Which targets the exceptions of the environment spare its proxy; neither the proxy nor the targets are there.

use rdptrace::internal::local::no_proxy::{freerdp_spares, proxy_applies};
use serde_json::Value;

use crate::program::{command, text};

/// Whether the proxy of the environment was asked for this target.
fn is_proxied(exceptions: &str, target: &str) -> bool {
    let arguments =
        ["trace", target, "--proxy", "env", "--experiments", "off", "--local", "off", "--format", "json"];
    let mut command = command(&arguments);
    for name in ["https_proxy", "all_proxy", "ALL_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    let output = command
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("NO_PROXY", exceptions)
        .output()
        .expect("the program runs");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    let connect = &report["connections"][0]["phases"]["connect"];
    assert_eq!(connect["status"], "failed", "{exceptions}: {report:#}");
    !connect["evidence"]["proxy"].is_null()
}

#[test]
fn the_program_asks_the_proxy_where_no_exception_covers_the_target() {
    assert!(is_proxied("", "127.0.0.1:1"));
    assert!(!is_proxied("10.0.0.0/8, 127.0.0.0/8:1", "127.0.0.1:1"));
    assert!(is_proxied("127.0.0.0/8:2", "127.0.0.1:1"));
}

#[test]
fn exceptions_are_names_addresses_and_networks_with_or_without_a_port() {
    for (exceptions, host, port, applies) in [
        ("", "127.0.0.1", 1, true),
        ("*", "127.0.0.1", 1, false),
        ("127.0.0.1", "127.0.0.1", 1, false),
        ("127.0.0.1:1", "127.0.0.1", 1, false),
        ("127.0.0.1:2", "127.0.0.1", 1, true),
        ("10.0.0.0/8, 127.0.0.0/8", "127.0.0.1", 1, false),
        ("127.0.0.0/8:1", "127.0.0.1", 1, false),
        ("127.0.0.2/31", "127.0.0.1", 1, true),
        ("0.0.0.0/0", "127.0.0.1", 1, false),
        ("127.0.0.0/33", "127.0.0.1", 1, true),
        ("127.0.0.1", "::ffff:127.0.0.1", 1, false),
        ("0.0.1", "127.0.0.1", 1, true),
        ("::1", "::1", 1, false),
        ("[::1]:1", "::1", 1, false),
        ("[::1]:2", "::1", 1, true),
        ("::/64", "::1", 1, false),
        ("fe80::/10", "::1", 1, true),
        ("::/129", "::1", 1, true),
        ("rdsh01.corp.example", "RDSH01.corp.example.", 3389, false),
        ("corp.example", "rdsh01.corp.example", 3389, false),
        (".Corp.example", "rdsh01.corp.example", 3389, false),
        ("*.corp.example:3389", "rdsh01.corp.example", 3389, false),
        ("corp.example:443", "rdsh01.corp.example", 3389, true),
        ("p.example", "rdsh01.corp.example", 3389, true),
        (". ,:", "rdsh01.corp.example", 3389, true),
    ] {
        assert_eq!(proxy_applies(exceptions, host, port), applies, "{exceptions} for {host}:{port}");
    }
}

/// As FreeRDP 2.11 was seen to go: with this list, to this host, past the proxy or not.
#[test]
fn freerdp_reads_the_list_in_its_own_way() {
    for (exceptions, host, spared) in [
        ("", "rdsh01.corp.example", false),
        ("*", "rdsh01.corp.example", true),
        ("rdsh01.corp.example", "rdsh01.corp.example", true),
        ("corp.example", "rdsh01.corp.example", false),
        (".corp.example", "rdsh01.corp.example", true),
        (".corp.example", "corp.example", false),
        ("*corp.example", "rdsh01.corp.example", true),
        ("rdsh*", "rdsh01.corp.example", true),
        ("localhost,.corp.example", "rdsh01.corp.example", true),
        ("localhost, .corp.example", "rdsh01.corp.example", false),
        (".Corp.example", "rdsh01.corp.example", false),
        ("127.0.0", "127.0.0.1", true),
        ("127.0.0.0/8", "127.0.0.1", true),
        ("10.0.0.0/8", "127.0.0.1", false),
    ] {
        assert_eq!(freerdp_spares(exceptions, host), spared, "{exceptions} for {host}");
    }
}
