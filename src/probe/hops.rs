//! Where Server Redirection PDUs lead, one connection after another (MS-RDPBCGR 3.2.5.3.1, 3.2.5.13).

use std::net::IpAddr;

use super::{Observer, Plan, Probe, demand::Demand};
use crate::{
    net::{Instant, Network},
    report::{Connection, Hop, Phases, Purpose, Redirection, Unfollowed},
    settings::{Gateway, Settings},
    target::Target,
};

/// What every hop shares.
pub struct Way<'a, N> {
    pub target: &'a Target,
    pub settings: &'a Settings,
    pub network: &'a N,
    pub observer: &'a dyn Observer,
    pub end: Instant,
}

impl<N: Network> Way<'_, N> {
    /// Follows from the last of `connections` and adds one for each hop, and another where a host demands that; why it ended where a redirection is left.
    pub async fn follow(&self, connections: &mut Vec<Connection>) -> Option<Unfollowed> {
        if self.settings.follow_redirects == 0 {
            return None;
        }
        let mut been = vec![Hop {
            host: self.target.host.clone(),
            port: self.target.port,
            server_name: self.settings.server_name.clone().unwrap_or_else(|| self.target.host.clone()),
            token: self.settings.routing_token.clone(),
            session_id: 0,
        }];
        for number in 1.. {
            let redirection = connections.last().and_then(|made| redirection(made))?;
            let Some(hop) = hop(redirection, been.last()?) else { return Some(Unfollowed::Nowhere) };
            if been.iter().any(|before| is_same(before, &hop)) {
                return Some(Unfollowed::Loop);
            }
            let shows = self.settings.gateway.as_ref().is_some_and(Gateway::is_used_once);
            if shows && !self.settings.follow_with_account {
                return Some(Unfollowed::Gateway);
            }
            if number > self.settings.follow_redirects {
                return Some(Unfollowed::Limit);
            }
            let made = self.walk(number, &hop, None).await;
            let demand = Demand::of(&made.phases, self.settings);
            connections.push(made);
            if demand.is_some() {
                connections.push(self.walk(number, &hop, demand).await);
            }
            been.push(hop);
        }
        None
    }

    async fn walk(&self, number: u32, hop: &Hop, demand: Option<Demand>) -> Connection {
        let (target, settings) = aimed(hop, self.settings);
        let probe = Probe::new(&target, &settings, self.network, self.observer, self.end);
        let purpose = Purpose::Hop(number);
        let plan = Plan { purpose, session: Some(hop.session_id), ..Plan::main(&settings) };
        let plan = match demand {
            Some(demand) => demand.met_by(plan),
            None => plan,
        };
        Connection { hop: Some(hop.clone()), ..probe.connection(&plan).await }
    }
}

/// The target and the settings of a connection to a hop. The account goes there only where that was asked for.
pub fn aimed(hop: &Hop, settings: &Settings) -> (Target, Settings) {
    let target = Target { input: hop.host.clone(), host: hop.host.clone(), port: hop.port, file: None };
    let settings = Settings {
        server_name: Some(hop.server_name.clone()),
        routing_token: hop.token.clone(),
        preconnection: None,
        account: settings.account.clone().filter(|_| settings.follow_with_account),
        ..settings.clone()
    };
    (target, settings)
}

/// The redirection that a connection ended with; one that only informs is none.
fn redirection(made: &Connection) -> Option<&Redirection> {
    let Phases { licensing, activate, .. } = &made.phases;
    let early = licensing.as_ref().and_then(|record| record.evidence.redirection.as_ref());
    let late = activate.as_ref().and_then(|record| record.evidence.redirection.as_ref());
    let session = made.session.as_ref().and_then(|session| session.redirection.as_ref());
    session.or(late).or(early).filter(|redirection| !redirection.informational)
}

/// To the same address with its token, where there is one, else to the first name or address that is one.
fn hop(redirection: &Redirection, from: &Hop) -> Option<Hop> {
    let fqdn = redirection.target_fqdn.as_ref().filter(|name| is_host(name));
    let name = fqdn.or_else(|| redirection.target_netbios_name.as_ref().filter(|name| is_host(name)));
    let session_id = redirection.session_id;
    // A token that is no text cannot stand in a Connection Request; a name may do without it.
    if let Some(token) = redirection.load_balance_text.clone() {
        let server_name = fqdn.unwrap_or(&from.server_name).clone();
        return Some(Hop { token: Some(token), server_name, session_id, ..from.clone() });
    }
    let mut addresses = redirection.target_address.iter().chain(&redirection.target_addresses);
    let address = addresses.find(|address| address.parse::<IpAddr>().is_ok());
    let host = fqdn.or(address).or(name)?.clone();
    let server_name = name.cloned().unwrap_or_else(|| host.clone());
    Some(Hop { host, port: from.port, server_name, token: None, session_id })
}

fn is_host(name: &str) -> bool {
    name.parse::<Target>().is_ok_and(|target| target.host == name)
}

/// The same place with the same token sends the client on as before.
fn is_same(before: &Hop, next: &Hop) -> bool {
    before.host.eq_ignore_ascii_case(&next.host) && before.port == next.port && before.token == next.token
}
