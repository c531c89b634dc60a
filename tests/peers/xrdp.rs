//! xrdp 0.9, in the settings that its administrators meet.

use std::{fs, net::SocketAddr, path::PathBuf, process::Command};

use serde_json::{Value, json};

use crate::{
    lab::{
        Program, certificate, colours, folder, free_port, has, is_root, trace, wait_for, wait_for_address,
    },
    namespace::Namespace,
};

pub(crate) struct Xrdp {
    program: Program,
    pub port: u16,
    /// Where its settings and keys are.
    pub folder: PathBuf,
}

/// Starts xrdp with these settings of xrdp.ini; it reads /etc/xrdp, so it gets a folder of its own mounted there.
pub(crate) fn xrdp(settings: &[(&str, &str)], validity: (i64, i64)) -> Option<Xrdp> {
    let server = start(Command::new("unshare"), settings, validity)?;
    wait_for(server.port);
    Some(server)
}

/// The same at this address.
pub(crate) fn xrdp_at(address: SocketAddr, settings: &[(&str, &str)]) -> Option<Xrdp> {
    let listen = format!("tcp://{address}");
    let server = start(Command::new("unshare"), &[&[("port", listen.as_str())], settings].concat(), VALID)?;
    wait_for_address(address);
    Some(server)
}

/// The same in a network namespace, on all of its addresses and the usual port.
pub(crate) fn xrdp_in(namespace: &Namespace, settings: &[(&str, &str)]) -> Option<Xrdp> {
    let port = [("port", "tcp://0.0.0.0:3389")];
    let server = start(namespace.command("unshare"), &[&port, settings].concat(), VALID)?;
    namespace.wait_for(3389);
    Some(server)
}

/// With a command that ends in `unshare`.
fn start(mut command: Command, settings: &[(&str, &str)], validity: (i64, i64)) -> Option<Xrdp> {
    if !(has(&["xrdp", "xrdp-keygen", "unshare", "mount"]) && is_root()) {
        return None;
    }
    let folder = folder("xrdp");
    let port = free_port();
    certificate(&folder, "xrdp.example", validity.0, validity.1);
    let path = |name: &str| folder.join(name).display().to_string();
    let listen = format!("tcp://127.0.0.1:{port}");
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let own = [("port", listen.as_str()), ("certificate", &cert), ("key_file", &key)];
    let installed = fs::read_to_string("/etc/xrdp/xrdp.ini").expect("the package's settings");
    let ini = [&own[..], settings].concat().into_iter().fold(installed, set);
    fs::write(folder.join("xrdp.ini"), ini).expect("the settings");
    for name in ["km-00000409.ini", "xrdp_keyboard.ini", "sesman.ini"] {
        let _ = fs::copy(PathBuf::from("/etc/xrdp").join(name), folder.join(name));
    }
    let keys = Command::new("xrdp-keygen").args(["xrdp", &path("rsakeys.ini")]).output();
    assert!(keys.is_ok_and(|output| output.status.success()), "xrdp-keygen failed");
    let script = "mount --bind \"$0\" /etc/xrdp && mkdir -p /run/xrdp && mount -t tmpfs none /run/xrdp && exec xrdp --nodaemon";
    command.args(["-m", "sh", "-c", script]).arg(&folder);
    let program = Program::start(&mut command, &folder.join("log"));
    Some(Xrdp { program, port, folder })
}

impl Xrdp {
    /// Sends a signal to the server and to what it has started.
    pub(crate) fn signal(&self, signal: &str) {
        self.program.signal(signal);
    }
}

/// Replaces the first line of a key, commented out or not.
fn set(ini: String, (key, value): (&str, &str)) -> String {
    let is_key = |line: &str| line.trim_start_matches('#').split('=').next() == Some(key);
    let mut lines: Vec<String> = ini.lines().map(str::to_owned).collect();
    let line = lines.iter_mut().find(|line| is_key(line)).unwrap_or_else(|| panic!("xrdp.ini has no {key}"));
    *line = format!("{key}={value}");
    lines.join("\n") + "\n"
}

/// A certificate for today.
pub(crate) const VALID: (i64, i64) = (-1, 100);

#[test]
fn negotiate_reaches_the_end_of_licensing() {
    let Some(server) = xrdp(&[("security_layer", "negotiate")], VALID) else { return };
    let traced = trace(server.port, &["--server-name", "xrdp.example"], None);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.code, Some(0));
    assert_eq!(traced.at("/verdict/reached"), "licensing");
    assert_eq!(traced.at("/verdict/credentials"), "not_attempted");
    assert_eq!(traced.at("/connections").as_array().map(Vec::len), Some(1));
    assert_eq!(traced.evidence("negotiate", "requested"), &json!(["tls", "nla", "nla_ex"]));
    assert_eq!(traced.evidence("negotiate", "selected"), "tls");
    assert_eq!(traced.evidence("negotiate", "selected_code"), 1);
    assert_eq!(traced.evidence("tls", "version"), "TLSv1.3");
    assert_eq!(traced.evidence("tls", "signature"), "valid");
    assert_eq!(traced.evidence("mcs", "server_version"), 0x80004);
    assert_eq!(traced.evidence("mcs", "encryption_method"), 0);
    assert_eq!(traced.evidence("mcs", "io_channel"), 1003);
    assert_eq!(traced.evidence("licensing", "outcome"), "valid_client");
    assert_eq!(traced.evidence("licensing", "product"), "236");
    assert_eq!(traced.evidence("licensing", "version"), 0x40000);
    assert_eq!(traced.evidence("licensing", "company"), "Microsoft Corporation");
    assert_eq!(traced.evidence("licensing", "scope"), "microsoft.com");
    assert_eq!(traced.at("/answered_by/who"), "xrdp");
    assert_eq!(traced.at("/certificate/names"), &json!(["xrdp.example"]));
    assert_eq!(traced.at("/certificate/self_signed"), true);
    assert!(traced.found("nla-not-required") && traced.found("certificate-self-signed"));
    assert!(!traced.found("certificate-name-mismatch"));
}

/// With bitmaps over TLS and over RC4 alike, xrdp draws its logon box with a logo.
#[test]
fn the_logon_screen_is_seen() {
    for layer in ["negotiate", "rdp"] {
        let Some(server) = xrdp(&[("security_layer", layer)], VALID) else { return };
        let picture = folder("screen").join("screen.png").display().to_string();
        let traced = trace(server.port, &["--screenshot", &picture, "--fail-on", "never"], None);
        assert_eq!(
            (traced.at("/verdict/reached"), traced.code),
            (&json!("activate"), Some(0)),
            "{traced:#?}"
        );
        assert_eq!(traced.at("/connections/0/session/failure"), &json!(null));
        assert_eq!(traced.at("/connections/0/session/undecoded"), 0);
        assert!(colours(&picture) > 100, "{layer}");
    }
}

/// The first thing that xrdp draws is its own logon box.
#[test]
fn tls_reaches_the_end_of_the_activation() {
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let traced = trace(server.port, &["--until", "activate"], None);
    assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{traced:#?}");
    assert_eq!(traced.at("/verdict/reached"), "activate");
    assert_eq!(traced.evidence("activate", "desktop_width"), 1024);
    assert_eq!(traced.evidence("activate", "desktop_height"), 768);
    assert!(traced.evidence("activate", "capability_sets").as_array().is_some_and(|sets| sets.len() > 5));
    assert_eq!(traced.code, Some(0));
}

#[test]
fn the_license_exchange_can_end_at_the_request() {
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let traced = trace(server.port, &["--license", "stop", "--until", "licensing"], None);
    assert_eq!(traced.ending(), [json!("stopped"), json!("licensing"), json!(null)]);
    assert_eq!(traced.evidence("licensing", "outcome"), "request");
    assert_eq!(traced.code, Some(3));
}

#[test]
fn an_account_cannot_be_verified_without_nla() {
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let traced = trace(server.port, &["-u", "alice"], Some("wrong"));
    assert_eq!(traced.at("/verdict/credentials"), "not_verifiable");
    assert!(traced.found("credentials-not-verified"));
    assert_eq!(traced.code, Some(1));
}

#[test]
fn tls_only_refuses_an_offer_of_nla_alone() {
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    let traced = trace(server.port, &["--security", "nla"], None);
    assert_eq!(traced.ending(), [json!("aborted"), json!("negotiate"), json!("negotiation_failure")]);
    assert_eq!(traced.at("/verdict/failure/code"), 1);
    assert_eq!(traced.at("/verdict/failure/name"), "SSL_REQUIRED_BY_SERVER");
    assert_eq!(traced.code, Some(13));
}

#[test]
fn an_expired_certificate_is_a_finding_and_no_failure() {
    let Some(server) = xrdp(&[("security_layer", "tls")], (-30, -3)) else { return };
    let traced = trace(server.port, &[], None);
    assert_eq!(traced.at("/verdict/outcome"), "passed");
    assert!(traced.found("certificate-expired"));
    assert_eq!(traced.code, Some(1));
}

#[test]
fn a_key_that_cannot_be_read_shows_in_the_negotiation() {
    let unreadable = ("key_file", "/nonexistent/key.pem");
    let Some(tls) = xrdp(&[("security_layer", "tls"), unreadable], VALID) else { return };
    let traced = trace(tls.port, &[], None);
    assert_eq!(traced.at("/verdict/failure/code"), 3);
    assert_eq!(traced.code, Some(13));
    let Some(negotiate) = xrdp(&[("security_layer", "negotiate"), unreadable], VALID) else { return };
    let traced = trace(negotiate.port, &[], None);
    assert_eq!(traced.evidence("negotiate", "selected"), "rdp");
    assert!(traced.found("protocol-not-requested") && traced.found("standard-rdp-security"));
    assert!(traced.may_be("xrdp-key-unreadable"));
}

/// xrdp ignores the methods that are offered: the level alone decides.
#[test]
fn standard_rdp_security_reaches_the_end_of_the_activation_at_every_level() {
    for (name, method, level) in [("none", 0, 0), ("low", 1, 1), ("medium", 1, 2), ("high", 2, 3)] {
        let Some(server) = xrdp(&[("security_layer", "rdp"), ("crypt_level", name)], VALID) else { return };
        let traced = trace(server.port, &["--security", "rdp", "--until", "activate"], None);
        assert_eq!(traced.ending(), [json!("passed"), json!(null), json!(null)], "{name}: {traced:#?}");
        assert_eq!(traced.at("/verdict/reached"), "activate");
        assert_eq!(traced.evidence("activate", "desktop_width"), 1024);
        assert_eq!(traced.evidence("activate", "desktop_height"), 768);
        assert_eq!(traced.evidence("mcs", "encryption_methods_requested"), 11);
        assert_eq!(traced.evidence("mcs", "encryption_method"), method);
        assert_eq!(traced.evidence("mcs", "encryption_level"), level);
        if method != 0 {
            assert_eq!(traced.evidence("mcs", "encryption_key/kind"), "proprietary");
            assert_eq!(traced.evidence("mcs", "encryption_key/signature_valid"), true);
            assert_eq!(traced.evidence("mcs", "server_random").as_str().map(str::len), Some(64));
        }
        assert_eq!(traced.evidence("licensing", "outcome"), "valid_client");
        assert_eq!(traced.evidence("licensing", "product"), "236");
        assert!(traced.found("standard-rdp-security") && !traced.found("encryption-method-not-offered"));
        assert!(!traced.found("protocol-not-requested"));
        assert_eq!(traced.code, Some(1));
    }
}

#[test]
fn fips_is_recognised_and_not_gone_on_with() {
    let Some(server) = xrdp(&[("security_layer", "rdp"), ("crypt_level", "fips")], VALID) else { return };
    let traced = trace(server.port, &["--security", "rdp"], None);
    assert_eq!(traced.ending(), [json!("aborted"), json!("mcs"), json!("security_unsupported")]);
    assert_eq!(traced.at("/verdict/failure/code"), 16);
    assert_eq!(traced.evidence("mcs", "encryption_level"), 4);
    assert!(traced.found("standard-rdp-security") && traced.found("encryption-method-not-offered"));
    assert_eq!(traced.code, Some(16));
}

#[test]
fn a_tls_version_that_is_too_old_is_a_limit_of_this_program() {
    let old = [("security_layer", "tls"), ("ssl_protocols", "TLSv1.1"), ("tls_ciphers", "ALL:@SECLEVEL=0")];
    let Some(server) = xrdp(&old, VALID) else { return };
    let traced = trace(server.port, &[], None);
    assert_eq!(traced.ending(), [json!("aborted"), json!("tls"), json!("tls_unsupported")]);
    assert_eq!(traced.at("/verdict/mstsc"), &Value::Null);
    assert_eq!(traced.at("/connections/0/phases/tls/failure/code"), 70);
    assert_eq!(traced.evidence("tls", "alert_received/name"), "protocol_version");
    assert_eq!(traced.code, Some(14));
}

#[test]
fn a_stopped_server_ends_at_the_timeout() {
    let Some(server) = xrdp(&[("security_layer", "tls")], VALID) else { return };
    server.signal("-STOP");
    let traced = trace(server.port, &["--timeout", "1", "--experiments", "off"], None);
    assert_eq!(traced.ending(), [json!("aborted"), json!("negotiate"), json!("timeout")]);
    let elapsed = traced.at("/elapsed_ms").as_f64().expect("a number");
    assert!((1_000.0..2_000.0).contains(&elapsed), "{elapsed}");
}

/// It answers an empty Client Info with an ultimatum, inside TLS and under its own encryption.
#[test]
fn an_account_that_is_required_is_told_as_such() {
    for layer in ["tls", "rdp"] {
        let Some(server) = xrdp(&[("security_layer", layer), ("require_credentials", "true")], VALID) else {
            return;
        };
        let traced = trace(server.port, &[], None);
        assert_eq!(traced.ending(), [json!("aborted"), json!("licensing"), json!("disconnect")], "{layer}");
        assert_eq!(traced.at("/causes/0/code"), "client-info-account-required", "{layer}: {traced:#?}");
        assert_eq!(traced.at("/causes/0/likelihood"), "likely", "{layer}: {traced:#?}");
    }
}
