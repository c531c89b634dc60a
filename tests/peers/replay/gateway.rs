//! An RD Gateway of Windows Server 2022 over WebSocket: each answer and each packet by its reader.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rdptrace::internal::{
    net::Framing,
    pdu::{
        http::ResponseHead,
        ntlm, tsgu,
        websocket::{Opcode, frame_header},
    },
};

use super::recording::{Recording, Side};

const SWITCHING: &[u8] = b"HTTP/1.1 101 ";
pub(super) const NTLM: &str = "windows-rdg-no-kdc-proxy-ntlm-downgrade-success.pcapng";
pub(super) const KERBEROS: &str = "windows-rdg-same-creds-kerberos-password-success1.pcapng";
pub(super) const RESTRICTED: &str = "windows-rdg-no-kdc-proxy-ntlm-downgrade-failure.pcapng";

/// Smart card, PAA and NTLM (MS-TSGU 2.2.5.3.2).
const EXTENDED_AUTHENTICATION: u16 = 0x7;
const ALL_CAPABILITIES: u32 = 0x3F;
/// HTTP_TUNNEL_REDIR_ENABLE_ALL.
const ENABLE_ALL: u32 = 0x8000_0000;
pub(super) const UDP_PORT: u16 = 3391;

#[test]
fn every_packet_is_one_message_and_read() {
    for name in [NTLM, KERBEROS] {
        let Some(recording) = Recording::open(name) else { continue };
        let said = recording.inside_tls(0).of(Side::Server);
        let packets = packets(opened_with(&said).expect("101 Switching Protocols").1);
        let ([handshake, tunnel, authorization, channel], data) =
            packets.split_first_chunk().expect("a tunnel");
        let handshake = tsgu::handshake_response(&handshake.body).expect("a HANDSHAKE_RESPONSE");
        assert_eq!((handshake.error, handshake.version, handshake.server_version), (0, (1, 0), 0));
        assert_eq!(handshake.extended_auth, EXTENDED_AUTHENTICATION);
        let tunnel = tsgu::tunnel_response(&tunnel.body).expect("a TUNNEL_RESPONSE");
        assert_eq!((tunnel.status, tunnel.capabilities), (0, Some(ALL_CAPABILITIES)));
        assert!(tunnel.tunnel_id.is_some() && !tunnel.health_asked && tunnel.consent.is_none());
        let authorization = tsgu::tunnel_auth_response(&authorization.body).expect("a TUNNEL_AUTH_RESPONSE");
        assert_eq!((authorization.error, authorization.redirection_flags), (0, Some(ENABLE_ALL)));
        assert_eq!(authorization.idle_timeout, Some(0));
        let channel = tsgu::channel_response(&channel.body).expect("a CHANNEL_RESPONSE");
        assert_eq!((channel.error, channel.channel_id), (0, Some(1)));
        assert_eq!((channel.udp_port, channel.udp_cookie), (Some(UDP_PORT), true));
        let (last, data) = data.split_last().expect("data");
        assert!(data.iter().all(|packet| packet.kind == tsgu::DATA));
        assert_eq!((last.kind, tsgu::status(&last.body)), (tsgu::CLOSE_CHANNEL_RESPONSE, Ok(0)));
    }
}

/// The packets in what the server said after the upgrade.
fn packets(mut bytes: &[u8]) -> Vec<tsgu::Packet> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let header = frame_header(bytes).expect("a frame").expect("its header");
        assert_eq!(header.opcode, Opcode::Binary);
        let (frame, rest) = bytes.split_at(header.length + header.payload);
        found.push(tsgu::Packet::parse(&frame[header.length..]).expect("one packet"));
        bytes = rest;
    }
    found
}

#[test]
fn a_challenge_and_a_reason_phrase() {
    let Some(recording) = Recording::open(RESTRICTED) else { return };
    let answers = recording.inside_tls(0).answers();
    let [challenge, refusal] = [0, 1].map(|at| {
        let length = Framing::HttpHead.length(&answers[at]).expect("HTTP").expect("a head");
        ResponseHead::parse(&answers[at][..length]).expect("a head")
    });
    let [offered] = &challenge.challenges()[..] else { panic!("not one challenge") };
    assert!(offered.is("Negotiate"));
    let token = STANDARD.decode(&offered.parameters);
    assert_eq!(
        ntlm::challenge(&token.expect("base64")).expect("bare NTLM").version,
        Some(ntlm::Version { major: 10, minor: 0, build: 20348 })
    );
    assert_eq!((refusal.status, refusal.reason.as_str()), (401, "User Account Restricted"));
    assert_eq!(refusal.header("rdg-auth-scheme"), Some("SMARTCARD"));
    let schemes: Vec<_> = refusal.challenges().into_iter().map(|challenge| challenge.scheme).collect();
    assert_eq!(schemes, ["Negotiate", "NTLM", "Digest", "Basic"]);
}

/// The head of the upgrade and what follows it, where the gateway made one.
pub(super) fn opened_with(said: &[u8]) -> Option<(&[u8], &[u8])> {
    let begin = said.windows(SWITCHING.len()).position(|window| window == SWITCHING)?;
    let rest = &said[begin..];
    Some(rest.split_at(Framing::HttpHead.length(rest).expect("HTTP")?))
}
