//! Standard RDP Security around a session that knows nothing of it: PDUs are sealed on their way out and opened on their way in
//! (MS-RDPBCGR 2.2.8.1.1.2, 2.2.9.1.2, 5.3.6).
//!
//! The demo leads such a connection itself as far as licensing. Behind this the session then runs in clear, as over
//! TLS.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, split};

use super::standard_keys::{Direction, Mac, ServerKeys};
use super::stream::{Stream, malformed, read_pdu, send};
use crate::pdu::license_frame::SEC_LICENSE_PKT;
use crate::pdu::mcs::{self, Mcs};
use crate::pdu::security::{SEC_ENCRYPT, SEC_SECURE_CHECKSUM};
use crate::pdu::share::{self, IoPdu};
use crate::pdu::{Malformed, Reader};

/// Flags under which a client's PDU keeps its header: SEC_TRANSPORT_RSP, SEC_INFO_PKT, SEC_LICENSE_PKT, SEC_AUTODETECT_RSP.
const NAMED_BY_HEADER: u16 = 0x0004 | 0x0040 | SEC_LICENSE_PKT | 0x2000;
/// FASTPATH_OUTPUT_ENCRYPTED and FASTPATH_OUTPUT_SECURE_CHECKSUM.
const FAST_PATH_SEALED: u8 = 0x80 | 0x40;

/// What is done to the PDUs of a session.
pub(super) struct Sealing {
    /// None where the method is 0.
    pub keys: Option<ServerKeys>,
    /// At level low the server's PDUs are not encrypted, but have a header.
    pub level_low: bool,
    /// The MCS channel of PDUs that have a header anyway.
    pub message_channel: u16,
    /// The MACs of the fast path are damaged.
    pub wrong_mac: bool,
}

/// Carries PDUs between the client and a session in clear until one of them ends.
pub(super) async fn relay(
    stream: &mut dyn Stream,
    session: DuplexStream,
    sealing: Sealing,
) -> io::Result<()> {
    let (from_client, to_client) = split(stream);
    let (from_session, to_session) = split(session);
    let Sealing { keys, level_low, message_channel, wrong_mac } = sealing;
    let (opening, sealing) = keys.map(|keys| (keys.from_client, keys.to_client)).unzip();
    let outward = Outward { keys: sealing, level_low, message_channel, wrong_mac };
    tokio::select! {
        ended = inward(from_client, to_session, opening) => ended,
        ended = outward.relay(from_session, to_client) => ended,
    }
}

async fn inward(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut keys: Option<Direction>,
) -> io::Result<()> {
    loop {
        let pdu = read_pdu(&mut from).await?;
        let opened = match &mut keys {
            Some(keys) => open(keys, &pdu).map_err(malformed)?,
            None => pdu,
        };
        send(&mut to, &opened).await?;
    }
}

/// A client's PDU as it would be under TLS. A license PDU may be encrypted or not: FreeRDP does it without an invitation.
fn open(keys: &mut Direction, pdu: &[u8]) -> Result<Vec<u8>, Malformed> {
    let opened = mcs::with_user_data(pdu, |user_data| {
        let mut reader = Reader::new(user_data);
        let (flags, _flags_hi) = (reader.u16()?, reader.u16()?);
        let data = match flags & (SEC_ENCRYPT | SEC_LICENSE_PKT) {
            0 => return Err(Malformed::new("a PDU that is not encrypted")),
            SEC_LICENSE_PKT => reader.rest().to_vec(),
            _ => keys
                .decrypt(reader.rest(), Mac::announced(flags, SEC_SECURE_CHECKSUM))
                .ok_or_else(|| Malformed::new("a wrong MAC"))?,
        };
        let named = u32::from(flags & NAMED_BY_HEADER);
        Ok(if named == 0 { data } else { [&named.to_le_bytes()[..], &data].concat() })
    });
    Ok(opened?.unwrap_or_else(|| pdu.to_vec()))
}

struct Outward {
    keys: Option<Direction>,
    level_low: bool,
    message_channel: u16,
    wrong_mac: bool,
}

impl Outward {
    async fn relay(
        mut self,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
    ) -> io::Result<()> {
        loop {
            let pdu = read_pdu(&mut from).await?;
            send(&mut to, &self.seal(pdu).map_err(malformed)?).await?;
        }
    }

    fn seal(&mut self, pdu: Vec<u8>) -> Result<Vec<u8>, Malformed> {
        let Some(keys) = &mut self.keys else { return Ok(pdu) };
        let Ok(Mcs::Data { channel, user_data }) = mcs::read(&pdu) else {
            return match (pdu.as_slice(), self.level_low) {
                ([3, ..], _) | (_, true) => Ok(pdu),
                (fast_path, false) => seal_fast_path(keys, fast_path, self.wrong_mac),
            };
        };
        let is_license = share::io_pdu(user_data) == IoPdu::License;
        let headed = match channel == self.message_channel || is_license {
            true => user_data.to_vec(),
            false => [&[0; 4], user_data].concat(),
        };
        if self.level_low || is_license {
            return Ok(mcs::with_user_data(&pdu, |_| Ok::<_, Malformed>(headed))?.unwrap_or(pdu));
        }
        let (header, data) = headed.split_at(4);
        let flags = u16::from_le_bytes([header[0], header[1]]) | SEC_ENCRYPT;
        let sealed = [&u32::from(flags).to_le_bytes()[..], &keys.encrypt(data, Mac::Plain)].concat();
        Ok(mcs::with_user_data(&pdu, |_| Ok::<_, Malformed>(sealed))?.unwrap_or(pdu))
    }
}

/// On the fast path the MAC is salted, so that traces meet both.
fn seal_fast_path(keys: &mut Direction, pdu: &[u8], wrong_mac: bool) -> Result<Vec<u8>, Malformed> {
    let mut reader = Reader::new(pdu);
    let (header, _length) = (reader.u8()?, reader.per_length()?);
    let mut sealed = keys.encrypt(reader.rest(), Mac::Salted);
    if wrong_mac {
        sealed[0] ^= 0xFF;
    }
    let length = u16::try_from(sealed.len() + 3).expect("the server sends small updates") | 0x8000;
    Ok([&[header | FAST_PATH_SEALED][..], &length.to_be_bytes(), &sealed].concat())
}
