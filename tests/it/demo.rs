//! The demo server and its faults, seen by a model client in virtual time.

mod accept_all;
mod account;
mod client;
pub(crate) mod handshake;
mod hostile;
mod mcs;
pub(crate) mod pipe;
pub(crate) mod settings;

use std::collections::HashSet;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use ironrdp_core::decode;
use ironrdp_pdu::gcc::{EncryptionLevel, EncryptionMethod};
use ironrdp_pdu::mcs::ConnectResponse;
use ironrdp_pdu::nego::SecurityProtocol;
use rdptrace::internal::demo::{FAULTS, Server, find, listen, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use account::{Account, DEMO, Packing};
use client::{Saw, trace};
use mcs::{result_bits, user_data};
use pipe::{NOW, connect};

const ALL: SecurityProtocol =
    SecurityProtocol::SSL.union(SecurityProtocol::HYBRID).union(SecurityProtocol::HYBRID_EX);
/// A Connection Request that offers TLS and NLA.
const REQUEST: [u8; 19] = [3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 11, 0, 0, 0];

#[test]
fn every_row_has_an_own_kebab_case_name_and_says_what_it_does() {
    let names: HashSet<_> = FAULTS.iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), FAULTS.len());
    for fault in FAULTS {
        let kebab = |text: &str| {
            text.split('-').all(|word| {
                !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
        };
        assert!(kebab(fault.name), "{}", fault.name);
        assert!(fault.expect.finding.is_none_or(kebab), "{}", fault.name);
        assert!(fault.expect.cause.is_none_or(kebab), "{}", fault.name);
        assert!(
            !fault.about.is_empty() && !fault.about.ends_with('.') && fault.about.len() <= 80,
            "{}",
            fault.name
        );
        assert_eq!(find(fault.name).expect("found by its name").about, fault.about);
    }
    assert!(find("no-such-fault").is_none());
}

/// Every fault ends in the phase and in the way that its row promises.
#[tokio::test(start_paused = true)]
async fn every_fault_does_what_its_row_says() {
    // The model client makes one connection over TLS, with current suites, has no certificate and no password in Client Info, takes every version of CredSSP and
    // no short proof of the key, reads four bytes after the credentials, and follows only the plain sequence from licensing on.
    let names = [
        "early-authorization-ultimatum",
        "legacy-confirm",
        "session-info-joined",
        "tls-client-certificate",
        "capabilities-odd",
        "graphics-required",
        "certificate-version-1",
        "multitransport",
        "session-info-early",
        "fast-path-early",
        "activate-flood",
        "activate-alert",
        "licensing-unknown",
        "key-binding-short",
        "key-binding-empty",
    ];
    let families = [
        "challenge-",
        "credssp-version-",
        "hybrid-",
        "standard-security",
        "redirect",
        "reactivation",
        "bandwidth",
        "tls-cbc-suites-only",
    ];
    let beyond_it =
        |name: &str| names.contains(&name) || families.iter().any(|family| name.starts_with(family));
    for fault in FAULTS.iter().filter(|fault| !beyond_it(fault.name) && !fault.logs_on()) {
        let (client, (phase, saw)) = trace(Some(fault), ALL, DEMO).await;
        let expect = &fault.expect;
        if expect.kind.is_empty() {
            let end = if expect.phase == "licensing" { "licensing" } else { "activate" };
            assert_eq!((phase, saw), (end, Saw::Passed), "{}", fault.name);
            continue;
        }
        assert_eq!(phase, expect.phase, "{}: {saw:02X?}", fault.name);
        match (expect.kind, saw) {
            ("timeout", Saw::Timeout) | ("closed", Saw::Closed) | ("reset", Saw::Reset) => {}
            (kind, Saw::Message(bytes)) => {
                assert_eq!(code(kind, &bytes), expect.code, "{}: {bytes:02X?}", fault.name)
            }
            (kind, saw) => panic!("{}: {kind} expected, saw {saw:?}", fault.name),
        }
        assert!(
            client.license_pdu.is_empty() || ["licensing", "activate"].contains(&phase),
            "{}",
            fault.name
        );
    }
}

/// The code in a message of this kind.
fn code(kind: &str, bytes: &[u8]) -> Option<u32> {
    let last = |count: usize| bytes[bytes.len() - count..].try_into().expect("four bytes");
    Some(match kind {
        "negotiation_failure" => u32::from_le_bytes(last(4)),
        "tls_alert" => bytes[0].into(),
        "nt_status" => u32::from_be_bytes(last(4)),
        "early_auth_denied" | "error_info" => u32::from_le_bytes(last(4)),
        "mcs_result" if bytes[7] == 0x7F => bytes[12].into(),
        "mcs_result" => result_bits(bytes).into(),
        "disconnect" => u32::from(bytes[7] & 3) << 1 | u32::from(bytes[8] >> 7),
        "license_error" => u32::from_le_bytes(user_data(bytes)[8..12].try_into().expect("four bytes")),
        _ => return None,
    })
}

#[tokio::test(start_paused = true)]
async fn a_healthy_server_selects_the_best_protocol_and_goes_on_to_an_active_session() {
    let nla = SecurityProtocol::SSL | SecurityProtocol::HYBRID;
    for (offer, selected) in [(ALL, 8), (nla, 2), (SecurityProtocol::SSL, 1)] {
        let (client, ending) = trace(None, offer, DEMO).await;
        assert_eq!(ending, ("activate", Saw::Passed), "{offer}");
        assert_eq!(client.selected, selected);
        assert_eq!(client.license_pdu[8..16], [7, 0, 0, 0, 2, 0, 0, 0]);
    }
}

#[tokio::test(start_paused = true)]
async fn credssp_takes_spnego_kerberos_first_and_any_spelling_of_the_user() {
    for account in [
        Account { packing: Packing::Spnego, ..DEMO },
        Account { packing: Packing::KerberosFirst, user: "demo@corp.example", ..DEMO },
        Account { user: "DEMO", ..DEMO },
    ] {
        let (client, ending) = trace(None, ALL, account).await;
        assert_eq!(ending, ("activate", Saw::Passed), "{account:?}");
        let answered = client.challenge.windows(8).any(|bytes| bytes == b"NTLMSSP\0");
        assert_eq!(answered, !matches!(account.packing, Packing::KerberosFirst), "{account:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_account_is_a_logon_failure() {
    for account in [
        Account { password: "wrong", ..DEMO },
        Account { user: "other", ..DEMO },
        Account { password: "wrong", packing: Packing::Spnego, ..DEMO },
    ] {
        let (_, (phase, saw)) = trace(None, ALL, account).await;
        let Saw::Message(bytes) = saw else { panic!("{saw:?}") };
        assert_eq!((phase, code("nt_status", &bytes)), ("credssp", Some(0xC000_006D)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_challenge_tells_names_build_and_clock() {
    let (client, _) = trace(None, ALL, DEMO).await;
    let challenge = client.challenge;
    assert_eq!(challenge[48..56], [10, 0, 0x7C, 0x4F, 0, 0, 0, 15]);
    let at = |offset: usize| usize::from(u16::from_le_bytes([challenge[offset], challenge[offset + 1]]));
    let mut pairs = &challenge[at(44)..at(44) + at(40)];
    let mut names = Vec::new();
    let mut ticks = 0;
    while pairs[0] != 0 {
        let (value, rest) = pairs[4..].split_at(usize::from(pairs[2]));
        match pairs[0] {
            7 => ticks = u64::from_le_bytes(value.try_into().expect("eight bytes")),
            id => names.push((id, rdptrace::internal::utf16::text_to_nul(value))),
        }
        pairs = rest;
    }
    let names: Vec<_> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    assert_eq!(
        names,
        [(2, "CORP"), (1, "RDSH01"), (4, "corp.example"), (3, "rdsh01.corp.example"), (5, "corp.example")]
    );
    assert_eq!(ticks / 10_000_000 - 11_644_473_600, u64::try_from(NOW.unix_timestamp()).expect("after 1970"));
}

#[tokio::test(start_paused = true)]
async fn certificates_are_wrong_in_exactly_one_way() {
    for (name, subject, self_signed, days_left, bits) in [
        (None, "CN=rdsh01.corp.example", true, 150, 256),
        (Some("certificate-expired"), "CN=rdsh01.corp.example", true, -21, 256),
        (Some("certificate-not-yet-valid"), "CN=rdsh01.corp.example", true, 182, 256),
        (Some("certificate-wrong-name"), "CN=rdsh99.corp.example", true, 150, 256),
        (Some("certificate-weak-key"), "CN=rdsh01.corp.example", true, 150, 1024),
        (Some("certificate-wrong-usage"), "CN=rdsh01.corp.example", true, 150, 256),
        (Some("certificate-untrusted"), "CN=rdsh01.corp.example", false, 150, 256),
    ] {
        let (client, ending) = trace(name.and_then(find), ALL, DEMO).await;
        assert_eq!(ending, ("activate", Saw::Passed), "{name:?}");
        let (_, certificate) =
            x509_parser::parse_x509_certificate(&client.certificate).expect("a certificate");
        let usage = certificate.extended_key_usage().expect("parses").expect("an EKU").value;
        let seconds = certificate.validity().not_after.timestamp() - NOW.unix_timestamp();
        assert_eq!(certificate.subject().to_string(), subject);
        assert_eq!(certificate.issuer() == certificate.subject(), self_signed, "{name:?}");
        assert_eq!(
            (seconds / 86400, usage.server_auth),
            (days_left, name != Some("certificate-wrong-usage"))
        );
        assert_eq!(usage.client_auth, !usage.server_auth);
        let key = certificate.public_key().parsed().expect("a key");
        assert_eq!(key.key_size(), bits, "{name:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trickle_is_one_byte_a_second() {
    let (mut stream, _, _server) = connect(find("negotiate-trickle"));
    stream.write_all(&REQUEST).await.expect("written");
    let start = Instant::now();
    let mut confirm = [0; 19];
    for count in 1..=19 {
        stream.read_exact(&mut confirm[count - 1..count]).await.expect("a byte");
        assert_eq!(start.elapsed().as_secs(), u64::try_from(count).expect("small"));
    }
    assert_eq!(confirm, [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 1, 8, 0, 8, 0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn greetings_need_no_request_and_last_bytes_come_before_the_end() {
    let (mut stream, reset, _server) = connect(find("ssh"));
    let mut greeting = String::new();
    stream.read_to_string(&mut greeting).await.expect("text until the end");
    assert!(greeting.starts_with("SSH-2.0-") && greeting.ends_with("\r\n"));
    assert!(!reset.load(std::sync::atomic::Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn silence_lasts_as_long_as_a_connection_may() {
    let (mut stream, _, server) = connect(find("negotiate-silence"));
    stream.write_all(&REQUEST).await.expect("written");
    let start = Instant::now();
    assert_eq!(stream.read(&mut [0; 64]).await.expect("the end"), 0);
    assert_eq!(start.elapsed(), Duration::from_secs(120));
    server.await.expect("no panic");
}

#[tokio::test(start_paused = true)]
async fn auto_detect_measures_three_round_trips() {
    let (client, ending) = trace(find("auto-detect"), ALL, DEMO).await;
    assert_eq!((client.round_trips, ending), (3, ("activate", Saw::Passed)));
}

#[tokio::test(start_paused = true)]
async fn standard_security_announces_method_level_random_and_certificate() {
    for name in ["legacy-confirm", "standard-security"] {
        let (client, (_, saw)) = trace(find(name), ALL, DEMO).await;
        let Saw::Message(pdu) = saw else { panic!("{saw:?}") };
        let response = decode::<ConnectResponse>(&pdu[7..]).expect("a Connect Response");
        let security = &response.conference_create_response.gcc_blocks().security;
        assert_eq!(client.selected, 0);
        assert_eq!(security.encryption_method, EncryptionMethod::BIT_128);
        assert_eq!(security.encryption_level, EncryptionLevel::ClientCompatible);
        assert!(security.server_random.is_some());
        assert_eq!((&security.server_cert[16..20], security.server_cert.len()), (&b"RSA1"[..], 184));
    }
}

/// The only test with sockets: nothing in memory tells a RST from a FIN.
#[tokio::test]
async fn over_tcp_a_reset_is_a_rst_and_a_close_is_a_fin() {
    for (name, expected) in [("negotiate-reset", Err(ErrorKind::ConnectionReset)), ("negotiate-close", Ok(0))]
    {
        let server = Server::new(find(name), NOW).expect("the server can be made");
        let listener = listen(([127, 0, 0, 1], 0).into()).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let running = tokio::spawn(run(listener, Arc::new(server)));
        for _ in 0..3 {
            let mut stream = TcpStream::connect(address).await.expect("connected");
            stream.write_all(&REQUEST).await.expect("written");
            assert_eq!(stream.read(&mut [0; 64]).await.map_err(|error| error.kind()), expected, "{name}");
        }
        running.abort();
    }
}
