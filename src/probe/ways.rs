//! The names and addresses by which a redirection can be followed, in the order in which clients try them (MS-RDPBCGR 2.2.13.1).

use std::net::IpAddr;

use super::Withheld;
use crate::{
    report::{Hop, Redirection},
    settings::{Account, Settings},
    target::Target,
};

/// A redirection may name 64 addresses, and each that is silent takes the time of a phase.
const MOST: usize = 8;

/// To the same address with its token, where there is one, else to FQDN, addresses and NetBIOS name, one after the other.
pub fn ways(redirection: &Redirection, from: &Hop, account: Option<&Account>) -> Vec<Hop> {
    let fqdn = redirection.target_fqdn.as_ref().filter(|name| is_host(name));
    let netbios_name = redirection.target_netbios_name.as_ref().filter(|name| is_host(name));
    let hop = |host: &str, server_name: &str, token: Option<String>| Hop {
        host: host.to_owned(),
        port: from.port,
        server_name: server_name.to_owned(),
        token,
        session_id: redirection.session_id,
        own_account: brings_account(redirection, account),
        tried: Vec::new(),
    };
    // A token that is no text cannot stand in a Connection Request; a name may do without it.
    if let Some(token) = redirection.load_balance_text.clone() {
        return vec![hop(&from.host, fqdn.unwrap_or(&from.server_name), Some(token))];
    }
    let addresses = redirection.target_address.iter().chain(&redirection.target_addresses);
    let addresses = addresses.filter(|address| address.parse::<IpAddr>().is_ok());
    let mut hosts: Vec<&String> = Vec::new();
    for host in fqdn.into_iter().chain(addresses).chain(netbios_name) {
        if !hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            hosts.push(host);
        }
    }
    let name = fqdn.or(netbios_name);
    hosts.into_iter().take(MOST).map(|host| hop(host, name.unwrap_or(host), None)).collect()
}

/// The same place with the same token and session sends the client on as before.
pub fn is_same(before: &Hop, next: &Hop) -> bool {
    before.host.eq_ignore_ascii_case(&next.host)
        && before.port == next.port
        && before.token == next.token
        && before.session_id == next.session_id
}

/// Why the connection to a hop has no account.
pub fn withheld(hop: &Hop, settings: &Settings) -> Option<Withheld> {
    match (hop.own_account, &settings.account) {
        (true, _) => Some(Withheld::OwnAccount),
        (false, Some(_)) if !settings.follow_with_account => Some(Withheld::NotAlong),
        _ => None,
    }
}

fn is_host(name: &str) -> bool {
    name.parse::<Target>().is_ok_and(|target| target.host == name)
}

/// Whether it brings a password or a cookie, and not for the user who was given.
fn brings_account(redirection: &Redirection, account: Option<&Account>) -> bool {
    redirection.password && !account.is_some_and(|account| is_of(redirection, account))
}

/// Domains are compared where both sides name one; the suffix of a UPN is none.
fn is_of(redirection: &Redirection, account: &Account) -> bool {
    let given = account.user.split('@').next().unwrap_or_default();
    let label = |domain: &str| domain.split('.').next().unwrap_or_default().to_lowercase();
    let domains =
        account.domain.as_deref().zip(redirection.domain.as_deref().filter(|domain| !domain.is_empty()));
    redirection.user.as_deref().is_some_and(|user| user.eq_ignore_ascii_case(given))
        && domains.is_none_or(|(given, named)| label(given) == label(named))
}
