//! The license exchange to its end: against the demo server, IronRDP's client side and recorded FreeRDP messages.

use ironrdp_core::decode;
use ironrdp_pdu::rdp::server_license as ironrdp;
use rdptrace::internal::demo::license::LicenseServer;
use rdptrace::internal::pdu::license::{self, ErrorAlert, LicensePdu, LicenseRequest};
use rdptrace::internal::pdu::license_exchange::{ClientLicense, ExchangeError};
use rdptrace::internal::pdu::license_keys::LicenseKeys;
use rdptrace::internal::pdu::rsa::RsaPublicKey;
use rdptrace::internal::pdu::server_certificate::ServerCertificate;
use rdptrace::internal::pdu::{Malformed, rsa};

const CLIENT_RANDOM: [u8; 32] = [0x11; 32];
const PREMASTER: [u8; 48] = [0x22; 48];
const SERVER_RANDOM: [u8; 32] = [0x5A; 32];
const CHALLENGE: [u8; 16] = [0xC3; 16];
const HARDWARE_ID: [u32; 4] = [1, 2, 3, 0xFFFF_FFFF];

const INVALID_MAC: LicensePdu = alert(3, 1);
const INVALID_CLIENT: LicensePdu = alert(8, 1);

const fn alert(code: u32, transition: u32) -> LicensePdu {
    LicensePdu::ErrorAlert(ErrorAlert { code, transition, info: Vec::new(), text: None })
}

fn wire(name: &str) -> Vec<u8> {
    let path = format!("{}/testdata/wire/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    hex::decode(std::fs::read_to_string(path).expect("a recorded message").trim()).expect("hexadecimal")
}

fn demo_server() -> LicenseServer {
    LicenseServer::with_randoms(SERVER_RANDOM, CHALLENGE)
}

fn read_request(bytes: &[u8]) -> LicenseRequest {
    match license::read(bytes) {
        Ok(LicensePdu::Request(request)) => request,
        other => panic!("{other:?} is no license request"),
    }
}

fn client(request: &LicenseRequest) -> ClientLicense {
    ClientLicense::new(request, None, CLIENT_RANDOM, PREMASTER).expect("a usable key")
}

fn answer(server: &mut LicenseServer, message: &[u8]) -> LicensePdu {
    license::read(&server.on_message(message).expect("an answer")).expect("a licensing PDU")
}

#[test]
fn client_obtains_the_license_that_the_server_issues() {
    let mut server = LicenseServer::new();
    let request = read_request(&server.request());
    assert_eq!((request.version, request.product.as_str()), (0x000A_0000, "A02"));
    assert_eq!(
        (request.company.as_str(), &request.scopes[..]),
        ("Microsoft Corporation", &["microsoft.com".into()][..])
    );
    let Some(ServerCertificate::Proprietary { key, signature_valid, temporary }) = &request.certificate
    else {
        panic!("{:?} is no proprietary certificate", request.certificate);
    };
    assert_eq!((key.bits(), key.exponent, *signature_valid, *temporary), (512, 65537, Some(true), false));

    let client = client(&request);
    let LicensePdu::Challenge(challenge) = answer(&mut server, &client.new_license_request("alice", "pc"))
    else {
        panic!("no challenge");
    };
    let echo = client.read_challenge(&challenge).expect("the MAC of the challenge");
    let LicensePdu::NewLicense(issued) = answer(&mut server, &client.challenge_response(&echo, HARDWARE_ID))
    else {
        panic!("no license");
    };
    let issued = client.read_license(&issued).expect("the MAC of the license");
    assert_eq!((issued.version, issued.scope.as_str()), (0x000A_0000, "microsoft.com"));
    assert_eq!((issued.company.as_str(), issued.product.as_str()), ("Microsoft Corporation", "A02"));
    assert_eq!(issued.license, b"rdptrace demo license");
}

#[test]
fn request_without_a_certificate_is_answered_with_the_key_of_the_security_data() {
    let mut server = demo_server();
    let mut request = read_request(&server.request());
    let key = request.certificate.take().and_then(|certificate| certificate.key().cloned());
    assert_eq!(
        ClientLicense::new(&request, None, CLIENT_RANDOM, PREMASTER).expect_err("no key"),
        Malformed::new("no server key to encrypt the premaster secret with")
    );
    let client = ClientLicense::new(&request, key.as_ref(), CLIENT_RANDOM, PREMASTER).expect("a usable key");
    let LicensePdu::Challenge(challenge) = answer(&mut server, &client.new_license_request("alice", "pc"))
    else {
        panic!("no challenge");
    };
    assert_eq!(client.read_challenge(&challenge), Ok(CHALLENGE.to_vec()));
}

#[test]
fn disagreement_about_keys_is_a_mac_mismatch_on_either_side() {
    let mut server = demo_server();
    let request = read_request(&server.request());
    let (right, wrong) =
        (client(&request), ClientLicense::new(&request, None, [0; 32], PREMASTER).expect("a key"));
    let LicensePdu::Challenge(challenge) = answer(&mut server, &right.new_license_request("alice", "pc"))
    else {
        panic!("no challenge");
    };
    assert_eq!(wrong.read_challenge(&challenge), Err(ExchangeError::MacMismatch));
    assert_eq!(answer(&mut server, &wrong.challenge_response(&CHALLENGE, HARDWARE_ID)), INVALID_MAC);
    // The exchange is over, so the right answer comes too late.
    assert_eq!(answer(&mut server, &right.challenge_response(&CHALLENGE, HARDWARE_ID)), INVALID_CLIENT);
}

#[test]
fn server_refuses_a_challenge_that_is_not_echoed() {
    let mut server = demo_server();
    let client = client(&read_request(&server.request()));
    server.on_message(&client.new_license_request("alice", "pc")).expect("a challenge");
    assert_eq!(answer(&mut server, &client.challenge_response(&[0xC3; 15], HARDWARE_ID)), INVALID_MAC);
}

#[test]
fn ironrdp_agrees_about_every_message_and_key() {
    let mut server = demo_server();
    let request = server.request();
    let client = client(&read_request(&request));
    let ironrdp::LicensePdu::ServerLicenseRequest(theirs) = decode(&request).expect("IronRDP reads it")
    else {
        panic!("no license request");
    };
    assert_eq!(theirs.product_info.product_id, "A02");
    let (_, keys) = ironrdp::ClientNewLicenseRequest::from_server_license_request(
        &theirs,
        &CLIENT_RANDOM,
        &PREMASTER,
        "",
        "",
    )
    .expect("IronRDP derives keys");

    let new_request = client.new_license_request("alice", "pc\u{e9}");
    let ironrdp::LicensePdu::ClientNewLicenseRequest(theirs) =
        decode(&new_request).expect("IronRDP reads it")
    else {
        panic!("no new license request");
    };
    assert_eq!(theirs.client_random, CLIENT_RANDOM);
    assert_eq!(theirs.client_username.trim_end_matches('\0'), "alice");
    assert_eq!(theirs.client_machine_name.trim_end_matches('\0'), "pc?");
    assert_eq!(usize::from(theirs.license_header.preamble_message_size), new_request.len() - 4);

    let challenge = server.on_message(&new_request).expect("a challenge");
    let ironrdp::LicensePdu::ServerPlatformChallenge(theirs) = decode(&challenge).expect("IronRDP reads it")
    else {
        panic!("no challenge");
    };
    ironrdp::ClientPlatformChallengeResponse::from_server_platform_challenge(&theirs, HARDWARE_ID, &keys)
        .expect("IronRDP finds the MAC of the challenge right");

    let response = client.challenge_response(&CHALLENGE, HARDWARE_ID);
    let issued = server.on_message(&response).expect("a license");
    let ironrdp::LicensePdu::ServerUpgradeLicense(theirs) = decode(&issued).expect("IronRDP reads it") else {
        panic!("no license");
    };
    theirs.verify_server_license(&keys).expect("IronRDP finds the MAC of the license right");
    let information = theirs.new_license_info(&keys).expect("IronRDP reads the license");
    assert_eq!((information.product_id.as_str(), information.scope.as_str()), ("A02", "microsoft.com"));
}

#[test]
fn challenge_response_has_the_documented_layout() {
    let request = read_request(&demo_server().request());
    let response = client(&request).challenge_response(&CHALLENGE, HARDWARE_ID);
    let ironrdp::LicensePdu::ClientPlatformChallengeResponse(theirs) =
        decode(&response).expect("IronRDP reads it")
    else {
        panic!("no challenge response");
    };
    let keys = LicenseKeys::derive(&PREMASTER, &CLIENT_RANDOM, &SERVER_RANDOM);
    let data = keys.cipher(&theirs.encrypted_challenge_response_data);
    let hardware = keys.cipher(&theirs.encrypted_hwid);
    assert_eq!(data, [&[0x00, 0x01, 0x00, 0xFF, 0x03, 0x00, 0x10, 0x00][..], &CHALLENGE].concat());
    assert_eq!(hex::encode(&hardware), "00000104010000000200000003000000ffffffff");
    assert_eq!(theirs.mac_data, keys.mac(&[data, hardware].concat()));
}

/// IronRDP's RSA is right for X.509 chains only: of a proprietary certificate it takes the modulus for big-endian.
#[test]
fn ironrdp_encrypts_the_premaster_secret_for_an_x509_chain_the_same_way() {
    let request = wire("windows-license-request");
    let ironrdp::LicensePdu::ServerLicenseRequest(theirs) = decode(&request).expect("IronRDP reads it")
    else {
        panic!("no license request");
    };
    let (theirs, keys) = ironrdp::ClientNewLicenseRequest::from_server_license_request(
        &theirs,
        &CLIENT_RANDOM,
        &PREMASTER,
        "alice",
        "pc",
    )
    .expect("IronRDP answers the request");
    let request = read_request(&request);
    let ours = client(&request).new_license_request("alice", "pc");
    let ironrdp::LicensePdu::ClientNewLicenseRequest(ours) = decode(&ours).expect("IronRDP reads it") else {
        panic!("no new license request");
    };
    assert_eq!(ours.encrypted_premaster_secret, theirs.encrypted_premaster_secret);
    let our_keys = LicenseKeys::derive(&PREMASTER, &CLIENT_RANDOM, &request.server_random);
    let upgrade = ironrdp::ServerUpgradeLicense {
        license_header: theirs.license_header,
        encrypted_license_info: our_keys.cipher(b"license"),
        mac_data: our_keys.mac(b"license").to_vec(),
    };
    upgrade.verify_server_license(&keys).expect("the same keys");
}

/// FreeRDP 2.11 said this to this server, kept the license, and showed it on its next connection.
#[test]
fn freerdp_is_issued_a_license_and_has_it_upgraded() {
    let mut server = demo_server();
    assert!(matches!(answer(&mut server, &wire("freerdp-license-new-request")), LicensePdu::Challenge(_)));
    assert!(matches!(
        answer(&mut server, &wire("freerdp-license-challenge-response")),
        LicensePdu::NewLicense(_)
    ));
    let shown = wire("freerdp-license-license-info");
    assert!(shown.windows(21).any(|window| window == b"rdptrace demo license"));
    assert!(matches!(answer(&mut demo_server(), &shown), LicensePdu::UpgradeLicense(_)));
    // A server with another random derives other keys.
    let mut stranger = LicenseServer::with_randoms([0; 32], CHALLENGE);
    assert_eq!(answer(&mut stranger, &shown), INVALID_MAC);
}

#[test]
fn keys_that_cannot_encrypt_are_refused() {
    let refusal = |modulus: &[u8], exponent| {
        rsa::encrypt(&RsaPublicKey::new(modulus, exponent), &PREMASTER).expect_err("an unusable key").0
    };
    assert_eq!(refusal(&[], 65537), "RSA modulus is zero or even");
    assert_eq!(refusal(&[0; 64], 65537), "RSA modulus is zero or even");
    assert_eq!(refusal(&[0xFE; 64], 65537), "RSA modulus is zero or even");
    assert_eq!(refusal(&[0xFF; 64], 1), "RSA exponent 1 is even or 1");
    assert_eq!(refusal(&[0xFF; 1025], 65537), "RSA modulus of 1025 bytes, at most 1024 are used");
    assert_eq!(refusal(&[0xFF; 32], 65537), "RSA modulus of 256 bits is too short for the message");
    let encrypted = rsa::encrypt(&RsaPublicKey::new(&[0xFF; 64], 3), &[2]).expect("a usable key");
    assert_eq!(encrypted, [&[8][..], &[0; 71]].concat());
}

#[test]
fn debug_output_holds_no_secret() {
    let client = client(&read_request(&demo_server().request()));
    assert_eq!(format!("{client:?}"), "ClientLicense { .. }");
    let keys = LicenseKeys::derive(&PREMASTER, &CLIENT_RANDOM, &SERVER_RANDOM);
    assert_eq!(format!("{keys:?}"), "LicenseKeys { .. }");
}
