//! A Server Redirection PDU, which may come in any phase after Client Info (MS-RDPBCGR 3.2.5.13); it ends the connection.

use super::ending;
use crate::{
    pdu::redirection::{self, redirection},
    report::{Failure, Redirection},
};

/// So much of a malformed PDU may be shown: a password can begin no earlier.
const BEFORE_PASSWORD: usize = 20;

/// Records a redirection; why the connection ends with it, or none when it only informs.
///
/// # Errors
/// `malformed`, when it cannot be read.
pub fn take(user_data: &[u8], evidence: &mut Option<Redirection>) -> Result<Option<String>, Failure> {
    let packet = redirection(user_data).map_err(|error| {
        let shown = &user_data[..user_data.len().min(BEFORE_PASSWORD)];
        ending::malformed("the Server Redirection PDU cannot be read", &error, shown)
    })?;
    let informational = packet.is_informational();
    let seen = evidence.insert(recorded(packet, informational));
    Ok((!informational).then(|| format!("the server redirects to {}", destination(seen))))
}

fn recorded(packet: redirection::Redirection, informational: bool) -> Redirection {
    let info = packet.load_balance_info.as_deref();
    Redirection {
        session_id: packet.session_id,
        flags: packet.flags,
        informational,
        target_fqdn: packet.fqdn,
        target_netbios_name: packet.netbios_name,
        target_address: packet.address,
        target_addresses: packet.addresses,
        load_balance_text: info.and_then(printable),
        load_balance_info: info.map(hex::encode),
        user: packet.user,
        domain: packet.domain,
        password: packet.password,
        certificate: packet.certificate,
        guid: packet.guid,
        tsv_url: packet.tsv_url,
    }
}

/// Routing tokens are text that ends with CR LF.
fn printable(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches(['\r', '\n', '\0']);
    let is_printable = !text.is_empty() && text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    is_printable.then(|| text.to_owned())
}

/// Where the client is to go, in the order in which clients try.
fn destination(redirection: &Redirection) -> String {
    let named = [&redirection.target_fqdn, &redirection.target_address, &redirection.target_netbios_name];
    let named =
        named.into_iter().flatten().chain(&redirection.target_addresses).find(|name| !name.is_empty());
    match (named, &redirection.load_balance_info) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => "where its load balancer says".to_owned(),
        (None, None) => format!("session {}", redirection.session_id),
    }
}
