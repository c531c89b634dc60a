//! FreeRDP 2's shadow server, with NLA and without.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    display::Display,
    lab::{Program, Traced, folder, free_port, has, is_root, trace, traced, wait_for},
};

const USER: &str = "alice";
const PASSWORD: &str = "secret1";
/// Where there is such an interface address, connections to it come from it too; elsewhere nothing listens on it.
const OTHER: &str = "127.77.0.1";

pub(crate) struct Shadow {
    pub port: u16,
    server: Program,
    _display: Display,
}

/// One on loopback that listens.
pub(crate) fn shadow(security: &str, authentication: &str) -> Option<Shadow> {
    let shadow = start("127.0.0.1", Command::new("freerdp-shadow-cli"), security, authentication)?;
    wait_for(shadow.port);
    Some(shadow)
}

/// In a network namespace of its own that has this address.
fn shadow_in(address: &str, security: &str, authentication: &str) -> Option<Shadow> {
    let script = "ip link set lo up && ip addr add \"$0/32\" dev lo && exec freerdp-shadow-cli \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["-n", "sh", "-c", script, address]);
    let shadow = start(address, command, security, authentication)?;
    let connects = || trace_in(&shadow, address, &["--until", "connect"]).code == Some(0);
    let begin = Instant::now();
    while !connects() {
        assert!(begin.elapsed() < Duration::from_secs(20), "nothing listens on {address}");
    }
    Some(shadow)
}

fn trace_in(server: &Shadow, address: &str, arguments: &[&str]) -> Traced {
    let mut command = Command::new("nsenter");
    command.args(["-n", "-t", &server.server.id().to_string(), env!("CARGO_BIN_EXE_rdptrace")]);
    traced(command, address, server.port, arguments)
}

fn start(address: &str, mut command: Command, security: &str, authentication: &str) -> Option<Shadow> {
    if !has(&["freerdp-shadow-cli", "winpr-hash", "Xvfb"]) {
        return None;
    }
    let folder = folder("shadow");
    let port = free_port();
    let accounts = folder.join("SAM");
    write_accounts(&accounts);
    let display = Display::start();
    command
        .args([format!("/port:{port}"), format!("/bind-address:{address}")])
        .args([format!("/sam-file:{}", accounts.display()), security.to_owned(), authentication.to_owned()])
        .env("HOME", &folder)
        .env("DISPLAY", &display.name);
    let server = Program::start(&mut command, &folder.join("log"));
    Some(Shadow { port, server, _display: display })
}

fn write_accounts(path: &Path) {
    let hash = Command::new("winpr-hash").args(["-u", USER, "-p", PASSWORD, "-f", "sam", "-v", "1"]).output();
    fs::write(path, hash.expect("winpr-hash runs").stdout).expect("the accounts");
}

#[test]
fn nla_without_an_account_ends_at_the_challenge() {
    let Some(server) = shadow("/sec:nla", "+auth") else { return };
    let traced = trace(server.port, &[], None);
    assert_eq!(traced.ending(), [json!("stopped"), json!("credssp"), json!(null)], "{traced:#?}");
    assert_eq!(traced.code, Some(0));
    assert_eq!(traced.at("/verdict/reached"), "tls");
    assert_eq!(traced.at("/verdict/credentials"), "not_attempted");
    assert_eq!(traced.evidence("negotiate", "selected"), "nla");
    assert_eq!(traced.evidence("credssp", "version"), 6);
    assert_eq!(traced.at("/answered_by/who"), "freerdp");
    assert_eq!(traced.evidence("credssp", "attempted"), false);
    let host = Command::new("hostname").output().expect("a host name").stdout;
    let host = String::from_utf8_lossy(&host).trim().to_ascii_uppercase();
    let computer =
        traced.evidence("credssp", "ntlm/netbios_computer").as_str().expect("a name").to_ascii_uppercase();
    assert_eq!(computer, host);
    let skew = traced.evidence("credssp", "ntlm/clock_skew_seconds").as_i64().expect("a number");
    assert!((-1..=1).contains(&skew), "{skew}");
    assert_eq!(trace(server.port, &["--until", "licensing"], None).code, Some(3));
}

#[test]
fn nla_with_the_right_password_is_verified_and_goes_on_when_asked() {
    let Some(server) = shadow("/sec:nla", "+auth") else { return };
    let traced = trace(server.port, &["-u", USER], Some(PASSWORD));
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "credssp");
    assert_eq!(traced.at("/verdict/credentials"), "verified");
    assert_eq!(traced.evidence("credssp", "key_binding"), true);
    let traced = trace(server.port, &["-u", USER, "--until", "licensing"], Some(PASSWORD));
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "licensing");
    assert_eq!(traced.evidence("licensing", "outcome"), "valid_client");
    assert_eq!(traced.code, Some(0));
}

#[test]
fn nla_goes_on_to_the_activation_only_when_it_may_take_the_session() {
    let Some(server) = shadow("/sec:nla", "+auth") else { return };
    let until = ["-u", USER, "--until", "activate"];
    let traced = trace(server.port, &until, Some(PASSWORD));
    assert_eq!(traced.ending(), [json!("stopped"), json!("activate"), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "licensing");
    assert_eq!(traced.evidence("activate", "server_name"), &json!(null));
    assert_eq!(traced.code, Some(3));
    let traced = trace(server.port, &[&until[..], &["--take-session"]].concat(), Some(PASSWORD));
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "activate");
    assert_eq!(traced.code, Some(0));
}

#[test]
fn tls_without_nla_reaches_the_end_of_the_activation() {
    let Some(server) = shadow("/sec:tls", "-auth") else { return };
    let traced = trace(server.port, &["--until", "activate"], None);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "activate");
}

/// FreeRDP 2 closes without a word: that may be a refusal, and nobody can know.
#[test]
fn nla_with_a_wrong_password_is_not_called_refused() {
    let Some(server) = shadow("/sec:nla", "+auth") else { return };
    let traced = trace(server.port, &["-u", USER], Some("wrong"));
    assert_eq!(traced.ending(), [json!("aborted"), json!("credssp"), json!("closed")], "{traced:#?}");
    assert_eq!(traced.at("/verdict/credentials"), "not_verifiable");
    assert_eq!(traced.evidence("credssp", "attempted"), true);
    assert_eq!(traced.evidence("credssp", "authenticated"), false);
    assert_eq!(traced.code, Some(15));
}

#[test]
fn tls_without_nla_reaches_the_end_of_licensing() {
    let Some(server) = shadow("/sec:tls", "-auth") else { return };
    let traced = trace(server.port, &[], None);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.evidence("licensing", "outcome"), "valid_client");
    assert!(traced.found("nla-not-required"));
}

#[test]
fn a_demand_for_standard_rdp_security_is_met_in_one_retry() {
    let Some(server) = shadow("/sec:rdp", "-auth") else { return };
    let traced = trace(server.port, &["--until", "activate"], None);
    assert_eq!(traced.evidence("negotiate", "selected"), &json!(null));
    assert_eq!(traced.at("/connections/0/phases/negotiate/failure/code"), 2);
    assert_eq!(traced.at("/connections/1/purpose"), "retry");
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "activate");
    // It turns encryption off for a client on 127.0.0.1.
    assert_eq!(traced.at("/connections/1/phases/mcs/evidence/encryption_method"), 0);
    assert_eq!(traced.at("/connections/1/phases/licensing/evidence/outcome"), "valid_client");
    assert!(traced.found("standard-rdp-security") && !traced.found("encryption-method-not-offered"));
    assert_eq!(traced.code, Some(1));
}

/// From any other address it encrypts; a network of its own gives both sides one.
#[test]
fn standard_rdp_security_is_encrypted_from_another_address() {
    if !(has(&["unshare", "nsenter", "ip"]) && is_root()) {
        return;
    }
    let Some(server) = shadow_in(OTHER, "/sec:rdp", "-auth") else { return };
    let traced = trace_in(&server, OTHER, &["--security", "rdp", "--until", "activate"]);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "activate");
    assert_eq!(traced.evidence("mcs", "encryption_method"), 2);
    assert_eq!(traced.evidence("mcs", "encryption_level"), 2);
    assert_eq!(traced.evidence("mcs", "encryption_key/signature_valid"), true);
    assert_eq!(traced.evidence("licensing", "outcome"), "valid_client");
    assert_eq!(traced.code, Some(1));
}
