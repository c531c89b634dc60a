//! What Windows Server 2022 says, field by field, as recordings of it show; every reader has to know it.

use rdptrace::internal::pdu::{
    connect_response::connect_response,
    http::{BodyLength, ResponseHead},
    license::{self, ErrorAlert, LicensePdu},
    mcs::{self, Mcs},
    message_channel::{Message, message},
    share::{self, IoPdu},
    ts_request::{TsRequest, ts_request},
    tsgu::{self, Packet},
    x224::{self, Confirm},
};

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace([' ', '\n'], "")).expect("hex")
}

fn packet(text: &str) -> Packet {
    Packet::parse(&bytes(text)).expect("a packet")
}

#[test]
fn the_confirm_names_every_flag() {
    let frame = bytes("03000013 0ed00000123400 02 1f 0800 08000000");
    assert_eq!(x224::confirm(&frame), Ok(Confirm::Response { flags: 0x1F, selected: 8 }));
}

/// Core, network, security without encryption, message channel and multitransport, in this order.
#[test]
fn the_connect_response_has_five_blocks() {
    let payload = bytes(
        "7f66 74 0a0100 020100 301a 020122 020103 020100 020101 020100 020101 020300fff8 020102
         0450 0005 00147c0001 2a 14760a01010001c000 4d63446e 3a
         010c 1000 0e000800 0b000000 06000000
         030c 1000 eb03 0400 ec03 ed03 ee03 ef03
         020c 0c00 00000000 00000000
         040c 0600 f003
         080c 0800 00000000",
    );
    let response = connect_response(&payload).expect("a Connect Response");
    assert_eq!((response.result, response.version), (0, Some(0x0008_000E)));
    assert_eq!((response.requested_protocols, response.early_capability_flags), (Some(0xB), Some(6)));
    assert_eq!((response.io_channel, response.message_channel), (Some(1003), Some(1008)));
    assert_eq!(response.channels, [1004, 1005, 1006, 1007]);
    let security = response.security.expect("SC_SECURITY");
    assert_eq!((security.method, security.level, security.certificate.is_none()), (0, 0, true));
}

#[test]
fn licensing_is_one_message() {
    let user_data = bytes("80000000 ff031000 07000000 02000000 04000000");
    assert_eq!(share::io_pdu(&user_data), IoPdu::License);
    let Ok(LicensePdu::ErrorAlert(ErrorAlert { code, transition, info, .. })) = license::read(&user_data)
    else {
        panic!("no error alert")
    };
    assert_eq!((code, transition, info), (7, 2, Vec::new()));
}

/// With low priority and from no channel, unlike every other PDU.
#[test]
fn a_session_ends_with_set_error_info() {
    for code in [0x0, 0xB] {
        let mut frame =
            bytes("03000024 02f080 68 0001 03eb 30 16 1600 1700 0000 ea030100 00 01 1600 2f 00 0000");
        frame.extend(u32::to_le_bytes(code));
        let Ok(Mcs::Data { channel: 1003, user_data }) = mcs::read(&frame) else { panic!("no data") };
        assert_eq!(share::session_pdu(user_data), IoPdu::SetErrorInfo { code });
    }
}

#[test]
fn heartbeats_and_round_trips_come_on_the_message_channel() {
    assert_eq!(message(&bytes("00400000 00 01 08 08")), Message::Other);
    assert_eq!(message(&bytes("00100000 06 00 1c00 0100")), Message::RoundTrip { sequence: 0x1C });
}

#[test]
fn credssp_refuses_by_number() {
    let refused = |code| TsRequest { version: 6, error_code: Some(code), ..TsRequest::default() };
    let not_supported = bytes("300d a003020106 a406 0204 80090302");
    assert_eq!(ts_request(&not_supported), Ok(refused(0x8009_0302)));
    let restricted = bytes("300d a003020106 a406 0204 c000006e");
    assert_eq!(ts_request(&restricted), Ok(refused(0xC000_006E)));
}

#[test]
fn a_gateway_opens_and_closes_a_channel() {
    let handshake = packet("02000000 12000000 00000000 01 00 0000 0700");
    let handshake = tsgu::handshake_response(&handshake.body).expect("a HANDSHAKE_RESPONSE");
    assert_eq!((handshake.error, handshake.version, handshake.extended_auth), (0, (1, 0), 7));
    let tunnel = packet("05000000 1a000000 0000 00000000 0300 0000 07000000 3f000000");
    let tunnel = tsgu::tunnel_response(&tunnel.body).expect("a TUNNEL_RESPONSE");
    assert_eq!((tunnel.status, tunnel.tunnel_id, tunnel.capabilities), (0, Some(7), Some(0x3F)));
    let authorization = packet("07000000 18000000 00000000 0300 0000 00000080 00000000");
    let authorization = tsgu::tunnel_auth_response(&authorization.body).expect("a TUNNEL_AUTH_RESPONSE");
    assert_eq!((authorization.redirection_flags, authorization.idle_timeout), (Some(0x8000_0000), Some(0)));
    let mut channel = bytes("09000000 51070000 00000000 0700 0000 01000000 3f0d 3907");
    channel.resize(0x751, 0x30);
    let channel = Packet::parse(&channel).expect("a packet");
    let channel = tsgu::channel_response(&channel.body).expect("a CHANNEL_RESPONSE");
    assert_eq!((channel.channel_id, channel.udp_port, channel.udp_cookie), (Some(1), Some(3391), true));
    let closed = packet("11000000 0c000000 00000000");
    assert_eq!((closed.kind, tsgu::status(&closed.body)), (tsgu::CLOSE_CHANNEL_RESPONSE, Ok(0)));
}

#[test]
fn a_gateway_says_in_words_why_it_refuses() {
    let head = "HTTP/1.1 401 User Account Restricted\r\nServer: Microsoft-HTTPAPI/2.0\r\n\
        RDG-Auth-Scheme: SMARTCARD\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n\
        WWW-Authenticate: Digest qop=\"auth\",algorithm=MD5-sess,nonce=\"a,b=\",charset=utf-8,realm=\"Digest\"\r\n\
        WWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
    let head = ResponseHead::parse(head.as_bytes()).expect("a head");
    assert_eq!((head.status, head.reason.as_str()), (401, "User Account Restricted"));
    let schemes: Vec<_> = head.challenges().into_iter().map(|challenge| challenge.scheme).collect();
    assert_eq!(schemes, ["Negotiate", "NTLM", "Digest", "Basic"]);
    assert_eq!(head.body("RDG_OUT_DATA"), Ok(BodyLength::Nothing));
    assert!(head.keeps_alive(BodyLength::Nothing));
}
