//! Whether a connection can be one of Remote Desktop, as its first bytes say, on whatever port.

use super::proxy;
use crate::{
    endpoint::DEFAULT_PORT,
    flow::Flow,
    pdu::{connection_request::ConnectionRequest, peer, preconnection},
    report::{Connection, Status},
};

/// Bytes after which it can be told.
const ENOUGH: usize = 11;
/// A server that says more before its client says anything sends no greeting.
const LONGEST_GREETING: usize = 1024;

/// What a connection begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// An X.224 Connection Request.
    Rdp,
    /// TLS: an RD Gateway, or a server that begins with it.
    Tls,
    /// A request to a proxy, which leads on to either.
    Proxy,
    /// A pre-connection PDU.
    Preconnection,
    /// Something else.
    Other,
}

/// What these first bytes of a client begin; none if more are needed.
pub fn beginning(bytes: &[u8]) -> Option<Beginning> {
    match *bytes.first()? {
        3 if bytes.len() < ENOUGH => None,
        3 => Some(request(bytes)),
        22 if bytes.len() < 6 => None,
        22 if peer::begins_record(bytes) => Some(Beginning::Tls),
        _ if preconnection::length(bytes).is_some() => Some(Beginning::Preconnection),
        _ => match proxy::kind(bytes) {
            Ok(kind) => kind.map(|_| Beginning::Proxy),
            Err(_) => (bytes.len() >= 12).then_some(Beginning::Other),
        },
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
        ([], [3, 0, ..] | [22, 3, ..]) => Some(true),
        // Whoever greets, as SSH does, may greet a client of Remote Desktop.
        ([], greeting) => (greeting.len() > LONGEST_GREETING).then_some(false),
        (client, _) => beginning(client).map(|beginning| beginning != Beginning::Other),
    }
}

/// Whether it is one of Remote Desktop, once it was read: TLS on another port may be anything, and so may be what a proxy leads to.
pub fn is_relevant(flow: &Flow, connection: &Connection) -> bool {
    let phases = &connection.phases;
    let steps = phases.gateway.as_ref().map(|gateway| &gateway.evidence.steps);
    // TLS is a step of a gateway only where the client asked for one inside.
    let gateway = steps.is_some_and(|steps| steps.http.is_some() || steps.tls.is_some());
    let inside = gateway || phases.mcs.as_ref().is_some_and(|mcs| mcs.status != Status::Unseen);
    let client = &flow.from_client.bytes;
    // The Connection Confirm, whatever it answers.
    let is_answered = flow.from_server.bytes.starts_with(&[3, 0]);
    let begins = match beginning(client) {
        Some(Beginning::Rdp | Beginning::Preconnection) => true,
        Some(Beginning::Tls) => inside || is_answered,
        Some(Beginning::Proxy) => {
            let requests = connection.client.as_ref().is_some_and(|client| client.request.is_some());
            inside || requests || proxy::is_for_remote_desktop(client, connection)
        }
        _ => is_answered,
    };
    flow.server.port() == DEFAULT_PORT || begins || !connection.purpose.is_traced()
}
