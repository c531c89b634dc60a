//! Standard RDP Security: keys, MACs and key streams against values of another implementation, and damaged PDUs.
//!
//! The expected values were computed by a Python script with hashlib and an RC4 of its own from the formulas of MS-RDPBCGR
//! 5.3.5 to 5.3.7, for a client random of 00 to 1F and a server random of 80 to 9F; that RC4 was checked with the vector of
//! key `Key` and text `Plaintext`, bbf316e8d940af0ad3.

use rdptrace::{
    codes::Phase,
    internal::pdu::{
        Malformed, mcs,
        rsa::{self, RsaPublicKey},
        security::{ClientSecurity, Strength, Unopened},
        security_keys::UPDATE_INTERVAL,
        share::{self, IoPdu},
    },
    report::LicensingOutcome,
};

use crate::{
    faults::{settings, trace},
    lab::fault,
};

const DATA: &[u8] = b"rdptrace";

/// What the script computed for one strength; all of it about `DATA`.
struct Vector {
    strength: Strength,
    /// MACSignature, and the salted ones of the first and the second PDU.
    macs: [&'static str; 3],
    /// Encrypted by the client with its first, second and third key.
    sent: [&'static str; 3],
    /// Encrypted by the server with its first key.
    received: &'static str,
}

const VECTORS: [Vector; 3] = [
    Vector {
        strength: Strength::Bits40,
        macs: ["a1a89c0e24931110", "8a2b887eb92f0eab", "7292fd7588ee18e7"],
        sent: ["35a25bac5d477838", "149934ab39f4b555", "0bf502d38843f807"],
        received: "59283e7b2f2d1d7e",
    },
    Vector {
        strength: Strength::Bits56,
        macs: ["76addd548ec3330f", "84f0d5c8a0c7b9b6", "70bac501aa2a3c7a"],
        sent: ["d97d669f1a9fb976", "bf71ac66ba7b3ac5", "88d9e04aa07f721a"],
        received: "2c725ddf01da2bc7",
    },
    Vector {
        strength: Strength::Bits128,
        macs: ["e5c808a9c6f21def", "212455b1dda6fe8c", "bf69d1ed2333463c"],
        sent: ["cd3fb1f130a73aa6", "da74106d3c21c730", "74aefb2f04fd6d60"],
        received: "dc0dcda8fc79dbdd",
    },
];

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hexadecimal")
}

/// A key with which nobody decrypts: what it encrypts is looked at only for its form.
fn key() -> RsaPublicKey {
    RsaPublicKey::new(&[0xC5; 64], 65537)
}

fn random(first: u8) -> [u8; 32] {
    std::array::from_fn(|index| first + u8::try_from(index).expect("below 32"))
}

fn client(strength: Strength) -> ClientSecurity {
    ClientSecurity::new(strength, &random(0x80), &key(), random(0)).expect("a usable key")
}

/// Basic security header and data.
fn headed(flags: u16, data: &[u8]) -> Vec<u8> {
    [&u32::from(flags).to_le_bytes()[..], data].concat()
}

#[test]
fn what_is_sent_is_signed_and_encrypted_under_keys_that_change() {
    for vector in VECTORS {
        let mut client = client(vector.strength);
        let strength = vector.strength;
        for (number, encrypted) in vector.sent.iter().enumerate() {
            let expected = headed(0x48, &bytes(&format!("{}{encrypted}", vector.macs[0])));
            assert_eq!(
                client.seal(&headed(0x40, DATA)).as_ref(),
                Ok(&expected),
                "{strength:?}, key {number}"
            );
            for _ in 1..UPDATE_INTERVAL {
                client.seal(&headed(0x40, DATA)).expect("a header");
            }
        }
    }
}

#[test]
fn what_is_received_is_decrypted_and_its_mac_checked_salted_or_not() {
    for vector in VECTORS {
        for (flags, mac) in [(0x0008, vector.macs[0]), (0x0808, vector.macs[1])] {
            let sealed = headed(flags, &bytes(&format!("{mac}{}", vector.received)));
            assert_eq!(client(vector.strength).open(&sealed), Ok(DATA.to_vec()));
            for index in 4..sealed.len() {
                let mut altered = sealed.clone();
                altered[index] ^= 1;
                assert!(client(vector.strength).open(&altered).is_err(), "{index}");
            }
        }
        // A PDU before it moves the key stream on and the salt too.
        let mut client = client(vector.strength);
        let first = headed(0x0008, &bytes(&format!("{}{}", vector.macs[0], vector.received)));
        client.open(&first).expect("the first PDU");
        let sealed = headed(0x0808, &bytes(&format!("{}{}", vector.macs[2], vector.received)));
        assert!(client.open(&sealed).is_err());
    }
}

/// The fast path shares keys and counters with the slow path; under TLS its header has no flags and there is no MAC.
#[test]
fn a_fast_path_pdu_is_opened_to_what_it_is_under_tls() {
    for vector in VECTORS {
        for (header, mac) in [(0x80, vector.macs[0]), (0xC0, vector.macs[1])] {
            let sealed = [&[header, 18][..], &bytes(mac), &bytes(vector.received)].concat();
            let opened = [&[0x00, 0x80, 11][..], DATA].concat();
            assert_eq!(client(vector.strength).open_frame(&sealed), Ok(opened.clone()));
            let long = [&[header, 0x80, 19][..], &sealed[2..]].concat();
            assert_eq!(client(vector.strength).open_frame(&long), Ok(opened));
            for index in 2..sealed.len() {
                let mut altered = sealed.clone();
                altered[index] ^= 1;
                assert_eq!(client(vector.strength).open_frame(&altered), Err(Unopened::WrongMac), "{index}");
            }
        }
    }
    let plain = [&[0x00, 10][..], DATA].concat();
    assert_eq!(client(Strength::Bits40).open_frame(&plain), Ok(plain));
    assert!(client(Strength::Bits40).open_frame(&[0x80, 9, 1, 2, 3, 4, 5, 6, 7]).is_err());
}

#[test]
fn the_security_exchange_is_flags_length_number_and_padding() {
    let client = client(Strength::Bits128);
    let encrypted = rsa::encrypt(&key(), &random(0)).expect("a usable key");
    assert_eq!(client.exchange(), [&[1, 0, 0, 0, 72, 0, 0, 0][..], &encrypted].concat());
    assert_eq!(format!("{client:?}"), "ClientSecurity { .. }");
}

#[test]
fn a_header_stays_where_it_names_the_pdu() {
    let mut client = client(Strength::Bits40);
    for flags in [0x0080, 0x0400, 0x1000, 0x0002, 0x4000] {
        assert_eq!(client.open(&headed(flags, DATA)), Ok(headed(flags, DATA)));
    }
    assert_eq!(client.open(&headed(0x0200, DATA)), Ok(DATA.to_vec()));
    // xrdp leaves in the high half what was in its memory.
    assert_eq!(client.open(&[&[0x80, 0, 0x17, 0x99], DATA].concat()), Ok(headed(0x80, DATA)));
    let redirection = client.open(&headed(0x0400, &[0x00, 0x04, 12, 0])).expect("a header");
    assert_eq!(share::io_pdu(&redirection), IoPdu::Redirection);
}

#[test]
fn keys_and_randoms_that_cannot_be_used_are_refused() {
    let new =
        |random: &[u8], key: &RsaPublicKey| ClientSecurity::new(Strength::Bits128, random, key, [7; 32]);
    assert!(new(&[1; 31], &key()).is_err() && new(&[], &key()).is_err() && new(&[1; 33], &key()).is_err());
    for (modulus, exponent) in [(vec![0xC5; 31], 3), (vec![0xC5; 64], 1), (vec![0xC4; 64], 3), (vec![], 3)] {
        assert!(new(&[1; 32], &RsaPublicKey::new(&modulus, exponent)).is_err());
    }
    assert_eq!(
        [0, 1, 2, 3, 8, 16, 32].map(|method| Strength::of(method).is_some()),
        [false, true, true, false, true, false, false]
    );
}

#[test]
fn damaged_pdus_and_frames_never_panic() {
    let frame = bytes("0300001b02f080680001 03eb 70 0c 0800000011223344 55667788".replace(' ', "").as_str());
    for length in 0..=frame.len() {
        for index in 0..length {
            for value in [0x00, 0x7F, 0x80, 0xFF] {
                let mut altered = frame[..length].to_vec();
                altered[index] = value;
                let mut client = client(Strength::Bits40);
                let _ = client.open(&altered);
                let _ = client.seal(&altered);
                let _ = client.open_frame(&altered);
            }
        }
    }
}

#[test]
fn user_data_is_replaced_whatever_the_form_of_its_length() {
    let short = bytes("0300001002f080640006 03eb 70 02abcd".replace(' ', "").as_str());
    let changed = mcs::with_user_data(&short, |user_data| Ok::<_, Malformed>(user_data.repeat(100)));
    let changed = changed.expect("it fits").expect("it carries data");
    assert_eq!(changed[..15], bytes("030000d702f08064000603eb7080c8")[..]);
    assert_eq!(
        mcs::with_user_data(&changed, |_| Ok::<_, Malformed>(vec![0xAB, 0xCD]))
            .expect("it fits")
            .map(|f| f.len()),
        Some(17)
    );
    assert!(mcs::with_user_data(&short, |_| Ok::<_, Malformed>(vec![0; 0x8000])).is_err());
    let ultimatum = bytes("0300000902f0802180");
    assert_eq!(mcs::with_user_data(&ultimatum, |_| Ok::<_, Malformed>(Vec::new())), Ok(None));
}

/// The evidence of the demo's server, and what the frames tell of Client Info.
#[tokio::test(start_paused = true)]
async fn method_level_random_and_key_are_evidence_and_client_info_stays_unrecorded() {
    let cases = [
        ("standard-security", (2, 2), true),
        ("standard-security-40-bit", (1, 1), true),
        ("standard-security-56-bit", (8, 2), true),
        ("standard-security-license", (2, 3), true),
        ("standard-security-plain", (0, 0), false),
    ];
    for (name, (method, level), encrypted) in cases {
        let report = trace(Some(fault(name)), &settings()).await;
        let connection = &report.trace.connections[0];
        let mcs = &connection.phases.mcs.as_ref().expect("mcs").evidence;
        assert_eq!((mcs.encryption_method, mcs.encryption_level), (Some(method), Some(level)), "{name}");
        assert_eq!(mcs.encryption_methods_requested, Some(11));
        assert_eq!(mcs.server_random.as_ref().map(String::len), encrypted.then_some(64), "{name}");
        let key = mcs.encryption_key.as_ref().map(|key| (key.bits, key.signature_valid));
        assert_eq!(key, encrypted.then_some((Some(512), Some(true))), "{name}");
        let secret = connection.frames.iter().filter(|frame| frame.phase == Phase::Licensing);
        let hidden = secret.filter(|frame| frame.head.is_none()).count();
        assert_eq!(hidden, 1, "{name}");
        assert!(
            !report.findings.iter().any(|finding| finding.code.as_str() == "encryption-method-not-offered"),
            "{name}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn auto_detect_is_answered_encrypted() {
    let report = trace(Some(fault("standard-security-auto-detect")), &settings()).await;
    let phases = &report.trace.connections[0].phases;
    let licensing = phases.licensing.as_ref().expect("licensing");
    assert_eq!(licensing.evidence.auto_detect_requests, 1);
    assert_eq!(licensing.evidence.outcome, Some(LicensingOutcome::ValidClient));
}
