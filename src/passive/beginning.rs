//! Whether a connection can be one of Remote Desktop, as its first bytes say, on whatever port.

use crate::{
    endpoint::DEFAULT_PORT,
    flow::Flow,
    pdu::{connection_request::ConnectionRequest, peer, preconnection},
    report::{Connection, Status},
};

/// Bytes after which it can be told.
const ENOUGH: usize = 11;

/// What a connection begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// An X.224 Connection Request.
    Rdp,
    /// TLS: an RD Gateway, or a server that begins with it.
    Tls,
    /// Something that leads on to either: a proxy, or a pre-connection PDU.
    Leading,
    /// Something else.
    Other,
}

/// What these first bytes of a client begin; none if more are needed.
pub fn beginning(bytes: &[u8]) -> Option<Beginning> {
    let first = *bytes.first()?;
    match first {
        3 if bytes.len() < ENOUGH => None,
        3 => Some(request(bytes)),
        22 if bytes.len() < 6 => None,
        22 if peer::begins_record(bytes) => Some(Beginning::Tls),
        5 if bytes.len() >= 2 && usize::from(bytes[1]) + 2 >= bytes.len() => Some(Beginning::Leading),
        b'C' if bytes.len() < 8 => {
            b"CONNECT ".starts_with(bytes).then_some(()).map_or(Some(Beginning::Other), |()| None)
        }
        b'C' if bytes.starts_with(b"CONNECT ") => Some(Beginning::Leading),
        _ if bytes.len() < 12 => None,
        _ if preconnection::length(bytes).is_some() => Some(Beginning::Leading),
        _ => Some(Beginning::Other),
    }
}

/// A length that does not fit its frame is still a request: that is what makes it worth to be shown.
fn request(bytes: &[u8]) -> Beginning {
    match ConnectionRequest::read(bytes) {
        Ok(_) => Beginning::Rdp,
        Err(_) => Beginning::Other,
    }
}

/// Whether a connection is to be kept, by what its client and its server sent first; none if more has to be seen.
pub fn is_wanted(client: &[u8], server: &[u8]) -> Option<bool> {
    match (client, server) {
        ([], []) => None,
        // One direction alone may be in the record: a Connection Confirm, or the answer to a ClientHello.
        ([], server) => Some(matches!(server, [3, 0, ..] | [22, 3, ..])),
        (client, _) => beginning(client).map(|beginning| beginning != Beginning::Other),
    }
}

/// Whether it is one of Remote Desktop, once it was read: TLS on another port may be anything.
pub fn is_relevant(flow: &Flow, connection: &Connection) -> bool {
    let phases = &connection.phases;
    let inside =
        phases.gateway.is_some() || phases.mcs.as_ref().is_some_and(|mcs| mcs.status != Status::Unseen);
    let begins = match beginning(&flow.from_client.bytes) {
        Some(Beginning::Rdp | Beginning::Leading) => true,
        Some(Beginning::Tls) => inside,
        _ => flow.from_server.bytes.starts_with(&[3, 0]),
    };
    flow.server.port() == DEFAULT_PORT || begins
}
