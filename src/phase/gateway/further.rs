//! What is asked of who refuses the first request: whether another method is let through, and whether RPC over HTTP is there.

use super::{
    Access,
    exchange::{PATH, Reply, Session, answer},
    transport,
};
use crate::{
    net::{Network, Wire},
    pdu::http::Request,
    report::GatewayHttp,
};

/// RPC over HTTP of older gateways (MS-TSGU 3.6), asked for where the HTTP transport is not.
const LEGACY_PATH: &str = "/rpc/rpcproxy.dll?localhost:3388";
/// The answers after which FreeRDP and mstsc try it.
const LEGACY_AFTER: [u16; 3] = [403, 404, 410];
/// The answers of who knows no such method.
const FILTERS: [u16; 3] = [403, 405, 501];

/// Asks without credentials, once for each question, on this connection where it goes on and else on another.
pub(super) async fn ask(
    network: &dyn Network,
    wire: &mut Wire,
    access: &Access<'_>,
    session: &Session,
    refused: &Reply,
    evidence: &mut GatewayHttp,
) {
    let status = refused.head.status;
    let mut asking = Asking { network, access, session, wire, keeps: refused.keeps_alive };
    if FILTERS.contains(&status) {
        let request = Request::new("GET", PATH).header("Accept", "*/*");
        evidence.get_status = asking.status("GET", request).await;
    }
    if LEGACY_AFTER.contains(&status) {
        let request = Request::new("RPC_OUT_DATA", LEGACY_PATH)
            .header("Accept", "application/rpc")
            .header("User-Agent", "MSRPC")
            .header("Content-Length", "0");
        evidence.legacy_rpc_status = asking.status("RPC_OUT_DATA", request).await;
    }
}

struct Asking<'a> {
    network: &'a dyn Network,
    access: &'a Access<'a>,
    session: &'a Session,
    wire: &'a mut Wire,
    keeps: bool,
}

impl Asking<'_> {
    async fn status(&mut self, method: &str, request: Request) -> Option<u16> {
        if !self.keeps {
            *self.wire = transport::connect(self.network, self.access, self.session).await.ok()?.0;
        }
        let request = request.header("Host", &self.session.host);
        self.wire.send(&request.into_bytes()).await.ok()?;
        let reply = answer(self.wire, method).await.ok()?;
        self.keeps = reply.keeps_alive;
        Some(reply.head.status)
    }
}
