//! Where Server Redirection PDUs lead, one connection after another (MS-RDPBCGR 3.2.5.3.1, 3.2.5.13).
//!
//! A redirection ends a connection, not the trace. The next connection goes to another target under the same
//! settings, with CS_CLUSTER naming the session. The verdict, the certificate, the experiments and the compared names
//! are those of the last hop. A loop is a hop to a place where the trace has been with the same token and session.
//!
//! The account goes on only if that was asked for. An account that the redirection brings is not used, and the user's
//! is not tried in its place; the password in the PDU is never read. A gateway that is shown an account or a token is
//! shown it again for every hop, so a hop through it is made only if the account may go along. An expected thumbprint
//! is compared at every connection under the target's name, and wherever the account was to be used. A hop that
//! demands Standard RDP Security gets a second connection with that offer under the same number, but not through such
//! a gateway.

use super::{
    Plan, Tracer,
    demand::Demand,
    ways::{self, is_same},
};
use crate::{
    endpoint::Endpoint,
    net::Instant,
    report::{Connection, FailureKind, Hop, Phases, Purpose, Redirection, Status, Tried, Unfollowed},
    settings::{Gateway, Settings},
};

/// What every hop shares.
pub(super) struct Way<'a> {
    /// Which leads to the first host.
    pub tracer: &'a Tracer<'a>,
    /// When the run ends.
    pub end: Instant,
}

impl Way<'_> {
    /// Follows from the last of `connections` and adds one for each hop, and another where a host demands that; why it ended where a redirection is left.
    pub(super) async fn follow(&self, connections: &mut Vec<Connection>) -> Option<Unfollowed> {
        let Tracer { settings, observer, .. } = self.tracer;
        if settings.route.follow_redirects == 0 {
            return None;
        }
        let mut been = vec![self.origin()];
        for number in 1.. {
            let redirection = connections.last().and_then(|made| redirection(made))?;
            let ways = ways::ways(redirection, been.last()?, settings.usable_account());
            if ways.is_empty() {
                return Some(Unfollowed::Nowhere);
            }
            let is_new = |way: &Hop| !been.iter().any(|before| is_same(before, way));
            let ahead: Vec<Hop> = ways.into_iter().take_while(is_new).collect();
            if ahead.is_empty() {
                return Some(Unfollowed::Loop);
            }
            let shows = settings.route.gateway.as_ref().is_some_and(Gateway::is_used_once);
            if shows && !settings.route.follow_with_account {
                return Some(Unfollowed::Gateway);
            }
            if number > settings.route.follow_redirects {
                return Some(Unfollowed::Limit);
            }
            let (hop, made) = self.reach(number, ahead).await;
            let demand = Demand::of(&made.phases, settings);
            observer.made(&made);
            connections.push(made);
            if demand.is_some() {
                let again = self.walk(number, &hop, demand).await;
                observer.made(&again);
                connections.push(again);
            }
            been.push(hop);
        }
        None
    }

    fn origin(&self) -> Hop {
        let Tracer { target, settings, .. } = self.tracer;
        let Endpoint { host, port } = &target.endpoint;
        let token = settings.offer.routing_token.as_deref();
        Hop {
            host: host.clone(),
            port: *port,
            server_name: settings.trust.server_name.as_ref().unwrap_or(host).clone(),
            token: token.and_then(|token| std::str::from_utf8(token).ok()).map(str::to_owned),
            token_hex: token.map(hex::encode),
            session_id: 0,
            own_account: false,
            tried: Vec::new(),
        }
    }

    /// The first of the ways that answers; where none does, the one that got furthest. Its hop names the others that were tried.
    async fn reach(&self, number: u32, ways: Vec<Hop>) -> (Hop, Connection) {
        let mut made = Vec::new();
        for hop in ways {
            // A try that time cuts short shows nothing.
            if !made.is_empty() && Instant::now() >= self.end {
                break;
            }
            let connection = self.walk(number, &hop, None).await;
            let is_over = !another_name_may_help(&connection);
            made.push((hop, connection));
            if is_over {
                break;
            }
        }
        let depth = |(_, connection): &(Hop, Connection)| match another_name_may_help(connection) {
            true => connection.phases.summaries().len(),
            false => usize::MAX,
        };
        // Of equals the last one in this order counts, which was the first to be tried.
        let best = (0..made.len()).rev().max_by_key(|index| depth(&made[*index]));
        let (mut hop, connection) = made.remove(best.expect("a redirection that is followed has a way"));
        hop.tried = made.iter().filter_map(|(hop, connection)| tried(hop, connection)).collect();
        (hop.clone(), Connection { hop: Some(hop), ..connection })
    }

    async fn walk(&self, number: u32, hop: &Hop, demand: Option<Demand>) -> Connection {
        let (target, settings) = aimed(hop, self.tracer.settings);
        let probe = self.tracer.probe(&target, &settings, self.end);
        let (purpose, session) = (Purpose::Hop(number), Some(hop.session_id));
        let withheld = ways::withheld(hop, self.tracer.settings);
        let plan = Plan { purpose, session, withheld, ..Plan::main(&settings) };
        let plan = match demand {
            Some(demand) => demand.met_by(plan),
            None => plan,
        };
        Connection { hop: Some(hop.clone()), ..probe.connection(&plan).await }
    }
}

/// The target and the settings of a connection to a hop. The account goes there only where that was asked for, and not in place of
/// one that the redirection brought.
pub(crate) fn aimed(hop: &Hop, settings: &Settings) -> (Endpoint, Settings) {
    let target = Endpoint::new(&hop.host, hop.port);
    let goes_along = settings.route.follow_with_account && !hop.own_account;
    let mut aimed = settings
        .clone()
        .server_name(Some(hop.server_name.clone()))
        .routing_token(hop.token_hex.as_ref().and_then(|token| hex::decode(token).ok()))
        .preconnection(None);
    aimed.logon = aimed.logon.filter(|_| goes_along);
    (target, aimed)
}

/// The redirection that a connection ended with; one that only informs is none.
fn redirection(made: &Connection) -> Option<&Redirection> {
    made.redirection().filter(|redirection| !redirection.informational)
}

/// Whether the name or address itself was not found, not reached or not let through. What else a proxy or a gateway says it says of every name.
fn another_name_may_help(made: &Connection) -> bool {
    let Phases { resolve, connect, gateway, .. } = &made.phases;
    if let Some(gateway) = gateway {
        let channel = gateway.evidence.steps.channel.as_ref();
        return channel.is_some_and(|channel| channel.status == Status::Failed);
    }
    let unknown = resolve
        .as_ref()
        .is_some_and(|resolve| resolve.status == Status::Failed && resolve.evidence.proxy.is_none());
    let unreached =
        connect.as_ref().and_then(|connect| Some((connect.failure.as_ref()?, &connect.evidence.proxy)));
    unknown
        || unreached
            .is_some_and(|(failure, proxy)| proxy.is_none() || failure.kind == FailureKind::ProxyRefused)
}

fn tried(hop: &Hop, made: &Connection) -> Option<Tried> {
    let last = made.phases.summaries().pop()?;
    Some(Tried { host: hop.host.clone(), phase: last.phase, failure: last.failure?.clone() })
}
