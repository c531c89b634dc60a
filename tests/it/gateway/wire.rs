//! Packets, frames and heads that are damaged: a sentence each, no panic, no hang, bounded memory.

use rdptrace::internal::{
    net::Framing,
    pdu::{
        http::{ResponseHead, challenges},
        tsgu::{self, Packet},
        websocket::{self, FrameHeader, Opcode},
    },
};

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [u16::try_from(units.len()).expect("short").to_le_bytes().to_vec(), units].concat()
}

fn samples() -> Vec<Vec<u8>> {
    let tunnel = [
        &[1, 0, 0, 0, 0, 0, 0x17, 0, 0, 0, 7, 0, 0, 0, 0x3F, 0, 0, 0][..],
        &[0; 16],
        &wide("MII"),
        &wide("hi"),
    ];
    let cookie = [&[0, 0, 0, 0, 7, 0, 0, 0, 5, 0, 0, 0, 0x3F, 0x0D, 0x39, 0x07][..], &[0x30; 1849]];
    let channel = cookie.concat();
    let packet = |kind, body: &[u8]| Packet { kind, body: body.to_vec() }.to_bytes();
    vec![
        packet(tsgu::TUNNEL_RESPONSE, &tunnel.concat()),
        packet(tsgu::CHANNEL_RESPONSE, &channel),
        packet(tsgu::SERVICE_MESSAGE, &wide("maintenance")),
        tsgu::data(b"bytes"),
        b"HTTP/1.1 401 x\r\nWWW-Authenticate: NTLM, Basic realm=\"a\\\"b\"\r\nContent-Length: 3\r\n\r\n"
            .to_vec(),
        vec![0x82, 126, 0x01, 0x00, 1, 2, 3],
    ]
}

/// What the readers answer does not matter here, that they answer does.
fn read_everything(bytes: &[u8]) {
    let _ = websocket::frame_header(bytes);
    let _ = challenges(&String::from_utf8_lossy(bytes));
    let _ = ResponseHead::parse(bytes).map(|head| (head.body("GET"), head.challenges()));
    let _ = (Framing::HttpHead.length(bytes), Framing::Tsgu.length(bytes));
    let body = Packet::parse(bytes).map(|packet| packet.body).unwrap_or_default();
    for body in [bytes, &body] {
        let _ = (tsgu::handshake_response(body), tsgu::tunnel_response(body));
        let _ = (tsgu::tunnel_auth_response(body), tsgu::channel_response(body));
        let _ = (tsgu::status(body), tsgu::text(body));
    }
}

#[test]
fn cut_and_altered_packets_never_panic() {
    for whole in samples() {
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

#[test]
fn fields_are_read_in_the_order_of_the_wire() {
    let samples = samples();
    let tunnel = Packet::parse(&samples[0]).expect("a packet");
    let tunnel = tsgu::tunnel_response(&tunnel.body).expect("a response");
    assert_eq!((tunnel.status, tunnel.tunnel_id, tunnel.capabilities), (0, Some(7), Some(0x3F)));
    assert_eq!((tunnel.health_asked, tunnel.consent.as_deref()), (true, Some("hi")));
    let channel = Packet::parse(&samples[1]).expect("a packet");
    let channel = tsgu::channel_response(&channel.body).expect("a response");
    assert_eq!((channel.channel_id, channel.udp_port, channel.udp_cookie), (Some(5), Some(3391), true));
    assert_eq!(channel.udp_cookie_length, Some(1849));
    let name = tsgu::channel_create("rdsh-münchen", 3390);
    assert_eq!(name.len(), 8 + 6 + 2 + 2 * 13, "lengths count UTF-16 and the NUL");
}

#[test]
fn lengths_are_bounded() {
    let header = |length: u32| [&[0x0A, 0, 0, 0][..], &length.to_le_bytes()].concat();
    for length in [0, 7, 0x1_000A, u32::MAX] {
        assert!(Framing::Tsgu.length(&header(length)).is_err(), "{length}");
    }
    assert_eq!(Framing::Tsgu.length(&header(0x1_0009)), Ok(Some(0x1_0009)));
    assert_eq!(tsgu::data(&[0; 70_000]).len(), 8 + 2 + tsgu::MOST_DATA);
    let long = [0x82, 127, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    for wrong in [&long[..], &[0x82, 0x81], &[0x83, 0], &[0xC2, 0], &[0x89, 126, 0, 126]] {
        assert!(websocket::frame_header(wrong).is_err(), "{wrong:?}");
    }
    let header = websocket::frame_header(&[0x89, 3, 1, 2, 3]);
    assert_eq!(header, Ok(Some(FrameHeader { opcode: Opcode::Ping, length: 2, payload: 3, mask: None })));
}

/// The example of RFC 6455 section 1.3.
#[test]
fn the_key_is_answered_as_the_specification_says() {
    assert_eq!(websocket::accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
