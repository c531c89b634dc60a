//! Why the leg to an RD Gateway ends: what stands in front of it.

use super::{CauseRule, Weighed, gateway::ended, gateway_service};
use crate::{
    diagnose::{Facts, gateway},
    report::GatewayHttp,
};

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "gateway-client-certificate-required",
        weigh: wants_certificate,
        comes_and_goes: false,
        confirm: &[
            "in IIS, SSL Settings of the site and of /remoteDesktopGateway/: client certificates",
            "whether a proxy in front verifies clients",
        ],
        fix: &["set client certificates to Ignore, or leave clients of Remote Desktop out on the proxy"],
    },
    CauseRule {
        code: "gateway-method-filtered",
        weigh: filtered,
        comes_and_goes: false,
        confirm: &[
            "the proxy's log shows RDG_OUT_DATA with this status",
            "GET on the same path is answered otherwise",
        ],
        fix: &[
            "allow the methods RDG_OUT_DATA and RDG_IN_DATA on the proxy, or let TCP through to the gateway",
        ],
    },
    CauseRule {
        code: "gateway-authentication-broken",
        weigh: broken,
        comes_and_goes: true,
        confirm: &["the gateway's log shows the requests of one client on several connections"],
        fix: &[
            "keep one upstream connection for each client on the proxy, or let TCP through to the gateway",
            "NTLM proves the connection; Basic over a trusted certificate passes such a proxy",
        ],
    },
    CauseRule {
        code: "gateway-second-connection-refused",
        weigh: second_refused,
        comes_and_goes: true,
        confirm: &[
            "the logs of the gateways: RDG_OUT_DATA and RDG_IN_DATA of one client came to two of them",
            "the same trace past the load balancer",
        ],
        fix: &[
            "let the proxy pass Upgrade and Connection on: a WebSocket needs one connection",
            "keep each client on one gateway, by its address or by a cookie",
        ],
    },
    CauseRule {
        code: "gateway-extended-protection",
        weigh: extended_protection,
        comes_and_goes: false,
        confirm: &[
            "the thumbprint in the tls step is not that of the gateway's own certificate",
            "whether an unbound proof is taken: that is another attempt with the password, and yours to make",
        ],
        fix: &["let TCP through to the gateway, or put the gateway's own certificate on the proxy"],
    },
    CauseRule {
        code: "gateway-proxy-buffers",
        weigh: buffers,
        comes_and_goes: true,
        confirm: &["a proxy stands in front, and its log shows the request as still open"],
        fix: &[
            "turn off the buffering of requests and responses for /remoteDesktopGateway/ on the proxy",
            "let the proxy pass Upgrade and Connection on: a WebSocket is not buffered",
        ],
    },
];

/// An alert says so; an answer over HTTP may have other reasons.
fn wants_certificate(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-client-certificate-required")?;
    let (step, _) = gateway::failed(facts)?;
    let text = "TLS asked for a certificate of the client, and none was shown".to_owned();
    Some(match step {
        "tls" => Weighed::certain(detail),
        _ => Weighed::likely(detail).and(Some(text)),
    })
}

fn filtered(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some((detail, got)) = gateway_service::any_method(facts) {
        return Some(Weighed::possible(detail).and(in_front(facts)).but(Some(got)));
    }
    let detail = ended(facts, "gateway-method-filtered")?;
    let text = "it came before any question for credentials, which a gateway asks first".to_owned();
    let got = http(facts)?.get_status.map(|status| format!("GET on the same path is answered with {status}"));
    Some(Weighed::likely(detail).and(Some(text)).and(got).and(in_front(facts)))
}

fn broken(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-authentication-broken")?;
    Some(Weighed::likely(detail).and(in_front(facts)))
}

fn second_refused(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-second-connection-refused")?;
    let text = "the same gateway, or another behind the same name, had taken the first connection".to_owned();
    Some(Weighed::likely(detail).and(Some(text)).and(in_front(facts)))
}

/// Headers or packets that do not come though the request was taken.
fn buffers(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-silent")?;
    let (step, _) = gateway::failed(facts)?;
    let dual = facts.through?.transport.as_deref() == Some("http");
    match (step, in_front(facts)) {
        ("http" | "auth" | "handshake", front) if dual || front.is_some() => {
            Some(Weighed::likely(detail).and(front))
        }
        _ => Some(Weighed::possible(detail)),
    }
}

/// Only what is bound can be refused for its binding.
fn extended_protection(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-credentials-refused")?;
    let auth = &facts.through?.steps.auth.as_ref()?.evidence;
    let other = auth.refusal.is_some_and(|said| !gateway::LOGON_FAILURES.contains(&said));
    let bound = auth.channel_bindings && !other;
    let text = format!("{detail}, and the proof was bound to the certificate that was served");
    bound.then(|| Weighed::possible(text).and(in_front(facts)))
}

pub fn http<'a>(facts: &Facts<'a>) -> Option<&'a GatewayHttp> {
    Some(&facts.through?.steps.http.as_ref()?.evidence)
}

/// What answers is no Windows: HTTP.sys and IIS name themselves.
pub fn in_front(facts: &Facts<'_>) -> Option<String> {
    let http = http(facts)?;
    if let Some(via) = &http.via {
        return Some(format!("a proxy names itself: Via {via}"));
    }
    let server = http.server.as_ref().filter(|name| !name.starts_with("Microsoft-"))?;
    Some(format!("what answers names itself {server}"))
}
