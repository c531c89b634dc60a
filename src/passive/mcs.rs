//! Basic settings exchange and channel connection (MS-RDPBCGR 1.3.1.1).

use super::{
    client,
    talk::{Halt, Passing, Talk},
};
use crate::{
    flow::Side,
    net::Framing,
    pdu::{connect_response::SecurityData, mcs, x224},
    phase::mcs::{confirmed, responded},
    report::McsEvidence,
};

/// The first byte of Connect Initial, an application tag of BER.
const APPLICATION: u8 = 0x7F;

/// The channels that the phases after it listen to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Channels {
    pub io: Option<u16>,
    pub message: Option<u16>,
}

/// What a server has agreed to.
pub(super) struct Joined {
    pub channels: Channels,
    /// What Standard RDP Security encrypts with; none if it encrypts nothing.
    pub security: Option<SecurityData>,
}

/// ErectDomainRequest, the second choice of DomainMCSPDU (T.125 section 7).
const ERECT_DOMAIN: u8 = 1 << 2;

/// Reads the settings and the channel connection, up to what the client sends on a channel.
pub(super) fn run(talk: &mut Talk<'_>, evidence: &mut McsEvidence) -> Passing<Joined> {
    let initial = talk.take(Side::Client, Framing::Tpkt)?;
    let payload = x224::data(&initial).unwrap_or_default();
    if payload.first() != Some(&APPLICATION) {
        return Err(Halt::Unseen("no MCS Connect Initial stands where it belongs".to_owned()));
    }
    client::settled(&mut talk.offered, payload);
    let offered = talk.offered.settings.as_ref().and_then(|settings| settings.encryption_methods);
    evidence.encryption_methods_requested = offered.filter(|_| !talk.tls);
    let frame = talk.take(Side::Server, Framing::TpktAfterCredssp)?;
    let response = responded(&frame, evidence)?;
    let security = response.security.filter(|security| security.method != 0);
    let mut attaches = false;
    loop {
        match talk.next() {
            Some(Side::Client) => {
                if is_data(talk.client.rest()) {
                    break;
                }
                let frame = talk.take(Side::Client, Framing::Tpkt)?;
                attaches |= !x224::data(&frame).is_ok_and(|pdu| pdu.first() == Some(&ERECT_DOMAIN));
            }
            Some(Side::Server) => {
                let frame = talk.take(Side::Server, Framing::Tpkt)?;
                confirmed(&frame)?;
            }
            None => {
                // Nothing answers an Erect Domain Request; the client goes on with an Attach User Request.
                let owes = if attaches { talk.owes() } else { Side::Client };
                return Err(talk.missing(owes, 0));
            }
        }
    }
    let channels = Channels { io: response.io_channel, message: response.message_channel };
    Ok(Joined { channels, security })
}

/// Whether a Send Data Request begins here, with which the client goes on to Client Info.
fn is_data(bytes: &[u8]) -> bool {
    let length = Framing::Tpkt.length(bytes).ok().flatten().unwrap_or_default();
    let frame = bytes.get(..length).unwrap_or_default();
    x224::data(frame).is_ok_and(mcs::is_send_data_request)
}
