//! Secure settings exchange, connect-time auto-detect and licensing (MS-RDPBCGR 1.3.1.1, MS-RDPELE).

use zeroize::Zeroizing;

use super::{
    Known, client,
    mcs::{Channels, Joined},
    standard::{self, Sealed},
    talk::{Halt, Passing, Talk},
};
use crate::{
    flow::Side,
    net::Framing,
    pdu::{
        license::LicensePdu,
        mcs::{self, Mcs},
        security::SEC_ENCRYPT,
        share::{self, IoPdu},
    },
    phase::{activate::count, ending, licensing, redirect},
    report::{LicensingEvidence, LicensingOutcome},
};

/// Reads what the server says of licensing, until it says that there is a license or goes on without one; what Standard RDP
/// Security still encrypts then.
pub(super) fn run(
    talk: &mut Talk<'_>,
    joined: &Joined,
    known: &Known<'_>,
    evidence: &mut LicensingEvidence,
) -> Passing<Option<Sealed>> {
    // Client Info, and before it the keys of Standard RDP Security.
    let first = client(talk)?;
    let sealed = joined.security.as_ref().and_then(|data| standard::open(talk, &first, data, known).err());
    let channels = joined.channels;
    // Client Info comes behind the keys.
    let mut owes = if joined.security.is_some() { Side::Client } else { Side::Server };
    loop {
        match talk.next() {
            Some(Side::Client) => {
                client(talk)?;
                owes = Side::Server;
            }
            Some(Side::Server) => {
                if begins_activation(talk.server.rest(), channels, sealed.is_some()) {
                    return Ok(sealed);
                }
                let frame = talk.take(Side::Server, Framing::Tpkt)?;
                if server(&frame, channels, evidence)? {
                    return Ok(sealed);
                }
            }
            // Whatever the server has said, none of it is what is awaited.
            None => return Err(talk.missing(owes, 0)),
        }
    }
}

/// A message of the client, which may hold a password: only what it offers is kept.
fn client(talk: &mut Talk<'_>) -> Passing<Zeroizing<Vec<u8>>> {
    let frame = Zeroizing::new(talk.take_secret(Side::Client, Framing::TpktOrFastPath)?);
    if let Some((_, user_data)) = mcs::sent(&frame) {
        client::informed(&mut talk.offered, user_data);
    }
    Ok(frame)
}

/// Whether the next frame is a Demand Active, or encrypted: some servers know no licensing.
fn begins_activation(bytes: &[u8], channels: Channels, is_sealed: bool) -> bool {
    let length = Framing::Tpkt.length(bytes).ok().flatten().unwrap_or_default();
    let Ok(Mcs::Data { channel, user_data }) = mcs::read(bytes.get(..length).unwrap_or_default()) else {
        return false;
    };
    let is_sealed = is_sealed
        && user_data.first_chunk::<2>().is_some_and(|flags| u16::from_le_bytes(*flags) & SEC_ENCRYPT != 0);
    Some(channel) == channels.io && (is_sealed || share::io_pdu(user_data) == IoPdu::DemandActive)
}

/// Whether the phase ends with this frame.
fn server(frame: &[u8], channels: Channels, evidence: &mut LicensingEvidence) -> Passing<bool> {
    let Mcs::Data { channel, user_data } = ending::read(frame)? else { return Ok(false) };
    if Some(channel) == channels.message {
        licensing::noted(user_data, evidence);
        return Ok(false);
    }
    match share::io_pdu(user_data) {
        IoPdu::License if Some(channel) == channels.io => license(user_data, evidence),
        IoPdu::Redirection => match redirect::take(user_data, &mut evidence.redirection)? {
            Some(why) => Err(Halt::Stopped(why)),
            None => Ok(false),
        },
        _ => {
            count(&mut evidence.ignored_pdus);
            Ok(false)
        }
    }
}

fn license(user_data: &[u8], evidence: &mut LicensingEvidence) -> Passing<bool> {
    match licensing::read_pdu(user_data, evidence)? {
        LicensePdu::NewLicense(_) => evidence.outcome = Some(LicensingOutcome::NewLicense),
        LicensePdu::UpgradeLicense(_) => evidence.outcome = Some(LicensingOutcome::Upgrade),
        LicensePdu::ErrorAlert(_) => {}
        _ => return Ok(false),
    }
    Ok(true)
}
