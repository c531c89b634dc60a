//! Every PDU that Windows Server 2022 sent in whole sessions is one that the readers know.

use rdptrace::internal::{
    net::Framing,
    pdu::{
        connect_response::connect_response,
        mcs::{self, Mcs},
        message_channel::{self, Message},
        share::{self, IoPdu},
        x224,
    },
};

use super::{
    recording::{Recording, Side, messages},
    script::{CONNECT, choice},
};

/// SEC_HEARTBEAT (MS-RDPBCGR 2.2.16.1).
const HEARTBEAT: u16 = 0x4000;
/// INFOTYPE_LOGON_LONG and INFOTYPE_LOGON_EXTENDED_INFO (MS-RDPBCGR 2.2.10.1.1).
const LOGON_INFO: [u32; 2] = [1, 3];
const USER_REQUESTED: u32 = 3;

#[test]
fn every_pdu_of_a_session_is_known() {
    let names = ["no-nla-accepted1", "nla-kerberos-auth1", "restricted-admin-rejected1"];
    for name in names {
        let Some(recording) = Recording::open(&format!("windows-{name}.pcapng")) else { continue };
        let said = recording.inside_tls(0);
        let from = said.from(|said| said.by == Side::Server && choice(&said.bytes) == Some(CONNECT));
        let bytes = from.of(Side::Server);
        let (response, session) = split(messages(&bytes, Framing::TpktOrFastPath));
        let channels = connect_response(x224::data(response).expect("data")).expect("a Connect Response");
        let (io, message) = (channels.io_channel.expect("I/O"), channels.message_channel.expect("messages"));
        let mut sequence = 0;
        let mut ended = false;
        for frame in session.into_iter().filter(|frame| frame[0] == x224::TPKT_VERSION) {
            assert!(!ended, "{name}: more comes after the ultimatum");
            match mcs::read(frame).expect("an MCS PDU") {
                Mcs::Data { channel, user_data } if channel == io => known(user_data),
                Mcs::Data { channel, user_data } if channel == message => heard(user_data, &mut sequence),
                Mcs::Data { channel, .. } => {
                    assert!(channels.channels.contains(&channel), "{name}: {channel}")
                }
                Mcs::Ultimatum { reason } => {
                    assert_eq!(reason, USER_REQUESTED);
                    ended = true;
                }
                Mcs::AttachUserConfirm { result } | Mcs::ChannelJoinConfirm { result } => {
                    assert_eq!(result, 0)
                }
                Mcs::Other { choice } => panic!("{name}: choice {choice}"),
            }
        }
        assert!(ended && sequence > 0, "{name}: {sequence} round trips");
    }
}

fn split(frames: Vec<&[u8]>) -> (&[u8], Vec<&[u8]>) {
    let mut frames = frames.into_iter();
    (frames.next().expect("the Connect Response"), frames.collect())
}

/// All of the user data is share PDUs, or one license PDU.
fn known(user_data: &[u8]) {
    if share::io_pdu(user_data) == IoPdu::License {
        return;
    }
    let mut rest = user_data;
    while !rest.is_empty() {
        let (pdu, after) = share::first(rest);
        rest = after;
        let read = share::session_pdu(pdu);
        assert_ne!(read, IoPdu::Other, "{}", hex::encode(pdu));
        if read == (IoPdu::ShareData { kind: share::SAVE_SESSION_INFO }) {
            let kind = share::session_info_type(pdu).expect("an infoType");
            assert!(LOGON_INFO.contains(&kind), "{kind}");
        }
    }
}

/// Heartbeats, and measurements of the round trip that count up from zero.
fn heard(user_data: &[u8], sequence: &mut u16) {
    let flags = u16::from_le_bytes([user_data[0], user_data[1]]);
    match message_channel::message(user_data) {
        Message::RoundTrip { sequence: found } => {
            assert_eq!(found, *sequence);
            *sequence += 1;
        }
        Message::Other => assert_eq!(flags, HEARTBEAT, "{}", hex::encode(user_data)),
        other => panic!("{other:?}: {}", hex::encode(user_data)),
    }
}
