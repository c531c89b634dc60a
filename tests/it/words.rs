//! Errors of libraries in reports: in words, without a name of Rust.

use rdptrace::{
    codes::Phase,
    internal::{
        certificate::Unchecked,
        demo::{FAULTS, gateway},
        pdu::words::{spaced, words},
    },
    render,
    report::Credentials,
};

use crate::{faults::told_of, lab::fault};

#[test]
fn an_error_of_a_library_is_told_in_words() {
    let table = [
        (
            r#"IO error: Custom { kind: UnexpectedEof, error: "failed to fill whole buffer" }"#,
            "it does not follow the specification",
        ),
        ("Connection refused (os error 111)", "connection refused"),
        (
            "[ironrdp_pdu::rdp::capability_sets @ /src/lib.rs:12:5] not enough bytes: received 3, expected 4",
            "not enough bytes: received 3, expected 4",
        ),
        (
            "ironrdp_connector::connection_activation: invalid `shareId`",
            "connection activation: invalid `shareId`",
        ),
        ("a value of picky_krb::messages::KdcReqBody", "a value of kdc req body"),
        ("no route to [fe80::1]:3389", "no route to [fe80::1]:3389"),
        ("TLS is not spoken", "TLS is not spoken"),
        ("unexpected value Some(3) in it", "unexpected value"),
        ("", "it does not follow the specification"),
    ];
    for (error, expected) in table {
        assert_eq!(words(error), expected, "{error}");
    }
    assert_eq!(spaced("HandshakePayloadTooLarge"), "handshake payload too large");
}

/// What keeps the account back is named as it is.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_checked_is_named() {
    for (name, why) in [
        ("certificate-version-1", "the certificate is X.509 version 1, and only version 3"),
        ("certificate-weak-key", "the RSA key has 1024 bits, and only 2048 to 8192"),
    ] {
        let report = told_of(Some(fault(name))).await;
        assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
        assert!(report.verdict.summary.contains(why), "{}", report.verdict.summary);
        let tls = report.trace.connections[0].phases.tls.as_ref().expect("TLS began");
        assert!(tls.evidence.signature_unchecked.as_ref().is_some_and(|said| said.starts_with(why)));
    }
    let seen = |scheme| Unchecked::of(b"no certificate", scheme);
    assert_eq!(seen(0x0603), Unchecked::Unreadable);
}

/// Of a certificate with which nothing is wrong the kind of the signature says why.
#[test]
fn what_is_not_checked_of_a_sound_certificate_is_its_signature() {
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(vec!["rdsh01.corp.example".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate");
    for (scheme, expected, words) in [
        (0x0603, Unchecked::P521, "the curve P-521"),
        (0x0809, Unchecked::Pss, "RSASSA-PSS alone"),
        (0x080B, Unchecked::Pss, "RSASSA-PSS alone"),
        (0x0201, Unchecked::Sha1, "over SHA-1"),
        (0x0203, Unchecked::Sha1, "over SHA-1"),
        (0x0808, Unchecked::Other, "of a kind that is not checked"),
        (0x080C, Unchecked::Other, "of a kind that is not checked"),
    ] {
        let found = Unchecked::of(certificate.der(), scheme);
        assert_eq!(found, expected, "{scheme:#06x}");
        assert!(found.reason().contains(words), "{}", found.reason());
    }
}

/// What a programmer prints for programmers.
fn foreign(text: &str) -> Option<&str> {
    let path = |word: &&str| {
        let inner = word.split_once("::");
        inner.is_some_and(|(before, after)| {
            before.ends_with(|c: char| c == '_' || ('g'..='z').contains(&c))
                && after.starts_with(|c: char| c.is_ascii_alphabetic())
        })
    };
    let marks = ["IO error", "os error", "Error {", "kind: ", "Some(", "Custom {", "Err("];
    let mark = marks.into_iter().find(|mark| text.contains(mark));
    mark.or_else(|| text.split_whitespace().find(path))
}

#[tokio::test(start_paused = true)]
async fn no_report_of_a_fault_has_a_name_of_rust_in_it() {
    for fault in FAULTS {
        let report = told_of(Some(fault)).await;
        let mut page = Vec::new();
        render::json(&report, &mut page).expect("memory takes everything");
        let page = String::from_utf8(page).expect("text");
        let line = page.lines().find_map(|line| foreign(line).map(|mark| (mark, line)));
        assert_eq!(line, None, "{}", fault.name);
    }
    assert!(gateway::all().count() > 0);
}

/// The library makes no proof, and nothing was sent that would be one.
#[tokio::test(start_paused = true)]
async fn a_challenge_that_is_not_understood_stops_the_trace_as_a_limit_of_ours() {
    let fault = Some(fault("challenge-without-target-info"));
    let report = told_of(fault).await;
    let verdict = &report.verdict;
    assert_eq!((verdict.phase, verdict.credentials), (Some(Phase::Credssp), Credentials::NotAttempted));
    assert!(verdict.summary.contains("no fault of the server"), "{}", verdict.summary);
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("CredSSP began");
    assert!(!credssp.evidence.attempted && credssp.evidence.ntlm.is_some());
}
