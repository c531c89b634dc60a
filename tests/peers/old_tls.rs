//! TLS that a modern client cannot speak: OpenSSL's server behind a relay that answers the Connection Request.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    lab::{Program, Traced, folder, free_port, has, posture, trace, wait_for},
    relay::{Fate, SELECTS_TLS, relay},
};

pub(crate) const NAME: &str = "old.example";
/// What is refused and what passes when only an old hello can be answered.
const LEGACY_ONLY: [&str; 8] = [
    "tls12-only: tls tls_alert",
    "tls13-only: tls tls_alert",
    "small-hello: tls tls_alert",
    "large-hello: tls tls_alert",
    "no-sni: tls tls_alert",
    "legacy-hello: tls passed",
    "protocol-rdp: negotiate passed",
    "repeat: tls tls_alert",
];

const RSA: &[&str] = &["rsa:2048"];

pub(crate) struct Endpoint {
    _program: Program,
    pub port: u16,
}

/// A server with a certificate for such a key and these further arguments.
pub(crate) fn endpoint(arguments: &[&str], key: &[&str]) -> Option<Endpoint> {
    let (program, listen) = server(arguments, key)?;
    Some(fronted(program, listen))
}

/// The server alone, and its port.
fn server(arguments: &[&str], key: &[&str]) -> Option<(Program, u16)> {
    if !has(&["openssl"]) {
        return None;
    }
    let folder = folder("s_server");
    self_signed(&folder, key);
    let listen = free_port();
    let mut command = Command::new("openssl");
    command.current_dir(&folder).args(["s_server", "-quiet", "-cert", "cert.pem", "-key", "key.pem"]);
    command.args(["-accept", &format!("127.0.0.1:{listen}")]).args(arguments);
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(listen);
    Some((program, listen))
}

/// The same program behind an answer to the Connection Request.
pub(crate) fn fronted(program: Program, listen: u16) -> Endpoint {
    let port = relay(listen, |sent| match sent.is_request() {
        true => Fate::Answered(SELECTS_TLS),
        false => Fate::Pass,
    });
    Endpoint { _program: program, port }
}

/// Writes `cert.pem` and `key.pem`.
pub(crate) fn self_signed(folder: &Path, key: &[&str]) {
    let subject = format!("/CN={NAME}");
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(["req", "-x509", "-nodes", "-days", "30", "-newkey"]).args(key);
    command.args(["-subj", &subject, "-keyout", "key.pem", "-out", "cert.pem"]);
    let output = command.output().expect("openssl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn traced(endpoint: &Endpoint) -> Traced {
    trace(endpoint.port, &["--timeout", "2", "--server-name", NAME], None)
}

fn refused_with(traced: &Traced, alert: i64) {
    assert_eq!(traced.ending(), [json!("aborted"), json!("tls"), json!("tls_alert")], "{traced:#?}");
    assert_eq!(traced.at("/verdict/failure/code"), alert);
    assert_eq!(traced.code, Some(14));
}

/// Which clients connect to a version older than TLS 1.2.
const OLD: &str = "mstsc connects where Windows still allows such a version, FreeRDP with OpenSSL 3 does not; rdptrace speaks none";

/// The limit is told as this program's, and nobody else is to blame.
fn is_ours(traced: &Traced, ours: &str) {
    assert_eq!(traced.ending(), [json!("aborted"), json!("tls"), json!("tls_unsupported")], "{traced:#?}");
    assert_eq!(traced.at("/verdict/failure/detail"), ours);
    assert_eq!(traced.at("/verdict/mstsc"), &Value::Null);
    let causes: Vec<&Value> =
        traced.at("/causes").as_array().expect("causes").iter().map(|cause| &cause["code"]).collect();
    assert_eq!(causes, ["rdptrace-lacks-suites"]);
    assert_eq!(traced.code, Some(14));
}

#[test]
fn an_old_hello_shows_what_an_old_server_speaks() {
    for (version, cipher, alert, seen, suite) in [
        ("-tls1", "AES128-SHA:@SECLEVEL=0", 70, "TLSv1.0", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        ("-tls1_1", "ECDHE-RSA-AES256-SHA:@SECLEVEL=0", 70, "TLSv1.1", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
        ("-tls1_2", "AES256-SHA256:@SECLEVEL=0", 40, "TLSv1.2", "TLS_RSA_WITH_AES_256_CBC_SHA256"),
        ("-tls1_2", "AES256-GCM-SHA384", 40, "TLSv1.2", "TLS_RSA_WITH_AES_256_GCM_SHA384"),
        ("-tls1_2", "ECDHE-RSA-AES256-SHA384", 40, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
        ("-tls1_2", "DHE-RSA-AES256-GCM-SHA384", 40, "TLSv1.2", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    ] {
        let Some(endpoint) = endpoint(&[version, "-cipher", cipher], RSA) else { return };
        let traced = traced(&endpoint);
        let ours = match seen {
            "TLSv1.2" => "mstsc and FreeRDP connect to this server; rdptrace does not speak its suites",
            _ => OLD,
        };
        is_ours(&traced, &format!("{ours} ({seen} and {suite})"));
        assert_eq!(traced.at("/connections/0/phases/tls/failure/code"), alert);
        assert_eq!(traced.experiments(), LEGACY_ONLY, "{suite}");
        let answer = traced.experiment("legacy-hello", "tls");
        assert_eq!([&answer["version"], &answer["cipher_suite"]], [seen, suite]);
        let certificate = &answer["certificate"];
        assert_eq!(certificate["names"], json!([NAME]));
        assert_eq!(certificate["key"], json!({ "algorithm": "RSA", "bits": 2048, "curve": Value::Null }));
    }
}

/// Schannel has none of these suites, and does not offer the group.
#[test]
fn what_only_clients_with_openssl_speak_is_a_limit_too() {
    let ec: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    let ecdhe = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 with secp521r1";
    for (arguments, key, seen) in [
        (["-groups", "P-521"], RSA, ecdhe),
        (["-cipher", "ECDHE-ECDSA-AES128-CCM8"], ec, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"),
        (["-cipher", "AES256-CCM"], RSA, "TLS_RSA_WITH_AES_256_CCM"),
        (["-cipher", "CAMELLIA128-SHA"], RSA, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA"),
        (["-cipher", "ECDHE-ARIA128-GCM-SHA256"], RSA, "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256"),
    ] {
        let arguments = [&["-tls1_2"][..], &arguments].concat();
        let Some(endpoint) = endpoint(&arguments, key) else { return };
        let traced = traced(&endpoint);
        let said = traced.at("/verdict/failure/detail").as_str().unwrap_or_default().to_owned();
        assert!(said.starts_with("FreeRDP connects to this server where its OpenSSL allows it"), "{said}");
        assert!(said.contains(&format!("rdptrace does not speak TLSv1.2 and {seen}")), "{said}");
        is_ours(&traced, &said);
    }
}

/// A posture names the suite, and the limit as its own.
#[test]
fn a_posture_finds_what_only_clients_with_openssl_speak() {
    let Some(endpoint) = endpoint(&["-tls1_2", "-cipher", "AES256-CCM"], RSA) else { return };
    let asked = posture(endpoint.port, &["--timeout", "2", "--server-name", NAME]);
    assert_eq!(asked.at("/posture/tls/2/accepted"), &json!(["TLS_RSA_WITH_AES_256_CCM"]), "{asked:#?}");
    let said = asked.at("/verdict/failure/detail").as_str().unwrap_or_default();
    assert!(said.ends_with("rdptrace does not speak TLSv1.2 and TLS_RSA_WITH_AES_256_CCM"), "{said}");
}

/// With TLS 1.2 the alert ends the handshake; with TLS 1.3 it follows it, as the answer to the certificate that is missing.
#[test]
fn a_client_certificate_that_is_demanded_ends_in_tls() {
    for (version, alert, other) in [("-tls1_2", 40, "tls13-only"), ("-tls1_3", 116, "tls12-only")] {
        let Some(endpoint) = endpoint(&["-Verify", "1", version], RSA) else { return };
        let traced = traced(&endpoint);
        refused_with(&traced, alert);
        assert_eq!(traced.evidence("tls", "client_certificate_requested"), true);
        assert!(traced.found("tls-client-certificate-required"));
        // A hello of our own is answered before the certificate is missed; whatever finishes the handshake is refused.
        let made = traced.experiments();
        for name in [other, "no-sni", "repeat"] {
            assert!(made.contains(&format!("{name}: tls tls_alert")), "{version} {made:?}");
        }
        assert!(made.contains(&"small-hello: tls passed".to_owned()), "{made:?}");
    }
}

#[test]
fn a_name_that_the_server_does_not_know_passes_when_it_is_left_out() {
    let unknown =
        ["-servername", "other.example", "-servername_fatal", "-cert2", "cert.pem", "-key2", "key.pem"];
    let Some(endpoint) = endpoint(&unknown, RSA) else { return };
    let traced = traced(&endpoint);
    refused_with(&traced, 112);
    let passed: Vec<String> =
        traced.experiments().into_iter().filter(|end| end.ends_with("passed")).collect();
    assert_eq!(passed, ["small-hello: tls passed", "no-sni: tls passed", "protocol-rdp: negotiate passed"]);
    assert_eq!(traced.at("/causes/0/code"), "server-name-refused");
}

#[test]
fn a_web_server_that_wants_tls_is_another_service_before_it_is_a_proxy() {
    let Some((_program, port)) = server(&["-www"], RSA) else { return };
    let traced = trace(port, &["--timeout", "2"], None);
    assert_eq!(traced.ending(), [json!("aborted"), json!("negotiate"), json!("closed")], "{traced:#?}");
    assert_eq!(traced.at("/causes/0/code"), "wrong-service-on-port", "{traced:#?}");
    assert_eq!(traced.at("/causes/0/likelihood"), "likely");
    let reasons = traced.at("/causes/0/because").to_string();
    assert!(reasons.contains("inside TLS nothing of RDP answers"), "{reasons}");
    assert_eq!(traced.at("/causes/1/code"), "tls-proxy-in-front");
}
