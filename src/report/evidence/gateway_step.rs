//! The steps to and through a gateway, and each without its evidence.

use super::gateway::GatewaySteps;
use crate::report::{Failure, Millis, PhaseRecord, Status, named::names};

names! {
    /// A step to and through a gateway.
    GatewayStep, b'_':
    /// The look-up of its name.
    Resolve,
    /// The connection to it.
    Connect,
    /// What a proxy on the way answers.
    Proxy,
    /// TLS with it.
    Tls,
    /// The first answer over HTTP.
    Http,
    /// The authentication in HTTP.
    Auth,
    /// HANDSHAKE_REQUEST.
    Handshake,
    /// TUNNEL_CREATE.
    Tunnel,
    /// TUNNEL_AUTH.
    Authorize,
    /// CHANNEL_CREATE, and the channel while it is open.
    Channel,
}

names! {
    /// What carries the packets of a gateway.
    GatewayTransport, b'_':
    /// One connection for both directions.
    Websocket,
    /// One connection for each direction.
    Http,
}

/// A step's record without its evidence.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StepSummary<'a> {
    /// Which it is.
    pub step: GatewayStep,
    /// How it ended.
    pub status: Status,
    /// Milliseconds it took.
    pub elapsed_ms: Millis,
    /// What ended it, when failed.
    pub failure: Option<&'a Failure>,
    /// Why we chose to end here, when stopped.
    pub stopped: Option<&'a str>,
}

impl GatewaySteps {
    /// The steps that were entered, in order.
    pub fn summaries(&self) -> Vec<StepSummary<'_>> {
        fn of<'a, E>(step: GatewayStep, record: Option<&'a PhaseRecord<E>>) -> Option<StepSummary<'a>> {
            record.map(|r| StepSummary {
                step,
                status: r.status,
                elapsed_ms: r.elapsed_ms,
                failure: r.failure.as_ref(),
                stopped: r.stopped.as_deref(),
            })
        }
        [
            of(GatewayStep::Resolve, self.resolve.as_ref()),
            of(GatewayStep::Connect, self.connect.as_ref()),
            of(GatewayStep::Proxy, self.proxy.as_ref()),
            of(GatewayStep::Tls, self.tls.as_ref()),
            of(GatewayStep::Http, self.http.as_ref()),
            of(GatewayStep::Auth, self.auth.as_ref()),
            of(GatewayStep::Handshake, self.handshake.as_ref()),
            of(GatewayStep::Tunnel, self.tunnel.as_ref()),
            of(GatewayStep::Authorize, self.authorize.as_ref()),
            of(GatewayStep::Channel, self.channel.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
