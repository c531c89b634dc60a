//! The names and addresses by which a redirection can be followed, in the order in which clients try them (MS-RDPBCGR 2.2.13.1).
//!
//! With a token the same address is dialled; otherwise the FQDN, the addresses and the NetBIOS name in turn, eight at
//! most, until one answers. A way fails in resolve or connect, behind a gateway in its channel; the hop keeps the
//! failed ones as `tried`. If all fail, the one that got furthest is the connection, so no cause is certain before
//! all were tried.
//!
//! An address that is a name is looked up. A session alone is asked for at the same address with the same token, as
//! FreeRDP does. What cannot be a host, and a token that fits no Connection Request, are kept as `unusable`; a
//! finding reports them as our limit.

use std::net::IpAddr;

use super::Withheld;
use crate::{
    destination,
    pdu::x224::routing_token,
    report::{Hop, Redirection, Unusable},
    settings::{Account, Settings},
};

/// A redirection may name 64 addresses, and each that is silent takes the time of a phase.
const MOST: usize = 8;

/// To the same address with its token, where there is one, else to FQDN, addresses and NetBIOS name, one after the other; to the
/// same address again where it names the session alone.
pub(super) fn ways(redirection: &Redirection, from: &Hop, account: Option<&Account>) -> Vec<Hop> {
    let usable = |name: &&String| destination::unusable(name).is_none();
    let fqdn = redirection.target_fqdn.as_ref().filter(usable);
    let netbios_name = redirection.target_netbios_name.as_ref().filter(usable);
    let hop = |host: &str, server_name: &str, (token, token_hex): (Option<String>, Option<String>)| Hop {
        host: host.to_owned(),
        port: from.port,
        server_name: server_name.to_owned(),
        token,
        token_hex,
        session_id: redirection.session_id,
        own_account: brings_account(redirection, account),
        tried: Vec::new(),
    };
    if let Some(token) = token(redirection) {
        let token = (redirection.load_balance_text.clone(), Some(hex::encode(token)));
        return vec![hop(&from.host, fqdn.unwrap_or(&from.server_name), token)];
    }
    let addresses = redirection.target_address.iter().chain(&redirection.target_addresses).filter(usable);
    let mut hosts: Vec<&String> = Vec::new();
    for host in fqdn.into_iter().chain(addresses).chain(netbios_name) {
        if !hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            hosts.push(host);
        }
    }
    if hosts.is_empty() && names_session_alone(redirection) {
        return vec![hop(&from.host, &from.server_name, (from.token.clone(), from.token_hex.clone()))];
    }
    // An address has no name of its own; what is named in its place has.
    let name = |host: &String| match host.parse::<IpAddr>() {
        Ok(_) => fqdn.or(netbios_name).unwrap_or(host).clone(),
        Err(_) => fqdn.unwrap_or(host).clone(),
    };
    hosts.into_iter().take(MOST).map(|host| hop(host, &name(host), (None, None))).collect()
}

/// The routing token that can be sent.
fn token(redirection: &Redirection) -> Option<Vec<u8>> {
    let bytes = hex::decode(redirection.load_balance_info.as_ref()?).ok()?;
    routing_token(&bytes).ok().map(<[u8]>::to_vec)
}

/// A field that is there and empty names nothing.
fn names_session_alone(redirection: &Redirection) -> bool {
    let names_nothing = |named: &Unusable| named.name.as_deref() == Some("");
    redirection.session_id != 0 && redirection.unusable.iter().all(names_nothing)
}

/// The same place with the same token and session sends the client on as before.
pub(super) fn is_same(before: &Hop, next: &Hop) -> bool {
    before.host.eq_ignore_ascii_case(&next.host)
        && before.port == next.port
        && before.token_hex == next.token_hex
        && before.session_id == next.session_id
}

/// Why the connection to a hop has no account.
pub(super) fn withheld(hop: &Hop, settings: &Settings) -> Option<Withheld> {
    match (hop.own_account, settings.usable_account()) {
        (true, _) => Some(Withheld::OwnAccount),
        (false, Some(_)) if !settings.route.follow_with_account => Some(Withheld::NotAlong),
        _ => None,
    }
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
