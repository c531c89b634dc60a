//! `--server-key`: what it opens is in the report, what it is not is one sentence, and itself it is nowhere.

use std::path::PathBuf;

use super::{flows, of, written};
use crate::{
    passive::server_key::session,
    program::{rdptrace, text},
    server_key::pem,
};

/// Files that hold no key that can be used, and what is said of them.
pub(crate) const UNUSABLE: [(&str, &str); 4] = [
    ("keys/pkcs8-encrypted.pem", "its key is encrypted"),
    ("keys/elliptic.pem", "its key is not of RSA"),
    ("keys/certificate.pem", "it holds no private key in PEM"),
    ("keys/none.pem", "cannot read"),
];

/// A file of testdata.
pub(crate) fn place(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

#[tokio::test(start_paused = true)]
async fn standard_rdp_security_is_opened_with_the_key_alone() {
    let path = written("standard.pcapng", &flows(&["standard-security-error-info"]).await);
    let without = rdptrace(&["read", of(&path)]);
    assert!(!text(&without.stdout).contains("257"), "{}", text(&without.stdout));
    let key = place("keys/demo-standard.pem");
    let with = rdptrace(&["read", of(&path), "--server-key", of(&key)]);
    assert!(text(&with.stdout).contains("257"), "{}", text(&with.stdout));
    assert!(with.stderr.is_empty(), "{}", text(&with.stderr));
}

#[test]
fn rsa_key_exchange_is_opened_and_ecdhe_is_not() {
    let key = place("certificates/weak.key");
    let opened = written("rsa.pcapng", &[session("tls12-aes128-gcm")]);
    let output = rdptrace(&["read", of(&opened), "--server-key", of(&key)]);
    assert_eq!(output.status.code(), Some(16), "{}", text(&output.stdout));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let sealed = written("ecdhe.pcapng", &[session("tls12-ecdhe")]);
    let output = rdptrace(&["read", of(&sealed), "--server-key", of(&key)]);
    let (page, said) = (text(&output.stdout), text(&output.stderr));
    assert!(page.contains("keys of ECDHE"), "{page}");
    assert!(said.contains("weak.key opens no connection of this capture"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_file_that_is_no_such_key_is_one_sentence_and_nothing_is_read() {
    let capture = written("unread.pcapng", &[session("tls12-aes128-gcm")]);
    for (name, words) in UNUSABLE {
        let output = rdptrace(&["read", of(&capture), "--server-key", of(&place(name))]);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{name}: {said}");
        assert!(said.contains(words) && output.stdout.is_empty(), "{name}: {said}");
    }
}

/// Neither the key as it is written nor its numbers, whatever is printed.
#[test]
fn the_key_is_in_no_output() {
    let capture = written("silent.pcapng", &[session("tls12-aes128-gcm")]);
    let key = place("keys/pkcs1.pem");
    let written = text(&pem("keys/pkcs1.pem"));
    let lines = written.lines().filter(|line| !line.starts_with("---"));
    let texts: Vec<String> = lines.map(str::to_owned).collect();
    let numbers = exponent(&texts.concat());
    for format in ["text", "json", "ndjson", "junit", "markdown", "prometheus"] {
        let arguments = ["read", of(&capture), "--server-key", of(&key), "--format", format, "-vvv"];
        let output = rdptrace(&arguments);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!texts.iter().any(|line| said.contains(line)), "{format}");
        assert!(!said.contains(&numbers), "{format}");
    }
}

/// The private exponent, as it would be printed in hexadecimal.
fn exponent(base64: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    // Behind the heads of the sequence, version, modulus and public exponent.
    let der = STANDARD.decode(base64).expect("base64");
    hex::encode(&der[148..212])
}
