//! Recorded and damaged licensing PDUs: what is read from them, and that nothing in them breaks the reader.

use rdptrace::internal::demo::license::LicenseServer;
use rdptrace::internal::pdu::license::{self, ErrorAlert, LicensePdu, LicenseRequest};
use rdptrace::internal::pdu::license_exchange::ClientLicense;
use rdptrace::internal::pdu::license_frame::{blob, frame};
use rdptrace::internal::pdu::server_certificate::ServerCertificate;

fn wire(name: &str) -> Vec<u8> {
    let path = format!("{}/testdata/wire/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    hex::decode(std::fs::read_to_string(path).expect("a recorded message").trim()).expect("hexadecimal")
}

fn request(bytes: &[u8]) -> LicenseRequest {
    match license::read(bytes) {
        Ok(LicensePdu::Request(request)) => request,
        other => panic!("{other:?} is no license request"),
    }
}

fn alert(bytes: &[u8]) -> ErrorAlert {
    match license::read(bytes) {
        Ok(LicensePdu::ErrorAlert(alert)) => alert,
        other => panic!("{other:?} is no error alert"),
    }
}

/// The offset of `part` in `whole`.
fn position(whole: &[u8], part: &[u8]) -> usize {
    whole.windows(part.len()).position(|window| window == part).expect("the part is there")
}

/// Recorded from xrdp 0.9.21 over TLS, to a client that sent no password.
#[test]
fn request_of_xrdp() {
    let request = request(&wire("xrdp-license-request"));
    assert_eq!(
        hex::encode(request.server_random),
        "7b3c31a6aee874f6b4a50390e7c2c739ba531c30546e9005d005ce4418918381"
    );
    assert_eq!((request.version, request.company.as_str()), (0x0004_0000, "Microsoft Corporation"));
    assert_eq!((request.product.as_str(), &request.key_exchange[..]), ("236", &[1][..]));
    assert_eq!(request.scopes, ["microsoft.com"]);
    let Some(ServerCertificate::Proprietary { key, signature_valid, temporary }) = request.certificate else {
        panic!("{:?} is no proprietary certificate", request.certificate);
    };
    // The certificate says 512; its highest bit is zero.
    assert_eq!((key.bits(), key.exponent), (511, 65537));
    assert_eq!(
        hex::encode(&key.modulus),
        "01c7c9f78e5a38e429c300952ddd4c3e50450b0d9e2a5d186364c42cf78f29d5\
         3fc5352234ffad3ae6e39506ae5582e3c8c7b4a847c85071742953896d9ced70"
    );
    assert_eq!((signature_valid, temporary), (Some(true), false));
}

/// What xrdp 0.9.21 said to our CLIENT_NEW_LICENSE_REQUEST, before its Demand Active.
#[test]
fn valid_client_of_xrdp() {
    let valid = ErrorAlert { code: 7, transition: 2, info: Vec::new(), text: None };
    assert_eq!(alert(&wire("xrdp-license-error-alert")), valid);
}

/// A request of Windows Server 2008, taken from IronRDP's tests; OpenSSL cannot load the key of its certificate.
#[test]
fn request_of_windows() {
    let request = request(&wire("windows-license-request"));
    assert_eq!((request.version, request.product.as_str()), (0x0006_0000, "A02"));
    let Some(ServerCertificate::X509 { chain, key, temporary }) = request.certificate else {
        panic!("{:?} is no chain", request.certificate);
    };
    assert_eq!(chain.iter().map(Vec::len).collect::<Vec<_>>(), [757, 1277]);
    // The algorithm identifier of the key is shaWithRSAEncryption, that of a signature.
    position(&chain[1], &[0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x0F]);
    let key = key.expect("the key of the last certificate");
    assert_eq!((key.bits(), key.exponent, temporary), (2048, 65537, true));
    assert_eq!(request.scopes, ["microsoft.com"]);
}

#[test]
fn changed_proprietary_certificate_has_an_invalid_signature() {
    let mut bytes = wire("xrdp-license-request");
    let modulus = position(&bytes, &[0x01, 0xC7, 0xC9]);
    bytes[modulus + 1] ^= 1;
    let certificate = request(&bytes).certificate;
    let Some(ServerCertificate::Proprietary { signature_valid, .. }) = certificate else {
        panic!("no certificate")
    };
    assert_eq!(signature_valid, Some(false));
}

#[test]
fn certificate_without_key_or_signature_is_still_a_certificate() {
    // An empty chain with its padding of 8 bytes, as FreeRDP's server sends it.
    let empty = hex::decode("02000000000000000000000000000000").expect("hexadecimal");
    let no_chain = ServerCertificate::X509 { chain: Vec::new(), key: None, temporary: false };
    assert_eq!(ServerCertificate::read(&empty), Ok(no_chain));
    let unreadable = hex::decode("02000080010000000200000030000000").expect("hexadecimal");
    let chain = ServerCertificate::X509 { chain: vec![vec![0x30, 0]], key: None, temporary: true };
    assert_eq!(ServerCertificate::read(&unreadable), Ok(chain));
    let xrdp = wire("xrdp-license-request");
    let start = position(&xrdp, &[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 6, 0]);
    let unsigned = ServerCertificate::read(&xrdp[start..start + 12 + 4 + 92]);
    assert!(
        matches!(unsigned, Ok(ServerCertificate::Proprietary { signature_valid: None, .. })),
        "{unsigned:?}"
    );
    for excessive in ["0200000001000000ffffffff", "02000000ffffffff00000000", "0300000000000000", "0000"] {
        assert!(
            ServerCertificate::read(&hex::decode(excessive).expect("hexadecimal")).is_err(),
            "{excessive}"
        );
    }
}

#[test]
fn sizes_and_blob_types_are_not_believed() {
    let original = wire("xrdp-license-request");
    let expected = request(&original);
    for size in [0u16, 4, 17, 318, 0xFFFF] {
        let mut bytes = original.clone();
        bytes[6..8].copy_from_slice(&size.to_le_bytes());
        assert_eq!(request(&bytes), expected, "preamble size {size}");
    }
    let mut bytes = original.clone();
    let blob_type = position(&bytes, &[0x0E, 0, 0x0E, 0]);
    bytes[blob_type] = 0x77;
    bytes.extend_from_slice(&[0xAA; 9]);
    assert_eq!(request(&bytes), expected);
}

#[test]
fn request_without_scopes_or_certificate_is_read() {
    let original = wire("xrdp-license-request");
    let expected = request(&original);
    let scopes = position(&original, &[1, 0, 0, 0, 0x0E, 0]);
    for end in [scopes, scopes + 4, scopes + 6, original.len() - 1] {
        let cut = request(&original[..end]);
        assert_eq!(cut, LicenseRequest { scopes: Vec::new(), ..expected.clone() }, "cut at {end}");
    }
    let certificate = position(&original, &[3, 0, 0xB8, 0]);
    let emptied = [&original[..certificate + 2], &[0, 0], &original[scopes..]].concat();
    assert_eq!(request(&emptied), LicenseRequest { certificate: None, ..expected.clone() });
    let mut unreadable = original.clone();
    unreadable[certificate + 4] = 9;
    assert_eq!(request(&unreadable), LicenseRequest { certificate: None, ..expected });
}

#[test]
fn error_alerts_keep_unknown_numbers_and_readable_text() {
    let read = |rest: &[u8]| {
        alert(&frame(0xFF, 3, &[&0x1234u32.to_le_bytes()[..], &9u32.to_le_bytes(), rest].concat()))
    };
    let utf16: Vec<u8> = "No license \u{e9}".encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    for (rest, info, text) in [
        (vec![], &b""[..], None),
        (vec![0x28, 0x14], b"", None),
        (vec![0x28, 0x14, 0, 0], b"", None),
        (vec![4, 0, 200, 0, 1, 2], b"", None),
        (blob(4, b"no license\0"), b"no license\0", Some("no license")),
        (blob(4, &utf16), &utf16, Some("No license \u{e9}")),
        (blob(4, &[1, 2, 3, 4]), &[1, 2, 3, 4], None),
        (blob(4, &[0; 4]), &[0; 4], None),
    ] {
        let expected =
            ErrorAlert { code: 0x1234, transition: 9, info: info.to_vec(), text: text.map(str::to_owned) };
        assert_eq!(read(&rest), expected, "{rest:02x?}");
    }
    assert_eq!(license::read(&frame(0x42, 3, &[])), Ok(LicensePdu::Unknown { message_type: 0x42 }));
    assert!(license::read(&[0x40, 0, 0, 0, 0xFF, 3, 16, 0]).is_err(), "no license flag");
}

/// Every kind of message in either direction, from a demo exchange and from the recordings.
fn samples() -> Vec<Vec<u8>> {
    let mut server = LicenseServer::with_randoms([1; 32], [2; 16]);
    let demo = server.request();
    let client = ClientLicense::new(&request(&demo), None, [3; 32], [4; 48]).expect("a usable key");
    let new_request = client.new_license_request("alice", "pc");
    let challenge = server.on_message(&new_request).expect("a challenge");
    let response = client.challenge_response(&[2; 16], [0; 4]);
    let issued = server.on_message(&response).expect("a license");
    let recorded = ["xrdp-license-request", "xrdp-license-error-alert", "windows-license-request"];
    let recorded = recorded.into_iter().chain(["freerdp-license-license-info"]).map(wire);
    recorded.chain([demo, new_request, challenge, response, issued]).collect()
}

/// Reads `bytes` as both sides do, and goes on with whatever was understood.
fn feed(bytes: &[u8], client: &ClientLicense) {
    let mut server = LicenseServer::with_randoms([1; 32], [2; 16]);
    let answer = server.on_message(bytes);
    assert!(answer.is_none_or(|answer| license::read(&answer).is_ok()), "an unreadable answer");
    match license::read(bytes) {
        Ok(LicensePdu::Request(request)) => {
            // Longer keys take the same way and only cost time.
            let key = request.certificate.as_ref().and_then(|certificate| certificate.key());
            if key.is_none_or(|key| key.bits() <= 512) {
                drop(ClientLicense::new(&request, key, [3; 32], [4; 48]));
            }
        }
        Ok(LicensePdu::Challenge(challenge)) => drop(client.read_challenge(&challenge)),
        Ok(LicensePdu::NewLicense(license) | LicensePdu::UpgradeLicense(license)) => {
            drop(client.read_license(&license));
        }
        _ => (),
    }
}

#[test]
fn no_damage_to_a_message_breaks_either_side() {
    let demo = LicenseServer::with_randoms([1; 32], [2; 16]).request();
    let client = ClientLicense::new(&request(&demo), None, [3; 32], [4; 48]).expect("a usable key");
    for sample in samples() {
        for end in 0..sample.len() {
            feed(&sample[..end], &client);
        }
        for at in 0..sample.len() {
            for value in [0, 0xFF, sample[at] ^ 1] {
                let mut damaged = sample.clone();
                damaged[at] = value;
                feed(&damaged, &client);
            }
        }
    }
}
