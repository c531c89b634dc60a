//! Every experiment: what it changes of the traced connection, and what that tells apart.

use super::Basis;
use crate::{
    codes::{Phase, Protocols},
    pdu::client_hello::Profile,
    probe::{Added, Hello, Opening, Plan, Versions},
    report::ExperimentKind as Kind,
};

/// Of a name with many addresses the first ones.
const ADDRESSES: usize = 3;

/// One kind of follow-up.
pub(super) struct Experiment {
    /// What the report calls it.
    pub kind: Kind,
    /// The connections to make: the given one, which differs in nothing yet, with the difference; none if it would tell nothing.
    differ: fn(&Basis, Plan) -> Vec<Plan>,
}

impl Experiment {
    /// Its connections.
    pub(super) fn plans(&self, basis: &Basis) -> Vec<Plan> {
        (self.differ)(basis, basis.plan(self.kind))
    }
}

const fn of(kind: Kind, differ: fn(&Basis, Plan) -> Vec<Plan>) -> Experiment {
    Experiment { kind, differ }
}

/// In the order in which they are made.
pub(super) const EXPERIMENTS: &[Experiment] = &[
    of(Kind::NoAdditions, no_additions),
    of(Kind::NoPreconnection, no_preconnection),
    of(Kind::NoServerName, no_server_name),
    of(Kind::NoScreenshot, no_screenshot),
    // A box that stumbles over TLS 1.3 lets the handshake pass.
    of(Kind::Tls12Only, |_, plan| vec![Plan { hello: Hello::Handshake(Versions::Tls12), ..plan }]),
    // A server that knows TLS 1.3 proves that the way carries it.
    of(Kind::Tls13Only, |_, plan| vec![Plan { hello: Hello::Handshake(Versions::Tls13), ..plan }]),
    // Under 180 bytes: if only this one is answered, the larger one is lost on the way. What is no part of the offer is left
    // out: the session id, and as much of the name and of other extensions as does not fit.
    of(Kind::SmallHello, |basis, plan| vec![Plan { hello: basis.own_hello(Profile::Small), ..plan }]),
    // 1,600 bytes, which fit no Ethernet frame: the way must carry two segments, and a box on it must join them.
    of(Kind::LargeHello, |basis, plan| vec![Plan { hello: basis.own_hello(Profile::Large), ..plan }]),
    // Some boxes and some servers refuse a name that they do not know.
    of(Kind::NoSni, |basis, plan| vec![Plan { hello: Hello::Nameless(basis.versions), ..plan }]),
    // TLS 1.0 to 1.2, with CBC and RSA suites: shows version, suite and certificate of servers that no modern client can talk to.
    of(Kind::LegacyHello, |basis, plan| vec![Plan { hello: basis.own_hello(Profile::Legacy), ..plan }]),
    of(Kind::DirectTls, direct_tls),
    of(Kind::HttpRequest, http_request),
    of(Kind::NoCookie, no_cookie),
    of(Kind::ProtocolRdp, protocol_alone),
    of(Kind::ProtocolSsl, protocol_alone),
    of(Kind::ProtocolHybrid, protocol_alone),
    of(Kind::ProtocolHybridEx, protocol_alone),
    of(Kind::ProtocolRdstls, protocol_alone),
    of(Kind::ProtocolRdsaad, protocol_alone),
    of(Kind::SmallSegments, small_segments),
    // It can only be answered with an alert: whoever does is alive, and what is lost on the way is longer.
    of(Kind::HelloForAlert, |basis, plan| vec![Plan { hello: basis.own_hello(Profile::Refusable), ..plan }]),
    of(Kind::ConnectOnly, connect_only),
    of(Kind::NextAddress, next_address),
];

fn only_if(makes_sense: bool, plan: Plan) -> Vec<Plan> {
    if makes_sense { vec![plan] } else { Vec::new() }
}

/// If two additions are wrong, leaving out one alone changes nothing.
fn no_additions(basis: &Basis, plan: Plan) -> Vec<Plan> {
    let added = [basis.token, basis.preconnection, basis.server_name];
    let several = added.into_iter().filter(|added| *added).count() > 1;
    let opening = if basis.token { Opening::NoCookie } else { basis.opening };
    let without = &[Added::Preconnection, Added::ServerName];
    only_if(several, Plan { opening, without, until: Some(basis.last), ..plan })
}

/// A server that expects no pre-connection blob takes it for a broken Connection Request.
fn no_preconnection(basis: &Basis, plan: Plan) -> Vec<Plan> {
    let without = &[Added::Preconnection];
    only_if(basis.preconnection, Plan { without, until: Some(basis.last), ..plan })
}

/// With the target's own name: a proxy or a server that does not know the other refuses it. Of an address there is none to send,
/// which is what no-sni does.
fn no_server_name(basis: &Basis, plan: Plan) -> Vec<Plan> {
    let without = &[Added::ServerName];
    only_if(basis.server_name && basis.named, Plan { without, until: Some(basis.last), ..plan })
}

/// With the graphics pipeline, which a picture is drawn without: some desktops give no session without it.
fn no_screenshot(basis: &Basis, plan: Plan) -> Vec<Plan> {
    only_if(basis.pictured, Plan { pictured: false, until: Some(Phase::Activate), ..plan })
}

/// TLS at once, without X.224: a proxy that ends TLS answers what RDP says inside it, another service answers with its own.
fn direct_tls(_: &Basis, plan: Plan) -> Vec<Plan> {
    vec![Plan { opening: Opening::Tls, protocols: Protocols::SSL, until: Some(Phase::Mcs), ..plan }]
}

/// On a port that is silent: a web server, or a proxy of HTTP, waits for a request and names itself. Who selects a protocol of
/// Remote Desktop is neither.
fn http_request(basis: &Basis, plan: Plan) -> Vec<Plan> {
    let (opening, until) = (Opening::Http, Some(Phase::Negotiate));
    only_if(!basis.answered, Plan { opening, until, without: &[Added::Preconnection], ..plan })
}

/// Load balancers and filters read the mstshash cookie, or the routing token in its place, and some close when they do not like it.
fn no_cookie(basis: &Basis, plan: Plan) -> Vec<Plan> {
    // A token may lead to a host that fails later.
    let until = Some(if basis.token { basis.last } else { basis.depth });
    vec![Plan { opening: Opening::NoCookie, until, ..plan }]
}

/// What the server selects or refuses when it has no choice.
fn protocol_alone(basis: &Basis, plan: Plan) -> Vec<Plan> {
    let kind = plan.experiment_kind();
    let Some(protocols) = kind.and_then(Kind::alone) else { return Vec::new() };
    // If NLA ended without a word: does anything else get an answer inside TLS?
    let inside = kind == Some(Kind::ProtocolSsl) && basis.last == Phase::Credssp;
    let until = Some(match protocols.has(Protocols::SERVER_SPEAKS_FIRST) {
        _ if inside => Phase::Mcs,
        true => Phase::Credssp,
        false => Phase::Negotiate,
    });
    vec![Plan { protocols, opening: Opening::Cookie, until, ..plan }]
}

/// In TCP segments of 536 bytes, in both directions: if these pass and the usual ones stall, it is the size of packets, also if
/// answers are lost.
fn small_segments(basis: &Basis, plan: Plan) -> Vec<Plan> {
    only_if(basis.small_segments, Plan { small_segments: true, until: Some(basis.last), ..plan })
}

/// Nothing is sent: a server that speaks first shows it, and so does a proxy that closes by itself.
fn connect_only(basis: &Basis, plan: Plan) -> Vec<Plan> {
    let (opening, until) = (Opening::Nothing(basis.attention), Some(Phase::Negotiate));
    only_if(!basis.answered, Plan { opening, until, ..plan })
}

/// Whether one host behind the name fails, or all.
fn next_address(basis: &Basis, _: Plan) -> Vec<Plan> {
    let others = (1..).zip(basis.others.iter().take(ADDRESSES));
    let plan = |(number, address): (u32, &std::net::SocketAddr)| Plan {
        addresses: Some(vec![*address]),
        until: Some(basis.last),
        ..basis.numbered(Kind::NextAddress, number)
    };
    others.map(plan).collect()
}
