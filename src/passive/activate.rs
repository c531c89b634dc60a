//! Capabilities exchange and finalization (MS-RDPBCGR 1.3.1.1), up to the server's Font Map.

use super::{
    client,
    mcs::Channels,
    standard::Sealed,
    talk::{Halt, Passing, Talk},
};
use crate::{
    flow::Side,
    net::Framing,
    pdu::{
        mcs::{self, Mcs},
        share::{self, IoPdu},
        x224::TPKT_VERSION,
    },
    phase::{
        activate::{self, count},
        ending, redirect,
    },
    report::ActivateEvidence,
};

/// Reads what the server says until its Font Map.
pub(super) fn run(
    talk: &mut Talk<'_>,
    channels: Channels,
    sealed: Option<Sealed>,
    evidence: &mut ActivateEvidence,
) -> Passing<()> {
    if let Some(sealed) = sealed {
        return Err(Halt::Unseen(sealed.to_string()));
    }
    let (mut demanded, mut confirmed) = (false, false);
    loop {
        match talk.next() {
            Some(Side::Client) => {
                let frame = talk.take_secret(Side::Client, Framing::TpktOrFastPath)?;
                if let Some((_, user_data)) = mcs::sent(&frame) {
                    client::confirmed(&mut talk.offered, user_data);
                    confirmed = demanded;
                }
            }
            Some(Side::Server) => {
                let frame = talk.take(Side::Server, Framing::TpktOrFastPath)?;
                if frame.first() != Some(&TPKT_VERSION) {
                    count(&mut evidence.fast_path_pdus);
                } else if server(&frame, channels, &mut demanded, evidence)? {
                    return Ok(());
                }
            }
            // Whatever else the server has said, none of it is what is awaited.
            None => {
                let owes = if demanded && !confirmed { Side::Client } else { Side::Server };
                return Err(talk.missing(owes, 0));
            }
        }
    }
}

/// Whether the phase ends with this frame.
fn server(
    frame: &[u8],
    channels: Channels,
    demanded: &mut bool,
    evidence: &mut ActivateEvidence,
) -> Passing<bool> {
    let Mcs::Data { channel, user_data } = ending::read(frame)? else { return Ok(false) };
    if Some(channel) == channels.message {
        activate::noted(user_data, evidence);
        return Ok(false);
    }
    if Some(channel) != channels.io {
        count(&mut evidence.ignored_pdus);
        return Ok(false);
    }
    let mut rest = user_data;
    while !rest.is_empty() {
        let (pdu, after) = share::first(rest);
        rest = after;
        match share::session_pdu(pdu) {
            IoPdu::DemandActive => {
                activate::demanded(pdu, evidence)?;
                *demanded = true;
            }
            IoPdu::DeactivateAll => {
                *demanded = false;
                activate::deactivated(evidence)?;
            }
            IoPdu::SetErrorInfo { code } if code != 0 => return Err(ending::error_info(code).into()),
            IoPdu::Redirection => {
                if let Some(why) = redirect::take(pdu, &mut evidence.redirection)? {
                    return Err(Halt::Stopped(why));
                }
            }
            IoPdu::ShareData { kind } => {
                activate::note_share_data(kind, pdu, evidence);
                if kind == share::FONT_MAP && *demanded {
                    return Ok(true);
                }
            }
            _ => count(&mut evidence.ignored_pdus),
        }
    }
    Ok(false)
}
