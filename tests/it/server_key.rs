//! The file of a server's private key: what is taken, and the one sentence about what is not.

use std::{fs, path::Path};

use rdptrace::internal::pdu::{
    rsa::{self, RsaPublicKey},
    server_certificate::x509_key,
    server_key::{ServerKey, Unusable},
};
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject as _};

/// A file of testdata.
pub(crate) fn pem(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)).expect("a file")
}

/// The key in it.
pub(crate) fn key(name: &str) -> ServerKey {
    ServerKey::from_pem(&pem(name)).expect("a key")
}

/// The public half of the demo's weak key, as a certificate has it.
fn public() -> RsaPublicKey {
    let certificate = CertificateDer::from_pem_slice(&pem("keys/certificate.pem")).expect("a certificate");
    x509_key(&certificate).expect("an RSA key")
}

#[test]
fn both_forms_of_a_key_are_the_same_key() {
    let (first, second) = (key("certificates/weak.key"), key("keys/pkcs1.pem"));
    // What one opens the other opens.
    let random = [7; 32];
    let public = public();
    let encrypted = rsa::encrypt(&public, &random).expect("a usable key");
    assert!(first.is_of(&public) && second.is_of(&public) && !key("keys/other.pem").is_of(&public));
    for key in [first, second] {
        assert_eq!(key.client_random(&encrypted).as_deref(), Some(&random));
    }
    assert_eq!(key("keys/other.pem").client_random(&encrypted), None);
}

#[test]
fn a_file_may_hold_more_than_the_key() {
    let mut file = b"Bag Attributes\r\n    localKeyID: 01\r\n".to_vec();
    file.extend(pem("certificates/rsa-1024.pem"));
    file.extend(pem("certificates/weak.key"));
    assert!(ServerKey::from_pem(&file).expect("a key").is_of(&public()));
}

#[test]
fn what_is_no_such_key_is_told_from_what_is() {
    let broken = String::from_utf8(pem("keys/pkcs1.pem")).expect("text");
    let cut: Vec<&str> =
        broken.lines().enumerate().filter(|(line, _)| *line != 2).map(|(_, line)| line).collect();
    let cases: [(Vec<u8>, Unusable); 8] = [
        (pem("keys/pkcs1-encrypted.pem"), Unusable::Encrypted),
        (pem("keys/pkcs8-encrypted.pem"), Unusable::Encrypted),
        (pem("keys/elliptic.pem"), Unusable::NotRsa),
        (pem("keys/elliptic-pkcs8.pem"), Unusable::NotRsa),
        (pem("certificates/rsa-1024.pem"), Unusable::None),
        (
            b"-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n".to_vec(),
            Unusable::Damaged,
        ),
        (cut.join("\n").into_bytes(), Unusable::Damaged),
        (vec![0xFF; 70_000], Unusable::None),
    ];
    for (pem, why) in cases {
        assert_eq!(ServerKey::from_pem(&pem).err(), Some(why));
    }
}

#[test]
fn a_key_is_never_printed() {
    assert_eq!(format!("{:?}", key("keys/pkcs1.pem")), "ServerKey { .. }");
}

/// Whatever is decrypted, it is the secret or nothing.
#[test]
fn what_is_not_encrypted_for_the_key_is_no_secret() {
    let key = key("keys/pkcs1.pem");
    for length in [0, 1, 127, 128, 129, 4096] {
        for byte in [0, 1, 0x5A, 0xFF] {
            let message = vec![byte; length];
            assert!(key.pre_master_secret(&message).is_none(), "{length} {byte}");
        }
    }
}
