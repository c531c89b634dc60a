//! What clients and servers say to each other, captured by dumpcap and opened with nothing but the server's private key.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rdptrace::internal::pdu::der::{INTEGER, SEQUENCE, encode};
use serde_json::Value;

use crate::{
    demo_server::serve,
    display::Display,
    dumpcap::{capturing, text},
    lab::{Program, folder, has, is_root, skipped, trace},
    old_tls::self_signed,
    xrdp::{VALID, xrdp},
};

/// Whether all programs are there that a test takes.
fn is_possible() -> bool {
    if !has(&["xfreerdp", "Xvfb", "dumpcap", "xrdp", "openssl"]) {
        return false;
    }
    if !is_root() {
        skipped("only root may capture");
    }
    is_root()
}

/// What `read` says of a capture that dumpcap still writes, once the connection is activated in it.
fn read(capture: &Path, key: &Path) -> Value {
    let begin = Instant::now();
    loop {
        let output = Command::new(env!("CARGO_BIN_EXE_rdptrace"))
            .args(["read", text(capture), "--format", "ndjson", "--server-key", text(key)])
            .output()
            .expect("it runs");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let activated = report.pointer("/connections/0/phases/activate/status");
        if activated.is_some_and(|status| status == "passed") || begin.elapsed() > Duration::from_secs(15) {
            return report;
        }
        thread::park_timeout(Duration::from_millis(100));
    }
}

/// A capture of what happens while a client connects to this port, opened with this key.
fn opened<T>(port: u16, connect: impl FnOnce() -> T, key: &Path) -> Value {
    let capture = folder("server-key").join("capture.pcapng");
    let _dumpcap = capturing(port, &capture);
    let _client = connect();
    read(&capture, key)
}

/// xfreerdp with these arguments, and the display that it needs.
fn freerdp(port: u16, arguments: &[&str]) -> (Program, Display) {
    let display = Display::start();
    let place = format!("/v:127.0.0.1:{port}");
    let arguments = [&[place.as_str(), "/u:demo", "/cert:ignore"], arguments].concat();
    let mut command = Command::new("xfreerdp");
    command.args(arguments).env("DISPLAY", &display.name);
    (Program::start(&mut command, &folder("xfreerdp").join("log")), display)
}

fn at<'v>(report: &'v Value, pointer: &str) -> &'v Value {
    report.pointer(&format!("/connections/0{pointer}")).unwrap_or(&Value::Null)
}

#[test]
fn tls_with_rsa_key_exchange_is_opened_up_to_the_activation() {
    if !is_possible() {
        return;
    }
    let own = folder("rsa-certificate");
    self_signed(&own, &["rsa:2048"]);
    let (certificate, key) = (own.join("cert.pem"), own.join("key.pem"));
    for (version, suite) in [("TLSv1.2", "AES128-GCM-SHA256"), ("TLSv1.2", "AES256-SHA256")] {
        let settings = [
            ("security_layer", "tls"),
            ("ssl_protocols", version),
            ("tls_ciphers", suite),
            ("certificate", text(&certificate)),
            ("key_file", text(&key)),
        ];
        let Some(server) = xrdp(&settings, VALID) else { return };
        let client = ["/sec:tls", "/p:demo", &format!("/tls-ciphers:{suite}")];
        let report = opened(server.port, || freerdp(server.port, &client), &key);
        let name = at(&report, "/phases/tls/evidence/cipher_suite").as_str().unwrap_or_default();
        assert!(name.starts_with("TLS_RSA_WITH_"), "{name}");
        assert_eq!(at(&report, "/watched/opened"), true, "{suite}");
        assert_eq!(at(&report, "/phases/activate/status"), "passed", "{suite}: {report:#}");
    }
}

#[test]
fn what_xrdp_encrypts_is_opened_with_the_key_in_its_file() {
    if !is_possible() {
        return;
    }
    for level in ["low", "medium", "high"] {
        let Some(server) = xrdp(&[("security_layer", "rdp"), ("crypt_level", level)], VALID) else { return };
        let key = as_pem(&server.folder);
        let client = ["--security", "rdp", "--until", "activate", "--local", "off"];
        let report = opened(server.port, || trace(server.port, &client, None), &key);
        assert_eq!(at(&report, "/watched/opened"), true, "{level}: {report:#}");
        assert_eq!(at(&report, "/phases/activate/status"), "passed", "{level}: {report:#}");
    }
}

/// Its MACs are salted, which ours never are.
#[test]
fn what_freerdp_encrypts_is_opened_too() {
    if !is_possible() {
        return;
    }
    let (_server, port) = serve(&["--fault", "standard-security"]);
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/keys/demo-standard.pem");
    let report = opened(port, || freerdp(port, &["/sec:rdp", "/p:"]), &key);
    assert_eq!(at(&report, "/phases/activate/status"), "passed", "{report:#}");
    assert_eq!(at(&report, "/client/capabilities/sets").as_array().map(Vec::is_empty), Some(false));
}

/// xrdp's key for Standard RDP Security, as PKCS #1; what the reader does not need is 0.
fn as_pem(folder: &Path) -> PathBuf {
    let settings = fs::read_to_string(folder.join("rsakeys.ini")).expect("xrdp-keygen wrote it");
    let number = |name: &str| {
        let line = settings.lines().find_map(|line| line.strip_prefix(name)).expect("a number");
        let bytes = line
            .trim_start_matches('=')
            .split(',')
            .map(|byte| u8::from_str_radix(byte.trim().trim_start_matches("0x"), 16).expect("a byte"));
        let little_endian: Vec<u8> = bytes.collect();
        encode(INTEGER, &[&[0], &little_endian.into_iter().rev().collect::<Vec<u8>>()])
    };
    let none = encode(INTEGER, &[&[0]]);
    let (modulus, public, private) = (number("pub_mod"), number("pub_exp"), number("pri_exp"));
    let key = encode(SEQUENCE, &[&none, &modulus, &public, &private, &none, &none, &none, &none, &none]);
    let path = folder.join("rsakeys.pem");
    let begin = "-----BEGIN RSA PRIVATE KEY-----";
    let pem = format!("{begin}\n{}\n{}\n", STANDARD.encode(key), begin.replace("BEGIN", "END"));
    fs::write(&path, pem).expect("a file");
    path
}
