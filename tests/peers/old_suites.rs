//! Servers with the older suites of TLS 1.2 alone, as Windows Server 2012 R2 has them: OpenSSL, GnuTLS and xrdp.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    lab::{Program, Traced, folder, free_port, has, posture, trace, wait_for},
    old_tls::{Endpoint, NAME, endpoint, fronted, self_signed},
    xrdp::{VALID, xrdp},
};

/// Windows Server 2012 R2 with an RSA certificate, in its order, without DHE.
const WINDOWS_2012_R2: &str = "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:\
     AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA:@SECLEVEL=0";

/// By the names of OpenSSL and IANA, and what GnuTLS calls cipher and MAC.
const SUITES: [(&str, &str, &str); 6] = [
    ("ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "+AES-128-CBC:+SHA1"),
    ("ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "+AES-256-CBC:+SHA1"),
    ("ECDHE-RSA-AES128-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "+AES-128-CBC:+SHA256"),
    ("ECDHE-ECDSA-AES128-SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "+AES-128-CBC:+SHA1"),
    ("ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "+AES-256-CBC:+SHA1"),
    ("ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "+AES-128-CBC:+SHA256"),
];

fn key(suite: &str) -> &'static [&'static str] {
    match suite.contains("_ECDSA_") {
        true => &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        false => &["rsa:2048"],
    }
}

/// GnuTLS's server with these parts of its priority.
fn gnutls(folder: &Path, parts: &str) -> Endpoint {
    let listen = free_port();
    let priority =
        format!("NONE:+VERS-TLS1.2:+ECDHE-RSA:+ECDHE-ECDSA:{parts}:+SIGN-ALL:+GROUP-ALL:+COMP-NULL");
    let mut command = Command::new("gnutls-serv");
    command.current_dir(folder).args([
        "--echo",
        "--disable-client-cert",
        "--x509certfile",
        "cert.pem",
        "--x509keyfile",
        "key.pem",
    ]);
    command.args(["--priority", &priority, "--port", &listen.to_string()]);
    let program = Program::start(&mut command, &folder.join("log"));
    wait_for(listen);
    fronted(program, listen)
}

fn passes(traced: &Traced, suite: &str) {
    assert_eq!(traced.ending(), [json!("passed"), Value::Null, Value::Null], "{suite} {traced:#?}");
    assert_eq!(traced.code, Some(0), "{suite}");
    assert_eq!(traced.at("/connections").as_array().map(Vec::len), Some(2), "{suite}");
    assert_eq!(traced.at("/connections/1/purpose"), "retry");
    let tls = traced.at("/connections/1/phases/tls/evidence");
    assert_eq!([&tls["version"], &tls["cipher_suite"]], ["TLSv1.2", suite]);
    assert_eq!(tls["signature"], "valid", "{suite}");
    assert!(traced.found("tls-old-suites"), "{suite}");
    assert_eq!(traced.at("/causes"), &json!([]), "{suite}");
}

#[test]
fn openssl_with_each_of_the_suites_alone_passes_in_a_second_connection() {
    for (name, suite, _) in SUITES {
        let cipher = format!("{name}:@SECLEVEL=0");
        let Some(endpoint) = endpoint(&["-tls1_2", "-cipher", &cipher], key(suite)) else { return };
        passes(&trace(endpoint.port, &["--until", "tls", "--server-name", NAME], None), suite);
    }
}

#[test]
fn gnutls_with_each_of_the_suites_alone_passes_in_a_second_connection() {
    if !has(&["gnutls-serv", "openssl"]) {
        return;
    }
    for (_, suite, parts) in SUITES {
        let folder = folder("gnutls");
        self_signed(&folder, key(suite));
        let endpoint = gnutls(&folder, parts);
        passes(&trace(endpoint.port, &["--until", "tls", "--server-name", NAME], None), suite);
    }
}

/// What it takes is told with its own suites; those that this program does not speak as well.
#[test]
fn a_server_with_the_suites_of_2012_r2_passes_and_has_a_posture() {
    let Some(endpoint) = endpoint(&["-tls1_2", "-serverpref", "-cipher", WINDOWS_2012_R2], &["rsa:2048"])
    else {
        return;
    };
    let suite = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256";
    passes(&trace(endpoint.port, &["--until", "tls", "--server-name", NAME], None), suite);
    let asked = posture(endpoint.port, &["--server-name", NAME]);
    assert_eq!(asked.versions(), ["TLSv1.2"]);
    let accepted = asked.at("/posture/tls/2/accepted").as_array().expect("suites");
    for suite in ["TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", suite, "TLS_RSA_WITH_AES_128_CBC_SHA"] {
        assert!(accepted.contains(&json!(suite)), "{accepted:?}");
    }
    assert!(asked.found("tls-old-suites") && !asked.found("tls-no-common-suite"));
}

/// Every record of a whole session is under the older suite.
#[test]
fn xrdp_is_traced_to_the_end_of_the_activation() {
    for (cipher, suite) in [
        ("ECDHE-ECDSA-AES256-SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
        ("ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    ] {
        let settings = [("security_layer", "tls"), ("ssl_protocols", "TLSv1.2"), ("tls_ciphers", cipher)];
        let Some(server) = xrdp(&settings, VALID) else { return };
        let traced = trace(server.port, &["--server-name", "xrdp.example", "--fail-on", "error"], None);
        passes(&traced, suite);
        assert_eq!(traced.at("/verdict/reached"), "licensing");
        assert_eq!(traced.at("/connections/1/phases/licensing/evidence/outcome"), "valid_client");
        let deep = trace(server.port, &["--until", "activate", "--server-name", "xrdp.example"], None);
        passes(&deep, suite);
        assert_eq!(deep.at("/verdict/reached"), "activate");
    }
}

/// A signature that is not checked proves nothing, and that is told.
#[test]
fn a_handshake_that_is_signed_with_sha_1_passes_unchecked() {
    let arguments = ["-tls1_2", "-sigalgs", "RSA+SHA1", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"];
    let Some(endpoint) = endpoint(&arguments, &["rsa:2048"]) else { return };
    let traced = trace(endpoint.port, &["--until", "tls", "--server-name", NAME], None);
    assert_eq!(traced.ending(), [json!("passed"), Value::Null, Value::Null], "{traced:#?}");
    assert_ne!(traced.evidence("tls", "signature"), "valid");
    let said = traced.evidence("tls", "signature_unchecked");
    assert!(said.as_str().is_some_and(|said| said.contains("SHA-1")), "{said}");
}
