//! Messages that faults send where another one belongs: MS-RDPBCGR 2.2.1, 2.2.5, 2.2.14, MS-CSSP 2.2.1, T.125.

use super::channels::{IO_CHANNEL, SERVER_CHANNEL};
use super::ts_request::TsRequest;

/// A message by its meaning.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// These bytes.
    Bytes(&'static [u8]),
    /// RDP_NEG_FAILURE with this code.
    NegotiationFailure(u32),
    /// A fatal alert in a plaintext record.
    TlsAlert(u8),
    /// A TSRequest whose errorCode is this NTSTATUS.
    Status(u32),
    /// The Early User Authorization Result.
    EarlyAuthorization(u32),
    /// A Disconnect Provider Ultimatum with this reason.
    Ultimatum(u8),
    /// An MCS Connect Response with this result and no user data.
    ConnectResult(u8),
    /// An Attach User Confirm with this result and no user.
    AttachUserResult(u8),
    /// A Channel Join Confirm with this result and no channel.
    ChannelJoinResult(u8),
    /// Set Error Info on the I/O channel.
    ErrorInfo(u32),
    /// A licensing ERROR_ALERT: code, state transition.
    LicenseError(u32, u32),
    /// These bytes as user data on the I/O channel.
    IoChannel(&'static [u8]),
    /// These bytes as user data on a channel that nobody announced.
    UnknownChannel(&'static [u8]),
    /// These bytes as user data on the message channel.
    MessageChannel(&'static [u8]),
    /// A share data PDU of this type with this content.
    ShareData(u8, &'static [u8]),
    /// Deactivate All.
    DeactivateAll,
    /// A round-trip time request on the message channel.
    RttRequest(u16),
}

/// Share control header of type 6, shareId and an empty sourceDescriptor (MS-RDPBCGR 2.2.3.1).
const DEACTIVATE_ALL: [u8; 13] = [13, 0, 0x16, 0, 0xEA, 3, 0xEA, 3, 1, 0, 1, 0, 0];

/// A channel above every one that a client can have announced.
const UNKNOWN_CHANNEL: u16 = 2000;

impl Answer {
    /// The message on the wire.
    pub(super) fn bytes(self, message_channel: u16) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::NegotiationFailure(code) => negotiation_failure(code),
            Self::TlsAlert(code) => vec![0x15, 3, 3, 0, 2, 2, code],
            Self::Status(code) => {
                TsRequest { version: 6, error_code: Some(code), ..TsRequest::default() }.encode()
            }
            Self::EarlyAuthorization(code) => code.to_le_bytes().to_vec(),
            Self::Ultimatum(reason) => tpkt(&[0x20 | reason >> 1, reason << 7]),
            Self::ConnectResult(result) => connect_result(result),
            Self::AttachUserResult(result) => tpkt(&[0x2C | result >> 3, result << 5]),
            Self::ChannelJoinResult(result) => {
                let [high, low] = IO_CHANNEL.to_be_bytes();
                tpkt(&[0x3C | result >> 3, result << 5, 0, 1, high, low])
            }
            Self::ErrorInfo(code) => send_data(IO_CHANNEL, &error_info(code)),
            Self::LicenseError(code, transition) => send_data(IO_CHANNEL, &license_error(code, transition)),
            Self::IoChannel(data) => send_data(IO_CHANNEL, data),
            Self::UnknownChannel(data) => send_data(UNKNOWN_CHANNEL, data),
            Self::MessageChannel(data) => send_data(message_channel, data),
            Self::ShareData(kind, content) => send_data(IO_CHANNEL, &share_data(kind, content)),
            Self::DeactivateAll => send_data(IO_CHANNEL, &DEACTIVATE_ALL),
            Self::RttRequest(sequence) => send_data(message_channel, &rtt_request(sequence)),
        }
    }
}

/// An MCS Send Data Indication from the server; the PER length takes one byte below 128.
pub(super) fn send_data(channel: u16, data: &[u8]) -> Vec<u8> {
    let mut pdu = vec![0x68];
    pdu.extend((SERVER_CHANNEL - 1001).to_be_bytes());
    pdu.extend(channel.to_be_bytes());
    pdu.push(0x70);
    let [high, low] = u16::try_from(data.len()).expect("the server sends small messages").to_be_bytes();
    match data.len() {
        0..0x80 => pdu.push(low),
        _ => pdu.extend([high | 0x80, low]),
    }
    pdu.extend(data);
    tpkt(&pdu)
}

/// An X.224 data TPDU in a TPKT.
pub(super) fn tpkt(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 7).expect("the server sends small messages");
    let [high, low] = length.to_be_bytes();
    [&[3, 0, high, low, 2, 0xF0, 0x80], data].concat()
}

fn negotiation_failure(code: u32) -> Vec<u8> {
    let mut pdu = vec![3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 3, 0, 8, 0];
    pdu.extend(code.to_le_bytes());
    pdu
}

/// Connect-Response with the domain parameters of MS-RDPBCGR 4.1.4.
fn connect_result(result: u8) -> Vec<u8> {
    let mut pdu = vec![0x7F, 0x66, 36, 0x0A, 1, result, 2, 1, 0, 0x30, 26];
    pdu.extend([2, 1, 34, 2, 1, 3, 2, 1, 0, 2, 1, 1, 2, 1, 0, 2, 1, 1, 2, 3, 0, 0xFF, 0xF8, 2, 1, 2]);
    pdu.extend([4, 0]);
    tpkt(&pdu)
}

/// errorInfo (MS-RDPBCGR 2.2.5.1.1).
pub(super) fn error_info(code: u32) -> Vec<u8> {
    share_data(0x2F, &code.to_le_bytes())
}

/// Share control and share data header, then the content (MS-RDPBCGR 2.2.8.1.1.1).
pub(super) fn share_data(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("the server sends small messages");
    let mut pdu = (length + 18).to_le_bytes().to_vec();
    pdu.extend([0x17, 0]);
    pdu.extend(SERVER_CHANNEL.to_le_bytes());
    pdu.extend(0x0001_03EA_u32.to_le_bytes());
    pdu.extend([0, 1]);
    pdu.extend((length + 4).to_le_bytes());
    pdu.extend([kind, 0, 0, 0]);
    pdu.extend(content);
    pdu
}

fn license_error(code: u32, transition: u32) -> Vec<u8> {
    let mut pdu = vec![0x80, 0, 0, 0, 0xFF, 3, 16, 0];
    pdu.extend(code.to_le_bytes());
    pdu.extend(transition.to_le_bytes());
    pdu.extend([4, 0, 0, 0]);
    pdu
}

/// Connect-time RTT Measure Request (MS-RDPBCGR 2.2.14.1.1).
pub(super) fn rtt_request(sequence: u16) -> Vec<u8> {
    let [low, high] = sequence.to_le_bytes();
    vec![0x00, 0x10, 0, 0, 6, 0, low, high, 0x01, 0x10]
}
