//! What the demo server says in the session of the account in Client Info, and how the session ends (MS-RDPBCGR 2.2.10.1, 1.3.1.4.1).

use std::io;

use super::answer::{send_data, share_data};
use super::behaviour::{Behaviour, LogonAnswer};
use super::channels::{IO_CHANNEL, read_io_channel, user_data};
use super::conversation::Conversation;
use super::drawing;
use super::invented::{NETBIOS_DOMAIN, USER};
use super::stream::{Stream, send};
use super::wanted::Wanted;
use crate::utf16;

const SAVE_SESSION_INFO: u8 = 38;
const REFRESH_RECT: u8 = 33;
const SHUTDOWN_REQUEST: u8 = 36;
const SHUTDOWN_DENIED: u8 = 37;
const INFOTYPE_LOGON_LONG: u32 = 1;
const INFOTYPE_LOGON_EXTENDED_INFO: u32 = 3;
const LOGON_EX_LOGONERRORS: u32 = 2;
/// STATUS_LOGON_FAILURE and LOGON_FAILED_BAD_PASSWORD.
const WRONG: (u32, u32) = (0xC000_006D, 0);
const SESSION: u32 = 2;
/// Where pduType2 stands in a share data PDU.
const KIND: usize = 14;
/// The most PDUs of a client that are read in a session.
const MOST_PDUS: usize = 256;

/// Says what there is to say, once the session is active.
///
/// # Errors
/// The fault ends the connection.
pub(super) async fn answer(conversation: &Conversation<'_>, stream: &mut dyn Stream) -> io::Result<()> {
    let answer = match conversation.behaviour() {
        Some(Behaviour::LogsOn(answer)) => *answer,
        _ => LogonAnswer::Honest,
    };
    let said = match (conversation.wanted, answer) {
        (Wanted::Nothing, _) | (_, LogonAnswer::Unsaid) => return Ok(()),
        (_, LogonAnswer::Does(action)) => {
            return Err(action.act(stream, conversation.message_channel).await);
        }
        (_, LogonAnswer::Error(status, data)) => logon_error(status, data),
        (Wanted::Wrong, LogonAnswer::Honest) => logon_error(WRONG.0, WRONG.1),
        (Wanted::Right, LogonAnswer::Honest) => logged_on(),
    };
    send(stream, &send_data(IO_CHANNEL, &share_data(SAVE_SESSION_INFO, &said))).await
}

/// Waits until the client leaves, and draws again where it asks for that. Asked to end a session of a user it denies, and without a
/// user it ends.
pub(super) async fn leave(conversation: &Conversation<'_>, stream: &mut dyn Stream) -> io::Result<()> {
    for _ in 0..MOST_PDUS {
        let pdu = read_io_channel(stream).await?;
        match (user_data(&pdu).and_then(|data| data.get(KIND)), conversation.wanted) {
            (Some(&REFRESH_RECT), _) => send(stream, &drawing::picture()).await?,
            (Some(&SHUTDOWN_REQUEST), Wanted::Right) => {
                send(stream, &send_data(IO_CHANNEL, &share_data(SHUTDOWN_DENIED, &[]))).await?;
            }
            (Some(&SHUTDOWN_REQUEST), _) => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}

/// TS_LOGON_INFO_VERSION_2 behind its type.
fn logged_on() -> Vec<u8> {
    let texts = [NETBIOS_DOMAIN, USER].map(|text| [utf16::bytes(text), vec![0, 0]].concat());
    let lengths = texts.each_ref().map(|text| u32::try_from(text.len()).expect("short texts"));
    [
        &INFOTYPE_LOGON_LONG.to_le_bytes()[..],
        &1u16.to_le_bytes(),
        &576u32.to_le_bytes(),
        &SESSION.to_le_bytes(),
        &lengths[0].to_le_bytes(),
        &lengths[1].to_le_bytes(),
        &[0; 558],
        &texts.concat(),
    ]
    .concat()
}

/// TS_LOGON_INFO_EXTENDED with TS_LOGON_ERRORS_INFO alone, behind its type.
fn logon_error(notification: u32, data: u32) -> Vec<u8> {
    [
        &INFOTYPE_LOGON_EXTENDED_INFO.to_le_bytes()[..],
        &590u16.to_le_bytes(),
        &LOGON_EX_LOGONERRORS.to_le_bytes(),
        &8u32.to_le_bytes(),
        &notification.to_le_bytes(),
        &data.to_le_bytes(),
        &[0; 570],
    ]
    .concat()
}
