//! The channel through an RD Gateway as a stream (MS-TSGU 3.3.5): what the gateway says beside the data is noted.

use std::{
    error, fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{codec::Codec, failure};
use crate::{
    codes::GATEWAY_STATUS,
    pdu::tsgu::{self, Packet, close_channel, data, keepalive, packet_length},
    report::{Failure, FailureKind, Speaker},
};

/// ERROR_BAD_ARGUMENTS in a CLOSE_CHANNEL: the server closed its connection to the gateway (MS-TSGU 3.2.6.3.2).
pub(crate) const CLOSED_BY_SERVER: u32 = 0xA0;

/// More texts tell no more.
const MOST_MESSAGES: usize = 16;

/// What a gateway says beside the data.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// The texts of SERVICE_MESSAGE packets, the first 16.
    pub service_messages: Vec<String>,
    /// KEEPALIVE packets, each of which was answered.
    pub keepalives: u64,
    /// Whether the gateway asked to authenticate again, which is not done.
    pub reauthentication: bool,
    /// The status of the gateway's CLOSE_CHANNEL.
    pub close_status: Option<u32>,
    /// Packets of other types, which were passed over.
    pub others: u64,
}

impl Remarks {
    /// Notes a packet that carries no data; the answer that it deserves.
    pub fn note(&mut self, packet: &Packet) -> Option<Vec<u8>> {
        match packet.kind {
            tsgu::SERVICE_MESSAGE if self.service_messages.len() < MOST_MESSAGES => {
                self.service_messages.extend(tsgu::text(&packet.body));
            }
            tsgu::SERVICE_MESSAGE => {}
            tsgu::REAUTH_MESSAGE => self.reauthentication = true,
            tsgu::KEEPALIVE => {
                self.keepalives += 1;
                return Some(keepalive());
            }
            _ => self.others += 1,
        }
        None
    }
}

/// Remarks that the stream goes on writing.
pub(crate) type SharedRemarks = Arc<Mutex<Remarks>>;

/// What is there, whoever panicked while holding it.
pub(crate) fn remarks(shared: &SharedRemarks) -> MutexGuard<'_, Remarks> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The end of a stream that has a reason; an I/O error carries it.
#[derive(Debug)]
pub(super) struct Ended(pub Failure);

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl error::Error for Ended {}

/// A code of the gateway as a failure: `what` it did, and what the table says of the number.
pub(crate) fn gateway_error(what: &str, code: u32) -> Failure {
    let row = GATEWAY_STATUS.find(code).or_else(|| GATEWAY_STATUS.find(other_form(code)?));
    let meaning = row.as_ref().map_or("no table knows it", |row| row.meaning);
    let symbol = row.as_ref().map(|row| row.symbol).filter(|symbol| !symbol.is_empty());
    Failure::new(FailureKind::GatewayError, format!("{what} with {code:#X}: {meaning}"))
        .with_code(code, symbol)
}

/// The same Win32 error as an HRESULT, or the other way round (MS-TSGU 2.2.6).
fn other_form(code: u32) -> Option<u32> {
    match code >> 16 {
        0 => Some(code | 0x8007_0000),
        0x8007 => Some(code & 0xFFFF),
        _ => None,
    }
}

/// The codec of the channel.
pub(super) struct Tunnel {
    remarks: SharedRemarks,
    closed: bool,
}

impl Tunnel {
    /// A channel that was just opened.
    pub(super) fn new(remarks: SharedRemarks) -> Self {
        Self { remarks, closed: false }
    }

    fn closing(&mut self, body: &[u8]) -> io::Result<bool> {
        self.closed = true;
        let status = tsgu::status(body).unwrap_or_default();
        remarks(&self.remarks).close_status = Some(status);
        match status {
            0 | CLOSED_BY_SERVER => Ok(true),
            other => Err(ended(gateway_error("the gateway closed the channel", other))),
        }
    }
}

impl Codec for Tunnel {
    fn decode(
        &mut self,
        incoming: &mut Vec<u8>,
        content: &mut Vec<u8>,
        reply: &mut Vec<u8>,
    ) -> io::Result<bool> {
        loop {
            let length = packet_length(incoming).map_err(|error| ended(malformed(&error.0, incoming)))?;
            let Some(length) = length.filter(|length| incoming.len() >= *length) else { return Ok(false) };
            let rest = incoming.split_off(length);
            let bytes = std::mem::replace(incoming, rest);
            let packet = Packet::parse(&bytes).map_err(|error| ended(malformed(&error.0, &bytes)))?;
            match packet.kind {
                tsgu::DATA => match carried(&packet.body) {
                    Some(bytes) => content.extend_from_slice(bytes),
                    None => {
                        let why = "a DATA packet shorter than what it carries";
                        return Err(ended(malformed(why, &bytes)));
                    }
                },
                tsgu::CLOSE_CHANNEL | tsgu::CLOSE_CHANNEL_RESPONSE => return self.closing(&packet.body),
                _ => reply.extend(remarks(&self.remarks).note(&packet).unwrap_or_default()),
            }
        }
    }

    fn encode(&mut self, bytes: &[u8], outgoing: &mut Vec<u8>) -> usize {
        outgoing.extend(data(bytes));
        bytes.len().min(tsgu::MOST_DATA)
    }

    fn farewell(&mut self, outgoing: &mut Vec<u8>) {
        if !self.closed {
            outgoing.extend(close_channel(0));
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let detail = "the gateway closed its connection without closing the channel";
        Err(ended(Failure::new(FailureKind::GatewayError, detail)))
    }

    fn broken(&mut self, error: io::Error) -> io::Error {
        let below = failure::broken(Speaker::Gateway, &error, 0);
        let detail = format!("the connection to the gateway broke: {}", below.detail);
        ended(Failure::new(FailureKind::GatewayError, detail))
    }
}

/// The bytes that a DATA packet says it carries; none when it holds fewer.
pub(crate) fn carried(body: &[u8]) -> Option<&[u8]> {
    let (length, bytes) = body.split_first_chunk()?;
    bytes.get(..usize::from(u16::from_le_bytes(*length)))
}

/// The bytes tell it from a connection that is lost.
fn malformed(why: &str, bytes: &[u8]) -> Failure {
    Failure::new(FailureKind::GatewayError, format!("what the gateway sends cannot be taken: {why}"))
        .with_received(bytes)
}

fn ended(failure: Failure) -> io::Error {
    io::Error::other(Ended(failure.of(Speaker::Gateway)))
}
