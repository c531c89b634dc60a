//! The ways that a trace can take in virtual time with a fixed delay, and the round trips that each phase or step took,
//! next to the fewest that the protocol allows.

#[path = "distant.rs"]
mod distant;

use std::sync::atomic::Ordering::SeqCst;

use rdptrace::{
    Endpoint, Report, Settings, Target, Tracer,
    codes::Phase,
    internal::demo,
    settings::{Account, Anchors, Gateway, GatewayAuthentication, Proxy, ProxyKind, Security},
};

pub(crate) use distant::DELAY;
use distant::{Distant, Way as Through};

/// The fewest round trips of the server's phases. NEGOTIATE and CHALLENGE, AUTHENTICATE and pubKeyAuth, credentials and early
/// authorization are CredSSP; of MCS the joins are skipped; our Finished of TLS 1.3 goes with what follows.
const PHASES: &[(&str, u32)] =
    &[("connect", 1), ("negotiate", 1), ("tls", 1), ("credssp", 3), ("mcs", 2), ("licensing", 1)];
/// TCP, CONNECT and its answer.
const HTTP_PROXY: &[(&str, u32)] = &[("connect", 2)];
/// TCP, the methods, the request.
const SOCKS_PROXY: &[(&str, u32)] = &[("connect", 3)];
/// The steps of a gateway but for `auth`. The request without credentials could be left out.
const GATEWAY: &[(&str, u32)] = &[
    ("gateway connect", 1),
    ("gateway tls", 1),
    ("gateway http", 0),
    ("gateway handshake", 1),
    ("gateway tunnel", 1),
    ("gateway authorize", 1),
    ("gateway channel", 1),
];
const NTLM: &[(&str, u32)] = &[("gateway auth", 2)];
const BASIC: &[(&str, u32)] = &[("gateway auth", 1)];
const UDP: &[(&str, u32)] = &[("udp", 1)];

/// One way to trace.
pub(crate) struct Way {
    /// What it is called.
    pub name: &'static str,
    through: Through,
    settings: fn(Settings) -> Settings,
    /// What is not as in [`GATEWAY`] and [`PHASES`], which come behind it.
    minimum: &'static [(&'static str, u32)],
}

/// Every way, the plain ones first.
pub(crate) const WAYS: &[Way] = &[
    Way { name: "with NLA", through: Through::Nothing, settings: |plain| plain, minimum: &[] },
    Way { name: "TLS only", through: Through::Nothing, settings: tls, minimum: &[] },
    Way { name: "with NLA, and UDP", through: Through::Nothing, settings: udp, minimum: UDP },
    Way { name: "TLS only, one hop", through: Through::Broker, settings: hop, minimum: &[] },
    Way { name: "HTTP proxy", through: Through::HttpProxy, settings: http, minimum: HTTP_PROXY },
    Way { name: "SOCKS5 proxy", through: Through::SocksProxy, settings: socks, minimum: SOCKS_PROXY },
    Way { name: "gateway, WebSocket, NTLM", through: Through::Gateway, settings: ntlm, minimum: NTLM },
    Way { name: "gateway, WebSocket, Basic", through: Through::Gateway, settings: basic, minimum: BASIC },
    Way { name: "gateway, HTTP twice, Basic", through: Through::Stripped, settings: basic, minimum: BASIC },
];

/// What a way took.
pub(crate) struct Measured {
    /// Every phase and step that was entered, in order.
    pub rows: Vec<Row>,
    /// TCP connections that were opened.
    pub connections: usize,
}

/// One phase or step.
pub(crate) struct Row {
    /// The phase, or the step behind the word `gateway`; those of a hop behind `hop`.
    pub name: String,
    /// Round trips.
    pub trips: f64,
    /// The fewest that the protocol allows.
    pub minimum: u32,
}

impl Measured {
    /// Round trips in all.
    pub(crate) fn trips(&self) -> f64 {
        self.rows.iter().map(|row| row.trips).sum()
    }

    /// The fewest in all.
    pub(crate) fn minimum(&self) -> u32 {
        self.rows.iter().map(|row| row.minimum).sum()
    }
}

impl Way {
    /// Traces the demo server on this way, down to licensing.
    pub(crate) async fn measure(&self) -> Measured {
        let network = Distant::new(self.through);
        let plain = Settings::default()
            .account(Some(account()))
            .until(Some(Phase::Licensing))
            .anchors(Anchors::only(vec![network.certificate()]));
        let target: Target = demo::DNS_COMPUTER.parse().expect("a target");
        let report = Tracer::new(&target, &(self.settings)(plain), &network).run().await;
        let rows = spent(&report).into_iter().map(|(name, ms)| self.row(name, ms)).collect();
        Measured { rows, connections: network.opened.load(SeqCst) }
    }

    fn row(&self, name: String, ms: f64) -> Row {
        let phase = name.strip_prefix("hop ").unwrap_or(&name);
        let mut known = self.minimum.iter().chain(GATEWAY).chain(PHASES);
        let minimum = known.find(|(known, _)| *known == phase).map_or(0, |(_, minimum)| *minimum);
        Row { trips: ms / (2000.0 * DELAY.as_secs_f64()), name, minimum }
    }
}

/// Milliseconds by phase or step, without the names that were looked up.
fn spent(report: &Report) -> Vec<(String, f64)> {
    let mut spent = Vec::new();
    for made in report.trace.traced() {
        let hop = if made.hop.is_some() { "hop " } else { "" };
        if let Some(gateway) = &made.phases.gateway {
            let steps = gateway.evidence.steps.summaries();
            spent.extend(
                steps.iter().map(|step| (format!("gateway {}", step.step.as_str()), step.elapsed_ms.0)),
            );
        }
        let phases = made.phases.summaries();
        let phases = phases.iter().filter(|summary| summary.phase != Phase::Gateway);
        spent.extend(phases.map(|summary| (format!("{hop}{}", summary.phase.name()), summary.elapsed_ms.0)));
    }
    spent.extend(report.trace.udp.as_ref().map(|udp| ("udp".to_owned(), udp.elapsed_ms.0)));
    spent.retain(|(name, _)| !name.ends_with("resolve"));
    spent
}

fn account() -> Account {
    Account::new(demo::USER, demo::PASSWORD)
}

fn tls(plain: Settings) -> Settings {
    plain.security(Security::Tls)
}

fn udp(plain: Settings) -> Settings {
    plain.udp(true)
}

fn hop(plain: Settings) -> Settings {
    tls(plain).follow_redirects(1)
}

fn http(plain: Settings) -> Settings {
    proxy(ProxyKind::Http, plain)
}

fn socks(plain: Settings) -> Settings {
    proxy(ProxyKind::Socks5, plain)
}

fn proxy(kind: ProxyKind, plain: Settings) -> Settings {
    let proxy = Proxy::new(kind, Endpoint::new("192.0.2.9", 3128));
    plain.proxy(Some(proxy))
}

fn ntlm(plain: Settings) -> Settings {
    gateway(GatewayAuthentication::Ntlm, plain)
}

fn basic(plain: Settings) -> Settings {
    gateway(GatewayAuthentication::Basic, plain)
}

fn gateway(authentication: GatewayAuthentication, plain: Settings) -> Settings {
    let gateway = Gateway::new(Endpoint::new(demo::gateway::NAME, 443));
    plain.gateway(Some(gateway.authentication(authentication).account(Some(account()))))
}
