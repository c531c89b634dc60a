//! IronRDP's acceptor as it follows a connection sequence that another leads, until it can lead the activation itself.

use std::io;

use ironrdp_acceptor::Acceptor;
use ironrdp_connector::{Sequence as _, encode_x224_packet};
use ironrdp_core::WriteBuf;
use ironrdp_pdu::mcs::ConnectInitial;
use ironrdp_pdu::nego::SecurityProtocol;

use super::capabilities;
use super::connect_initial::with_skipped_joins;
use super::invented::DESKTOP;
use super::stream::malformed;
use crate::pdu::{Malformed, mcs};

/// An acceptor that knows these two and needs no channel joins.
pub(super) fn new(request: &[u8], initial: &ConnectInitial) -> io::Result<Acceptor> {
    let mut acceptor = Acceptor::new(SecurityProtocol::empty(), DESKTOP, capabilities::all(DESKTOP), None);
    step(&mut acceptor, request)?;
    let initial = with_skipped_joins(initial.clone())?;
    let mut pdu = WriteBuf::new();
    encode_x224_packet(&initial, &mut pdu).map_err(malformed)?;
    step(&mut acceptor, pdu.filled())?;
    Ok(acceptor)
}

/// Erect domain and attach user requests; what follows them is none of its business.
pub(super) fn domain_pdu(acceptor: &mut Acceptor, pdu: &[u8]) -> io::Result<()> {
    match acceptor.state().name() {
        "ChannelConnection" => step(acceptor, pdu),
        _ => Ok(()),
    }
}

/// A PDU with other user data.
pub(super) fn user_data(acceptor: &mut Acceptor, pdu: &[u8], user_data: Vec<u8>) -> io::Result<()> {
    let changed = mcs::with_user_data(pdu, |_| Ok::<_, Malformed>(user_data)).map_err(malformed)?;
    step(acceptor, &changed.ok_or_else(|| malformed("no user data"))?)
}

/// Takes a PDU of the client. What the acceptor would answer was said already, so it is dropped.
pub(super) fn step(acceptor: &mut Acceptor, pdu: &[u8]) -> io::Result<()> {
    let mut unsent = WriteBuf::new();
    acceptor.step(pdu, None, &mut unsent).map_err(malformed)?;
    while acceptor.next_pdu_hint().is_none() && acceptor.state().name() != "CapabilitiesSendServer" {
        acceptor.step(&[], None, &mut unsent).map_err(malformed)?;
    }
    Ok(())
}
