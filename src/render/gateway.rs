//! The leg to an RD Gateway: a line a step, with its own certificate, apart from the leg behind it.

use std::io;

use super::{
    cells,
    page::{Page, Room, Tone},
    passed::in_one,
    phases,
};
use crate::{
    endpoint::place,
    report::{
        Answerer, GatewayAuth, GatewayAuthorization, GatewayChannel, GatewayEvidence, GatewayHandshake,
        GatewayHttp, GatewayStep, GatewaySteps, GatewayTunnel, Status, Timestamp,
    },
};

/// Heading and steps.
///
/// # Errors
/// Those of the writer.
pub(super) fn leg(
    page: &mut Page<'_>,
    through: &GatewayEvidence,
    now: Timestamp,
    column: usize,
) -> io::Result<()> {
    page.heading(&format!("Gateway {}", place(&through.host, through.port)))?;
    let steps = through.steps.summaries();
    if page.room() != Room::Usual && steps.iter().all(|step| step.status == Status::Passed) {
        return in_one(page, steps.iter().map(|step| (step.step.as_str(), step.elapsed_ms)));
    }
    for step in steps {
        let lead = format!("  {:<10}{}", step.step.as_str(), cells::duration(step.elapsed_ms));
        let lead = (Tone::Plain, lead.as_str());
        let mut lines = facts(&through.steps, step.step, now).unwrap_or_default().into_iter();
        match step.status {
            Status::Passed => {
                page.row(lead, column, (Tone::Plain, ""), &lines.next().unwrap_or_default())?;
                if page.room() != Room::Usual {
                    lines.by_ref().for_each(drop);
                }
            }
            Status::Stopped | Status::Unseen => {
                page.row(
                    lead,
                    column,
                    (Tone::Caution, cells::held(step.status)),
                    step.stopped.unwrap_or_default(),
                )?;
            }
            Status::Failed => {
                let detail = step.failure.map_or("", |failure| &failure.detail);
                page.row(lead, column, (Tone::Bad, "FAILED:"), detail)?;
                // The status or what was refused is the failure, so its line is told.
                let told = matches!(step.step, GatewayStep::Http | GatewayStep::Channel);
                if told && step.failure.is_some_and(|failure| failure.code.is_some()) {
                    lines.next();
                }
                let bytes = step.failure.and_then(|failure| failure.received.as_deref());
                bytes.iter().try_for_each(|bytes| {
                    page.text(column, &format!("received {}", cells::grouped(bytes)))
                })?;
            }
        }
        lines.try_for_each(|line| page.text(column, &line))?;
    }
    Ok(())
}

/// The facts of one step.
pub(super) fn facts(steps: &GatewaySteps, step: GatewayStep, now: Timestamp) -> Option<Vec<String>> {
    let lines = match step {
        GatewayStep::Resolve => vec![phases::resolve(&steps.resolve.as_ref()?.evidence, None)],
        GatewayStep::Connect => phases::connect(&steps.connect.as_ref()?.evidence),
        GatewayStep::Proxy => vec![phases::proxy(&steps.proxy.as_ref()?.evidence)],
        GatewayStep::Tls => {
            let seen = &steps.tls.as_ref()?.evidence;
            let mut lines = phases::tls(seen);
            lines.extend(seen.certificate.as_ref().map(|served| {
                let validity = cells::validity(served, now);
                format!("certificate {}, {}, {validity}", served.subject, cells::trust(served))
            }));
            lines
        }
        GatewayStep::Http => http(&steps.http.as_ref()?.evidence),
        GatewayStep::Auth => auth(&steps.auth.as_ref()?.evidence),
        GatewayStep::Handshake => handshake(&steps.handshake.as_ref()?.evidence),
        GatewayStep::Tunnel => tunnel(&steps.tunnel.as_ref()?.evidence),
        GatewayStep::Authorize => authorize(&steps.authorize.as_ref()?.evidence),
        GatewayStep::Channel => channel(&steps.channel.as_ref()?.evidence),
    };
    Some(lines.into_iter().filter(|line| !line.is_empty()).collect())
}

fn http(seen: &GatewayHttp) -> Vec<String> {
    let reason = seen.reason.as_deref().unwrap_or_default();
    let status = seen.status.map_or_else(String::new, |status| format!("{status} {reason}"));
    let server = seen.server.as_ref().map_or_else(String::new, |name| format!(", Server {name}"));
    let via = seen.via.as_ref().map_or_else(String::new, |name| format!(", Via {name}"));
    let schemes = match seen.schemes.as_slice() {
        [] => String::new(),
        schemes => format!("offers {}", schemes.join(", ")),
    };
    let beside = seen.auth_scheme.as_ref().map(|name| beside(name));
    let legacy = seen
        .legacy_rpc_status
        .map_or_else(String::new, |status| format!("RPC over HTTP is answered with {status}"));
    let to = seen.location.as_ref().map_or_else(String::new, |to| format!("sends to {to}"));
    let get = seen.get_status.map_or_else(String::new, |status| format!("GET is answered with {status}"));
    vec![format!("{}{server}{via}", status.trim_end()), schemes, beside.unwrap_or_default(), to, get, legacy]
}

fn auth(seen: &GatewayAuth) -> Vec<String> {
    let bound = if seen.channel_bindings { ", bound to the TLS connection" } else { "" };
    let accepted = if seen.accepted { "; the gateway accepts the account" } else { "" };
    let form = match (seen.scheme.as_deref(), seen.form.as_deref()) {
        (Some("Negotiate"), Some("bare")) => " with bare NTLM",
        (Some("Negotiate"), Some("spnego")) => " with NTLM in SPNEGO",
        _ => "",
    };
    let scheme = seen.scheme.as_ref();
    let scheme = scheme.map_or_else(String::new, |name| format!("scheme {name}{form}{bound}{accepted}"));
    let ntlm = seen.ntlm.as_ref();
    let other = seen.other_form_status;
    let lines = [
        ntlm.map(phases::names),
        // A gateway is a service of Windows, and nothing else is judged of it.
        ntlm.and_then(|ntlm| phases::system(ntlm, Answerer::Windows)),
        other.map(|status| format!("the other form of NTLM was answered with {status}")),
        seen.auth_scheme.as_ref().map(|name| beside(name)),
    ];
    std::iter::once(scheme).chain(lines.into_iter().flatten()).collect()
}

/// `RDG-Auth-Scheme`: what the gateway takes beside the schemes of HTTP.
fn beside(name: &str) -> String {
    format!("takes {name} too (RDG-Auth-Scheme)")
}

fn handshake(seen: &GatewayHandshake) -> Vec<String> {
    let version = seen.version.as_ref().map_or_else(String::new, |version| format!("version {version}"));
    let second = seen.second_connection.map(|peer| format!("sends over a second connection to {peer}"));
    vec![version, second.unwrap_or_default()]
}

fn tunnel(seen: &GatewayTunnel) -> Vec<String> {
    let tunnel = seen.tunnel_id.map(|id| format!("tunnel {id}"));
    let capabilities = seen.capabilities.map(|flags| format!("capabilities {flags:#x}"));
    let token = seen.token_sent.then(|| "with the token".to_owned());
    let first = [tunnel, capabilities, token].into_iter().flatten().collect::<Vec<_>>().join(", ");
    vec![first]
}

fn authorize(seen: &GatewayAuthorization) -> Vec<String> {
    let idle = seen.idle_timeout_minutes.filter(|minutes| *minutes > 0);
    let idle = idle.map(|minutes| format!("idle sessions end after {minutes} min"));
    vec![idle.unwrap_or_else(|| if seen.error == Some(0) { "allowed".to_owned() } else { String::new() })]
}

fn channel(seen: &GatewayChannel) -> Vec<String> {
    let to = seen.resource.as_ref().zip(seen.port).map(|(host, port)| format!("to {host} port {port}"));
    let id = seen.channel_id.map(|id| format!("channel {id}"));
    let cookie = seen.udp_cookie_length.map_or_else(String::new, |length| format!(" (cookie of {length} B)"));
    let udp = seen.udp_port.map(|port| format!("UDP side channel on port {port}{cookie}"));
    vec![[to, id, udp].into_iter().flatten().collect::<Vec<_>>().join(", ")]
}
