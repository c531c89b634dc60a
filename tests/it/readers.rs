//! The readers of network bytes: exact values from recorded servers, and no panic whatever is cut or altered.

use std::{fs, path::Path};

use rdptrace::internal::{
    certificate,
    net::Framing,
    pdu::{
        connect_response::connect_response,
        demand_active::demand_active,
        mcs::{self, Mcs},
        message_channel, ntlm, peer,
        redirection::redirection,
        server_certificate::ServerCertificate,
        share::{self, IoPdu},
        ts_request::ts_request,
        x224::{self, Confirm},
    },
};

pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/wire").join(name);
    let text = fs::read_to_string(&path).expect("a recorded sample");
    hex::decode(text.trim()).expect("hex")
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).expect("hex")
}

#[test]
fn confirms_of_every_kind() {
    let xrdp = sample("xrdp-confirm-rdp.hex");
    assert_eq!(x224::confirm(&xrdp), Ok(Confirm::Response { flags: 1, selected: 0 }));
    let plain = bytes("0300000b06d00000123400");
    assert_eq!(x224::confirm(&plain), Ok(Confirm::Plain));
    let failure = bytes("030000130ed00000123400 0300080099000000");
    assert_eq!(x224::confirm(&failure), Ok(Confirm::Failure { code: 0x99 }));
    let ultimatum = bytes("0300000902f0802180");
    let Ok(Confirm::Data(payload)) = x224::confirm(&ultimatum) else { panic!("no data") };
    assert_eq!(mcs::payload(payload), Ok(Mcs::Ultimatum { reason: 3 }));
}

#[test]
fn the_connect_response_of_xrdp() {
    let frame = sample("xrdp-connect-response.hex");
    let response = connect_response(x224::data(&frame).expect("data")).expect("a Connect Response");
    assert_eq!(response.result, 0);
    assert_eq!(response.version, Some(0x80004));
    assert_eq!(response.io_channel, Some(1003));
    assert_eq!(response.message_channel, None);
    let security = response.security.expect("SC_SECURITY");
    assert_eq!((security.method, security.level, security.random.len()), (2, 3, 32));
    let certificate = security.certificate.expect("a certificate");
    assert!(matches!(certificate, ServerCertificate::Proprietary { signature_valid: Some(true), .. }));
    assert_eq!(certificate.key().map(|key| key.bits()), Some(2048));
}

#[test]
fn a_refused_connect_response_needs_no_gcc_blocks() {
    let refused = bytes("7f66 0c 0a010e 020100 3000 040100");
    assert_eq!(connect_response(&refused).expect("a Connect Response").result, 14);
}

#[test]
fn results_and_reasons_are_packed_bits() {
    let is = |text: &str, expected: Mcs<'_>| assert_eq!(mcs::payload(&bytes(text)), Ok(expected), "{text}");
    is("2180", Mcs::Ultimatum { reason: 3 });
    is("2080", Mcs::Ultimatum { reason: 1 });
    is("2e000006", Mcs::AttachUserConfirm { result: 0 });
    is("2da0", Mcs::AttachUserConfirm { result: 13 });
    is("2e0e0006", Mcs::AttachUserConfirm { result: 14 });
    is("3e00000603eb03eb", Mcs::ChannelJoinConfirm { result: 0 });
    is("68000103eb7002abcd", Mcs::Data { channel: 1003, user_data: &[0xAB, 0xCD] });
}

#[test]
fn set_error_info_is_told_from_license_pdus_and_from_a_redirection() {
    let error_info = bytes("1600 1700 ea03 ea030100 00 01 0800 2f 00 0000 cdab0000");
    assert_eq!(share::io_pdu(&error_info), IoPdu::SetErrorInfo { code: 0xABCD });
    for name in ["xrdp-license-request.hex", "xrdp-license-error-alert.hex", "windows-license-request.hex"] {
        assert_eq!(share::io_pdu(&sample(name)), IoPdu::License, "{name}");
    }
    let mut redirection = bytes("a8001a0000000000");
    redirection.resize(0xA8, 0);
    assert_eq!(share::io_pdu(&redirection), IoPdu::Redirection);
    // The specification writes no version there, FreeRDP does.
    redirection[2] = 0x0A;
    assert_eq!(share::io_pdu(&redirection), IoPdu::Redirection);
}

#[test]
fn the_challenge_of_freerdp_and_of_the_specification() {
    let request = ts_request(&sample("freerdp-challenge.hex")).expect("a TSRequest");
    assert_eq!((request.version, request.error_code), (6, None));
    let challenge = ntlm::challenge(&request.nego_token.expect("a token")).expect("a CHALLENGE");
    assert_eq!(challenge.netbios_computer.as_deref(), Some("VM"));
    assert_eq!(challenge.dns_computer.as_deref(), Some("vm"));
    assert_eq!(challenge.version, Some(ntlm::Version { major: 6, minor: 1, build: 7601 }));
    assert!(challenge.timestamp.is_some());
    let challenge = ntlm::challenge(&sample("ms-nlmp-challenge.hex")).expect("a CHALLENGE");
    assert_eq!(challenge.netbios_computer.as_deref(), Some("Server"));
    assert_eq!(challenge.netbios_domain.as_deref(), Some("Domain"));
    assert_eq!(challenge.version, Some(ntlm::Version { major: 6, minor: 0, build: 6000 }));
    assert_eq!(challenge.timestamp, None);
}

#[test]
fn a_status_is_read_in_four_and_in_five_bytes() {
    let four = bytes("300d a003020106 a406 0204c000006d");
    assert_eq!(ts_request(&four).expect("a TSRequest").error_code, Some(0xC000_006D));
    let five = bytes("300e a003020106 a407 020500c000006d");
    assert_eq!(ts_request(&five).expect("a TSRequest").error_code, Some(0xC000_006D));
}

#[test]
fn lengths_are_bounded() {
    assert_eq!(Framing::Tpkt.length(&[3, 0, 0xFF, 0xFF]), Ok(Some(65535)));
    assert!(Framing::Tpkt.length(&[3, 0, 0, 6]).is_err());
    assert!(Framing::Tpkt.length(&[0x53]).is_err());
    assert_eq!(Framing::TpktOrFastPath.length(&[0, 0x81]), Ok(None));
    assert_eq!(Framing::TpktOrFastPath.length(&[0, 0x81, 4]), Ok(Some(260)));
    assert_eq!(Framing::TpktOrFastPath.length(&[0xC4, 9]), Ok(Some(9)));
    assert!(Framing::TpktOrFastPath.length(&[0, 2]).is_err());
    assert!(Framing::TpktOrFastPath.length(&[0x53, 9]).is_err());
    assert_eq!(Framing::TsRequest.length(&[0x30, 0x82, 1]), Ok(None));
    assert!(Framing::TsRequest.length(&[0x30, 0x84, 6, 0, 0, 0]).is_err());
    assert!(Framing::TsRequest.length(&[0x30, 0x80]).is_err());
    assert!(Framing::TsRequest.length(&[0x30, 0x85, 0, 0, 0, 0, 0]).is_err());
    assert_eq!(Framing::EarlyAuthorization.length(&[5]), Ok(Some(4)));
    assert_eq!(Framing::EarlyAuthorization.length(&[0x30, 3]), Ok(Some(5)));
}

/// Feeds bytes to every reader; what they answer does not matter here, that they answer does.
fn read_everything(bytes: &[u8]) {
    let _ = x224::confirm(bytes);
    let _ = x224::data(bytes).map(connect_response);
    let _ = connect_response(bytes);
    let _ = mcs::read(bytes);
    let _ = mcs::payload(bytes);
    let _ = share::io_pdu(bytes);
    let _ = share::session_pdu(bytes);
    let _ = share::first(bytes);
    let _ = demand_active(bytes);
    let _ = redirection(bytes);
    let _ = message_channel::message(bytes);
    let _ = ts_request(bytes);
    let _ = ntlm::challenge(bytes);
    let _ = peer::speaks(bytes);
    let _ = ServerCertificate::read(bytes);
    let _ = certificate::subject_public_key(bytes);
    let _ = certificate::checkable(bytes);
    for framing in [
        Framing::Tpkt,
        Framing::TpktAfterCredssp,
        Framing::TpktOrFastPath,
        Framing::TsRequest,
        Framing::EarlyAuthorization,
    ] {
        let _ = framing.length(bytes);
    }
}

#[test]
fn cut_and_altered_samples_never_panic() {
    let names = [
        "xrdp-connect-response.hex",
        "freerdp-challenge.hex",
        "ms-nlmp-challenge.hex",
        "xrdp-confirm-rdp.hex",
        "weston-demand-active.hex",
        "cassandra-length-overflow.hex",
    ];
    for name in names {
        let whole = sample(name);
        for length in 0..=whole.len() {
            read_everything(&whole[..length]);
        }
        for index in 0..whole.len() {
            for value in [0x00, 0x7F, 0x80, 0xFF] {
                let mut altered = whole.clone();
                altered[index] = value;
                read_everything(&altered);
            }
        }
    }
}
