//! The steps to and through a gateway, and each without its evidence.

use super::gateway::GatewaySteps;
use crate::report::{Failure, Millis, PhaseRecord, Status};

/// A step to and through a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayStep {
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

impl GatewayStep {
    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Auth => "auth",
            Self::Handshake => "handshake",
            Self::Tunnel => "tunnel",
            Self::Authorize => "authorize",
            Self::Channel => "channel",
        }
    }
}

/// A step's record without its evidence.
#[derive(Clone, Copy, Debug)]
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
