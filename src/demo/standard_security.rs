//! A server of Standard RDP Security: the confirm, the keys and licensing, then a sealed session (MS-RDPBCGR 1.3.1.1, 2.2.1.10, 5.3).

use std::io;

use ironrdp_acceptor::Acceptor;
use ironrdp_core::decode;
use ironrdp_pdu::rdp::ClientInfoPdu;
use tokio::io::{DuplexStream, duplex};

use super::action::shown;
use super::answer::{error_info, rtt_request, send_data, tpkt};
use super::behaviour::{StandardSecurity, Then};
use super::channels::{self, IO_CHANNEL};
use super::connect_initial::connect_initial;
use super::conversation::Conversation;
use super::follower;
use super::license::{self, private_power};
use super::sealed::{self, Sealing};
use super::session;
use super::standard_keys::{METHOD_40BIT, METHOD_56BIT, METHOD_128BIT, Mac, ServerKeys};
use super::standard_settings::connect_response;
use super::stream::{Stream, drain, malformed, read_pdu, send};
use crate::codes::STATUS_VALID_CLIENT;
use crate::pdu::license_frame::SEC_LICENSE_PKT;
use crate::pdu::security::{SEC_AUTODETECT_REQ, SEC_REDIRECTION_PKT};
use crate::random::random;

const SEC_EXCHANGE_PKT: u8 = 0x01;
const SEC_ENCRYPT: u8 = 0x08;
const SEC_INFO_PKT: u8 = 0x40;
/// The second byte of SEC_SECURE_CHECKSUM, which FreeRDP's clients set.
const SEC_SECURE_CHECKSUM_HIGH: u8 = 0x08;
/// The second byte of SEC_AUTODETECT_RSP.
const SEC_AUTODETECT_RSP_HIGH: u8 = 0x20;

/// No client of this server has so many static channels.
const MESSAGE_CHANNEL: u16 = 1500;
/// sequenceNumber of the round trip.
const SEQUENCE: u16 = 0x2317;
/// The client's user channel.
const USER_CHANNEL: u16 = 1007;
/// How many PDUs a client may send before Client Info.
const PDUS: usize = 64;
/// ENCRYPTION_LEVEL_LOW: only what the client sends is encrypted.
const LEVEL_LOW: u32 = 1;
/// So much may wait between the session and its sealing.
const WAITING: usize = 64 * 1024;

impl StandardSecurity {
    /// Confirms the Connection Request and serves until the client leaves; returns why it ended.
    pub(super) async fn serve(
        &self,
        conversation: &Conversation<'_>,
        request: &[u8],
        stream: &mut dyn Stream,
    ) -> io::Error {
        match self.exchange(conversation, request, stream).await {
            Ok(()) => io::Error::other("the client left"),
            Err(error) => error,
        }
    }

    async fn exchange(
        &self,
        conversation: &Conversation<'_>,
        request: &[u8],
        stream: &mut dyn Stream,
    ) -> io::Result<()> {
        send(stream, self.confirm).await?;
        let initial = connect_initial(&read_pdu(stream).await?)?;
        let channels = initial.channel_names().map_or(0, |names| names.len());
        let server_random = random();
        let mut acceptor = follower::new(request, &initial)?;
        let message_channel = matches!(self.then, Then::AutoDetect).then_some(MESSAGE_CHANNEL);
        let response = connect_response(channels, self.method, self.level, server_random, message_channel)?;
        send(stream, &response).await?;
        let mut keys = self.client_info(stream, &mut acceptor, &server_random).await?;
        self.answer(stream, &mut keys).await?;
        if !self.is_licensed() {
            return drain(stream).await;
        }
        let sealing = Sealing {
            keys,
            level_low: self.level == LEVEL_LOW,
            message_channel: MESSAGE_CHANNEL,
            wrong_mac: matches!(self.then, Then::WrongFastPathMac),
        };
        let (inside, outside) = duplex(WAITING);
        let session = self.session(conversation.enclosed(self.session, MESSAGE_CHANNEL), acceptor, inside);
        let (served, relayed) = tokio::join!(session, sealed::relay(stream, outside, sealing));
        match relayed {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(error),
            _ => served,
        }
    }

    /// What is left of licensing, and the activation, in clear.
    async fn session(
        &self,
        mut conversation: Conversation<'_>,
        mut acceptor: Acceptor,
        mut stream: DuplexStream,
    ) -> io::Result<()> {
        if matches!(self.then, Then::License) {
            session::exchange_license(&mut stream).await?;
        }
        session::serve(&mut conversation, &mut acceptor, &mut stream).await
    }

    /// Whether a session follows.
    fn is_licensed(&self) -> bool {
        use Then::*;
        matches!(self.then, ValidClient | EncryptedValidClient | License | AutoDetect | WrongFastPathMac)
    }

    fn is_encrypted(&self) -> bool {
        matches!(self.method, METHOD_40BIT | METHOD_56BIT | METHOD_128BIT)
    }

    /// Joins the channels and reads the Security Exchange and Client Info; the keys, where there are any.
    async fn client_info(
        &self,
        stream: &mut dyn Stream,
        acceptor: &mut Acceptor,
        server_random: &[u8; 32],
    ) -> io::Result<Option<ServerKeys>> {
        let mut keys = None;
        for _ in 0..PDUS {
            let pdu = read_pdu(stream).await?;
            let Some(data) = channels::user_data(&pdu) else {
                send(stream, &domain_answer(&pdu)).await?;
                follower::domain_pdu(acceptor, &pdu)?;
                continue;
            };
            if !self.is_encrypted() {
                check_client_info(data)?;
                follower::step(acceptor, &pdu)?;
                return Ok(None);
            }
            match (&mut keys, data) {
                (None, [flags, ..]) if flags & SEC_EXCHANGE_PKT != 0 => {
                    keys = Some(ServerKeys::new(self.method, &client_random(data)?, server_random));
                }
                (Some(keys), [flags, more, _, _, signed @ ..]) if flags & SEC_ENCRYPT != 0 => {
                    let plain = keys
                        .from_client
                        .decrypt(signed, Mac::announced((*more).into(), SEC_SECURE_CHECKSUM_HIGH.into()));
                    let plain = plain.ok_or_else(|| malformed("a wrong MAC"))?;
                    let info = [&[flags & !SEC_ENCRYPT, 0, 0, 0], &plain[..]].concat();
                    check_client_info(&info)?;
                    follower::user_data(acceptor, &pdu, info)?;
                    break;
                }
                _ => return Err(malformed("no Security Exchange, or a PDU that is not encrypted")),
            }
        }
        Ok(keys)
    }

    async fn answer(&self, stream: &mut dyn Stream, keys: &mut Option<ServerKeys>) -> io::Result<()> {
        let valid = license::error_alert(STATUS_VALID_CLIENT, license::ST_NO_TRANSITION);
        let data = match self.then {
            Then::ValidClient | Then::WrongFastPathMac => valid,
            Then::EncryptedValidClient => secure(keys, SEC_LICENSE_PKT, &valid[4..]),
            Then::WrongMac => {
                let mut data = secure(keys, SEC_LICENSE_PKT, &valid[4..]);
                data[4] ^= 0xFF;
                data
            }
            Then::AutoDetect => {
                measure_round_trip(keys, stream).await?;
                valid
            }
            Then::License => return Ok(()),
            Then::Close => return Err(shown()),
            Then::ErrorInfo(code) => secure(keys, 0, &error_info(code)),
            Then::Redirection => secure(keys, SEC_REDIRECTION_PKT, &REDIRECTION),
        };
        send(stream, &send_data(IO_CHANNEL, &data)).await
    }
}

/// RDP_SERVER_REDIRECTION_PACKET without any field (MS-RDPBCGR 2.2.13.1): flags, length, session, redirFlags.
const REDIRECTION: [u8; 12] = [0x00, 0x04, 12, 0, 7, 0, 0, 0, 0, 0, 0, 0];

/// Sends an encrypted RTT Measure Request and checks the encrypted answer (MS-RDPBCGR 2.2.14.1.1, 2.2.14.2.1).
async fn measure_round_trip(keys: &mut Option<ServerKeys>, stream: &mut dyn Stream) -> io::Result<()> {
    let request = secure(keys, SEC_AUTODETECT_REQ, &rtt_request(SEQUENCE)[4..]);
    send(stream, &send_data(MESSAGE_CHANNEL, &request)).await?;
    let pdu = read_pdu(stream).await?;
    let answer = match (keys, channels::channel(&pdu), channels::user_data(&pdu)) {
        (
            Some(keys),
            Some(MESSAGE_CHANNEL),
            Some([SEC_ENCRYPT, SEC_AUTODETECT_RSP_HIGH, _, _, signed @ ..]),
        ) => keys.from_client.decrypt(signed, Mac::Plain),
        _ => None,
    };
    let [low, high] = SEQUENCE.to_le_bytes();
    match answer.as_deref() {
        // headerLength, TYPE_ID_AUTODETECT_RESPONSE, sequenceNumber, responseType.
        Some([6, 1, a, b, 0, 0]) if [*a, *b] == [low, high] => Ok(()),
        _ => Err(malformed("no encrypted answer on the message channel")),
    }
}

/// Behind a security header; encrypted where there are keys.
fn secure(keys: &mut Option<ServerKeys>, flags: u16, data: &[u8]) -> Vec<u8> {
    let (flags, data) = match keys {
        Some(keys) => (flags | u16::from(SEC_ENCRYPT), keys.to_client.encrypt(data, Mac::Plain)),
        None => (flags, data.to_vec()),
    };
    [&u32::from(flags).to_le_bytes()[..], &data].concat()
}

/// Confirms a user or a channel join; an erect domain request wants no answer.
fn domain_answer(pdu: &[u8]) -> Vec<u8> {
    let [user_high, user_low] = (USER_CHANNEL - 1001).to_be_bytes();
    match (channels::domain_pdu(pdu), pdu) {
        (Some(10), _) => tpkt(&[0x2E, 0, user_high, user_low]),
        (Some(14), [.., high, low]) => tpkt(&[0x3E, 0, user_high, user_low, *high, *low, *high, *low]),
        _ => Vec::new(),
    }
}

/// Decrypts the client's random: flags, length, the number and its padding, all little-endian.
fn client_random(data: &[u8]) -> io::Result<[u8; 32]> {
    let encrypted = data.get(8..).ok_or_else(|| malformed("a Security Exchange that is cut short"))?;
    let plain = private_power(&license::SERVER_PRIVATE_EXPONENT, &license::SERVER_MODULUS, encrypted);
    match plain.split_first_chunk() {
        Some((random, padding)) if padding.iter().all(|byte| *byte == 0) => Ok(*random),
        _ => Err(malformed("a client random of more than 32 bytes")),
    }
}

/// A client that asks nothing of this server sends neither a user nor a password.
fn check_client_info(data: &[u8]) -> io::Result<()> {
    let info = decode::<ClientInfoPdu>(data).map_err(malformed)?.client_info;
    match data.first().is_some_and(|flags| flags & SEC_INFO_PKT != 0) && info.credentials.password.is_empty()
    {
        true => Ok(()),
        false => Err(malformed("no Client Info, or one with a password")),
    }
}
