//! A Server Redirection PDU, which may come in any phase after Client Info (MS-RDPBCGR 3.2.5.13); it ends the connection.
//!
//! The token is an octet string and goes out as it came. Without a redirection CS_CLUSTER only says that one is
//! understood, because brokers redirect no other client. A PDU that only informs (LB_NOREDIRECT) is recorded and the
//! phase goes on. After the Font Map we listen for 250 ms, in no phase's time: brokers redirect there too.

use std::time::Duration;

use super::{Secured, ending};
use crate::{
    destination,
    net::{Framing, Instant, Wire},
    pdu::{
        mcs::Mcs,
        redirection::{self, redirection},
        share::{self, IoPdu},
        x224::{self, TPKT_VERSION},
    },
    report::{Failure, Redirection, Session, Unusable},
};

/// A server that redirects when the activation is done does so at once.
const AFTER_ACTIVATION: Duration = Duration::from_millis(250);

/// So much of a malformed PDU may be shown: a password can begin no earlier.
const BEFORE_PASSWORD: usize = 20;

/// Records a redirection; why the connection ends with it, or none when it only informs.
///
/// # Errors
/// `malformed`, when it cannot be read.
pub(crate) fn take(user_data: &[u8], evidence: &mut Option<Redirection>) -> Result<Option<String>, Failure> {
    let packet = redirection(user_data).map_err(|error| {
        let shown = &user_data[..user_data.len().min(BEFORE_PASSWORD)];
        ending::malformed("the Server Redirection PDU cannot be read", &error, shown)
    })?;
    let informational = packet.is_informational();
    let seen = evidence.insert(recorded(packet, informational));
    Ok((!informational).then(|| format!("the server redirects to {}", destination(seen))))
}

/// Listens for a redirection right after the Font Map; the session that it ended. Whatever else comes is nobody's failure.
pub(crate) async fn after_activation(wire: &mut Wire, secured: &mut Secured, io: u16) -> Option<Session> {
    let begin = Instant::now();
    wire.hurry(begin + AFTER_ACTIVATION);
    let mut redirection = None;
    while !wire.is_over() {
        let frame = secured.receive(wire, Framing::TpktOrFastPath).await.ok()?;
        if let Some(reason) = in_frame(&frame, io, &mut redirection) {
            let elapsed_ms = begin.elapsed().into();
            return Some(Session { elapsed_ms, redirection, stopped: Some(reason), ..Session::default() });
        }
    }
    None
}

/// Why the connection ends with this frame, if one of its PDUs is a redirection that can be read.
fn in_frame(frame: &[u8], io: u16, evidence: &mut Option<Redirection>) -> Option<String> {
    let tpkt = Some(frame).filter(|frame| frame.first() == Some(&TPKT_VERSION))?;
    let Ok(Mcs::Data { channel, user_data: mut rest }) = ending::read(tpkt) else { return None };
    while channel == io && !rest.is_empty() {
        let (pdu, after) = share::first(rest);
        rest = after;
        if share::session_pdu(pdu) == IoPdu::Redirection
            && let Some(reason) = take(pdu, evidence).ok()?
        {
            return Some(reason);
        }
    }
    None
}

fn recorded(packet: redirection::Redirection, informational: bool) -> Redirection {
    let unusable = unusable(&packet);
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
        password: packet.password.is_some(),
        password_bytes: packet.password,
        certificate: packet.certificate,
        guid: packet.guid,
        tsv_url: packet.tsv_url,
        unusable,
    }
}

/// What it names and no client can go to.
fn unusable(packet: &redirection::Redirection) -> Vec<Unusable> {
    let entry = |field: &str, name: Option<&String>, reason: String| Unusable {
        field: field.to_owned(),
        name: name.cloned(),
        reason,
    };
    let token = packet.load_balance_info.as_deref().and_then(|token| x224::routing_token(token).err());
    let token = token.map(|why| entry("LoadBalanceInfo", None, why.to_string()));
    let named = [
        ("TargetFQDN", &packet.fqdn),
        ("TargetNetAddress", &packet.address),
        ("TargetNetBiosName", &packet.netbios_name),
    ];
    let named = named.into_iter().filter_map(|(field, name)| Some((field, name.as_ref()?)));
    let listed = packet.addresses.iter().map(|name| ("TargetNetAddresses", name));
    let unusable = named
        .chain(listed)
        .filter_map(|(field, name)| Some(entry(field, Some(name), destination::unusable(name)?.to_owned())));
    token.into_iter().chain(unusable).collect()
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
    let mut named = named.into_iter().flatten().chain(&redirection.target_addresses);
    let token = redirection.load_balance_info.as_ref().filter(|token| !token.is_empty());
    match (named.find(|name| destination::unusable(name).is_none()), token) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => "where its load balancer says".to_owned(),
        (None, None) if !redirection.unusable.is_empty() => "what is no host".to_owned(),
        (None, None) => format!("session {}", redirection.session_id),
    }
}
