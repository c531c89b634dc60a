//! Tokens of CredSSP and NTLM with a field that cannot be: which it is, and how, stands in the report.

use rdptrace::{
    internal::pdu::{der::encode, ntlm, ts_request::ts_request},
    report::{Credentials, FailureKind, Likelihood, Report},
};

use crate::{
    faults::{settings, trace},
    lab::fault,
};

/// A CHALLENGE of 48 bytes and this TargetInfo behind it, with these length and offset of TargetName and of TargetInfo.
fn challenge(flags: u32, name: (u16, u32), info: (u16, u32), payload: &[u8]) -> Vec<u8> {
    let place = |(length, offset): (u16, u32)| {
        [&length.to_le_bytes()[..], &length.to_le_bytes(), &offset.to_le_bytes()].concat()
    };
    let head = [b"NTLMSSP\0\x02\0\0\0", &place(name)[..], &flags.to_le_bytes(), &[7; 8], &[0; 8]].concat();
    [&head[..], &place(info), payload].concat()
}

/// UNICODE, REQUEST_TARGET and TARGET_INFO.
const FLAGS: u32 = 0x0080_0005;

#[test]
fn a_field_outside_of_the_challenge_is_named_with_its_place() {
    let pair = |id: u8, length: u8| [id, 0, length, 0, 1, 2, 3, 4, 5, 6, 7, 8].to_vec();
    let table = [
        (
            challenge(FLAGS, (0, 48), (200, 5000), &[]),
            "the TargetInfo of the CHALLENGE has 200 bytes at offset 5000, and the message 48",
        ),
        (
            challenge(FLAGS, (0, 48), (5, 44), &[]),
            "the TargetInfo of the CHALLENGE has 5 bytes at offset 44, and the message 48",
        ),
        (
            challenge(FLAGS, (0, 48), (1, u32::MAX), &[]),
            "the TargetInfo of the CHALLENGE has 1 byte at offset 4294967295",
        ),
        (
            challenge(FLAGS, (9, 4096), (0, 48), &[]),
            "the TargetName of the CHALLENGE has 9 bytes at offset 4096, and the message 48",
        ),
        (
            challenge(FLAGS, (0, 48), (12, 48), &pair(3, 200)),
            "MsvAvDnsComputerName in the TargetInfo of the CHALLENGE has 200 bytes, and 8 are left",
        ),
        (challenge(FLAGS, (0, 48), (12, 48), &pair(99, 9)), "the pair of type 99 in the TargetInfo"),
        (
            challenge(FLAGS, (0, 48), (8, 48), &pair(7, 4)),
            "MsvAvTimestamp in the TargetInfo of the CHALLENGE has 4 bytes, not 8",
        ),
        (challenge(FLAGS, (0, 48), (3, 48), &pair(7, 4)), "ends within the head of a pair at byte 0"),
        (
            challenge(FLAGS, (0, 48), (0, 48), &[])[..40].to_vec(),
            "a CHALLENGE of 40 bytes, which ends before its TargetInfoFields",
        ),
        (
            challenge(FLAGS, (0, 48), (0, 48), &[])[..31].to_vec(),
            "a CHALLENGE of 31 bytes, which ends before its ServerChallenge",
        ),
    ];
    for (token, words) in table {
        let said = ntlm::challenge(&token).expect_err(words).to_string();
        assert!(said.contains(words), "{said}");
    }
}

/// What no flag announces is not looked at, and an old server begins with the name where others have TargetInfo.
#[test]
fn a_field_that_is_not_announced_is_no_error() {
    let none = challenge(1, (9, 4096), (200, 5000), &[]);
    let empty = challenge(FLAGS, (0, u32::MAX), (0, 56), &[]);
    let old = challenge(5, (16, 32), (0xFFFF, u32::MAX), &[]);
    for token in [none, empty, old[..48].to_vec()] {
        assert!(!ntlm::challenge(&token).expect("a CHALLENGE").has_target_info);
    }
}

/// The number that was sent, or its bytes, and never another.
#[test]
fn no_number_is_shown_that_was_not_sent() {
    let request = |version: &[u8], code: &[u8]| {
        let code = if code.is_empty() { Vec::new() } else { encode(0xA4, &[&encode(0x02, &[code])]) };
        ts_request(&encode(0x30, &[&encode(0xA0, &[&encode(0x02, &[version])]), &code]))
    };
    let version =
        |bytes: &[u8]| request(bytes, &[]).map(|request| request.version).map_err(|e| e.to_string());
    assert_eq!(version(&[0, 0, 0, 0, 0, 6]), Ok(6));
    assert_eq!(version(&[0, 0xFF, 0xFF, 0xFF, 0xFF]), Ok(u32::MAX));
    let long = "its version is an INTEGER of 5 bytes (0x0100000006), longer than 32 bits";
    assert_eq!(version(&[1, 0, 0, 0, 6]), Err(long.to_owned()));
    assert_eq!(version(&[0xFF]), Err("its version is an INTEGER below 0 (0xFF)".to_owned()));
    assert!(version(&[1; 40]).expect_err("too long").contains(&format!("(0x{}...)", "01".repeat(16))));
    let code =
        |bytes: &[u8]| request(&[6], bytes).map(|request| request.error_code).map_err(|e| e.to_string());
    for bytes in [&[0xC0, 0, 0, 0x6D][..], &[0, 0xC0, 0, 0, 0x6D], &[0xFF, 0xC0, 0, 0, 0x6D]] {
        assert_eq!(code(bytes), Ok(Some(0xC000_006D)));
    }
    for bytes in [&[1, 0xC0, 0, 0, 0x6D][..], &[0x7F; 8], &[0xFF, 0x40, 0, 0, 0], &[0; 0]] {
        let said = code(bytes);
        assert!(
            bytes.is_empty() || said.as_ref().is_err_and(|e| e.starts_with("its errorCode is")),
            "{said:?}"
        );
    }
}

async fn of(name: &str) -> Report {
    trace(Some(fault(name)), &settings()).await
}

#[tokio::test(start_paused = true)]
async fn a_server_with_such_a_field_is_told_of_it_and_sent_nothing_more() {
    let table = [
        ("challenge-target-info-outside", "the TargetInfo of the CHALLENGE has 200 bytes at offset 5000"),
        ("challenge-target-name-outside", "the TargetName of the CHALLENGE has 24 bytes at offset 4096"),
        ("credssp-version-long", "its version is an INTEGER of 5 bytes (0x0100000006)"),
        ("credssp-error-long", "its errorCode is an INTEGER of 5 bytes (0x01C000006D)"),
        ("credssp-version-0", "its CredSSP version is 0; MS-CSSP knows the versions 2 to 6"),
        ("credssp-version-256", "its CredSSP version is 256; MS-CSSP knows the versions 2 to 6"),
    ];
    for (name, words) in table {
        let report = of(name).await;
        let failure = report.verdict.failure.as_ref().expect(name);
        assert!(
            failure.kind == FailureKind::Malformed && failure.detail.contains(words),
            "{name}: {failure:?}"
        );
        assert_eq!(report.verdict.credentials, Credentials::NotAttempted, "{name}");
    }
}

/// Whoever needs five seconds to close hangs as likely as it refuses NTLM, and does the same in every repeat.
#[tokio::test(start_paused = true)]
async fn a_close_after_seconds_is_waited_for_again_and_speaks_little_of_ntlm() {
    let report = of("credssp-close-late").await;
    let ntlm =
        report.causes.iter().find(|cause| cause.code.as_str() == "ntlm-restricted").expect("it may be");
    assert_eq!(ntlm.likelihood, Likelihood::Possible);
    assert!(ntlm.against.iter().any(|said| said.contains("after 5.0 s")), "{:?}", ntlm.against);
    let again: Vec<_> =
        report.trace.connections[1..].iter().filter_map(|made| made.phases.credssp.as_ref()).collect();
    assert!(!again.is_empty());
    for made in again {
        assert_eq!(made.failure.as_ref().map(|end| end.kind), Some(FailureKind::Closed));
    }
    let at_once = of("credssp-close").await;
    assert_eq!(at_once.causes[0].likelihood, Likelihood::Likely, "{:?}", at_once.causes);
}
