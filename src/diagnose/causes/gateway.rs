//! Why the leg to and through an RD Gateway ends: what the gateway itself says.

use super::{CauseRule, Weighed, gateway_service, rule};
use crate::{
    diagnose::{Facts, gateway},
    report::Failure,
};

pub const RULES: &[CauseRule] = &[
    rule(
        "gateway-name-not-found",
        |facts| ended(facts, "gateway-name-not-found").map(Weighed::likely),
        &[
            "the name of the gateway against gatewayhostname in the .rdp file",
            "the same name from a machine for which it works: inside and outside may see another DNS",
        ],
        &["correct the name, or let the DNS that this machine asks know it"],
    ),
    rule(
        "gateway-unreachable",
        |facts| ended(facts, "gateway-unreachable").map(Weighed::likely),
        &[
            "host and port after the word Gateway, against gatewayhostname in the .rdp file",
            "the same from another network: a gateway listens on TCP 443",
        ],
        &["open TCP 443 on the way, or start the gateway", "give its own name and port"],
    ),
    rule(
        "gateway-tls-failed",
        |facts| ended(facts, "gateway-tls-failed").map(Weighed::likely),
        &[
            "what listens there: curl -v of https and the same host and port",
            "on the gateway: Schannel 36874 to 36888 in the System log",
        ],
        &[
            "give the port of HTTPS",
            "enable TLS 1.2 or 1.3 with usable suites on the gateway, or on the proxy in front of it",
        ],
    ),
    rule(
        "gateway-azure-virtual-desktop",
        azure,
        &["the host name ends in wvd.microsoft.com, or the file was downloaded from Azure Virtual Desktop"],
        &["connect with the Windows App or the web client; this program does not speak that protocol"],
    ),
    rule(
        "gateway-legacy-rpc",
        |facts| ended(facts, "gateway-legacy-rpc").map(Weighed::certain),
        &["on the gateway: Windows Server 2008 R2, or the HTTP transport turned off in RD Gateway Manager"],
        &["turn on the HTTP transport in RD Gateway Manager, or update the gateway"],
    ),
    rule(
        "gateway-not-there",
        |facts| ended(facts, "gateway-not-there").map(Weighed::likely),
        &[
            "on the gateway: the role RD Gateway is installed and TSGateway runs",
            "the host and port of the gateway",
        ],
        &["give the gateway's own name and port", "let the proxy in front pass /remoteDesktopGateway/ on"],
    ),
    rule(
        "gateway-service-down",
        |facts| {
            ended(facts, "gateway-service-down")
                .or_else(|| gateway_service::fails(facts))
                .map(Weighed::likely)
        },
        &["on the gateway: the services TSGateway and W3SVC, and its application pool"],
        &["start TSGateway, or mend what stands between the proxy and it"],
    ),
    rule(
        "gateway-scheme-not-offered",
        |facts| ended(facts, "gateway-scheme-not-offered").map(Weighed::certain),
        &[
            "the schemes in the http step, and the authentication methods of the gateway and of the proxy in front",
        ],
        &[
            "give an account, or ask for a scheme that is offered: --gateway-user, --gateway-auth",
            "let the proxy pass WWW-Authenticate on",
        ],
    ),
    rule(
        "gateway-scheme-refused",
        scheme_refused,
        &[
            "on the gateway: the policy 'Restrict NTLM: Incoming NTLM traffic', and the log NTLM/Operational",
            "whether machines of the domain come in, which use Kerberos",
        ],
        &["allow NTLM on the gateway, or name another scheme that it offers: --gateway-auth"],
    ),
    rule(
        "gateway-credentials-wrong",
        credentials_wrong,
        &[
            "on the gateway, Security log: 4625 with Status and SubStatus",
            "the user name is DOMAIN\\user or a UPN",
        ],
        &["give the right account for the gateway; each wrong try counts towards a lockout"],
    ),
    rule(
        "gateway-extended-auth-required",
        extended_auth,
        &["the file that users start has a gatewayaccesstoken, or asks for a smart card"],
        &["trace with the .rdp file that the portal gives out, and without an account for the gateway"],
    ),
    rule(
        "gateway-token-refused",
        |facts| ended(facts, "gateway-token-refused").map(Weighed::certain),
        &["when the .rdp file was downloaded, and from which address"],
        &["download a fresh file: tokens expire within minutes and may be bound to an address"],
    ),
    rule(
        "gateway-connection-limit",
        |facts| ended(facts, "gateway-connection-limit").map(Weighed::certain),
        &["on the gateway: Monitoring in RD Gateway Manager, and the limit in its properties"],
        &["raise the limit, end stale connections, or add a gateway"],
    ),
    rule(
        "gateway-connection-policy",
        |facts| ended(facts, "gateway-connection-policy").map(Weighed::certain),
        &["on the gateway: event TerminalServices-Gateway 201, or 6273 of NPS, names user and policy"],
        &[
            "add the user's group to an RD CAP that allows this way of authentication",
            "where it is the health policy (0x59ED): mend what that asks of the device",
        ],
    ),
    rule(
        "gateway-token-other-host",
        token_other_host,
        &["the host that the token names, in the portal that gave out the file"],
        &["trace the host that the file names, under the same name"],
    ),
    rule(
        "gateway-resource-policy",
        resource_policy,
        &[
            "on the gateway: event TerminalServices-Gateway 301 names user and resource",
            "the name forms in the RD RAP",
        ],
        &[
            "add the host to the RD RAP under the name that clients use: FQDN, NetBIOS and address are three names",
        ],
    ),
    rule(
        "gateway-target-unreachable",
        target_unreachable,
        &[
            "from the gateway: Test-NetConnection HOST -Port 3389",
            "on the gateway: event TerminalServices-Gateway 304",
        ],
        &["mend DNS, the firewall or the way between the gateway and the host, or start the host"],
    ),
    rule(
        "gateway-session-ended",
        |facts| ended(facts, "gateway-session-ended").map(Weighed::certain),
        &[
            "on the gateway: event TerminalServices-Gateway 303 says how long the session lasted and why it ended",
        ],
        &["change the timeouts of the RD CAP, or ask the administrator who ended it"],
    ),
];

/// What the gateway said, when the ending has this code.
pub fn ended(facts: &Facts<'_>, code: &str) -> Option<String> {
    (gateway::code(facts)? == code).then(|| failure(facts).map(|failure| failure.detail.clone()))?
}

fn failure<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    gateway::failed(facts).map(|(_, failure)| failure)
}

/// Others take tokens alone too, such as a proxy that signs users on; the name tells.
fn azure(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-azure-virtual-desktop")?;
    Some(match gateway::is_named_azure(facts.through?) {
        true => Weighed::certain(detail),
        false => Weighed::likely(detail),
    })
}

fn credentials_wrong(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-credentials-refused")?;
    let auth = &facts.through?.steps.auth.as_ref()?.evidence;
    // Words that name another reason mean that the password is right, or was not looked at.
    if auth.refusal.is_some_and(|said| !gateway::LOGON_FAILURES.contains(&said)) {
        return None;
    }
    let against = auth.channel_bindings.then(|| {
        "the proof was bound to the certificate that was served: a gateway that enforces the binding refuses it \
         where a proxy ends TLS, though the password is right"
            .to_owned()
    });
    Some(Weighed::likely(detail).but(against))
}

/// It came before any proof, so it is no judgement of the account; what else is offered may be taken.
fn scheme_refused(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-scheme-refused")?;
    let steps = &facts.through?.steps;
    let begun = steps.auth.as_ref()?.evidence.scheme.as_deref();
    let offered = &steps.http.as_ref()?.evidence.schemes;
    let others: Vec<&str> = offered.iter().map(String::as_str).filter(|name| Some(*name) != begun).collect();
    let others = (!others.is_empty()).then(|| format!("the gateway also offers {}", others.join(", ")));
    let text = "no password was judged: the refusal came before any proof of it".to_owned();
    Some(Weighed::likely(detail).and(Some(text)).and(others))
}

/// An account in HTTP takes the place of the token.
fn extended_auth(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-extended-auth-required")?;
    let through = facts.through?;
    let aside = through.token && through.steps.auth.as_ref().is_some_and(|auth| auth.evidence.accepted);
    let text = "the token of the file was left aside, because the gateway asked for an account first";
    Some(Weighed::certain(detail).and(aside.then(|| text.to_owned())))
}

/// With a token the policy is that of the portal that gave it out.
fn token_other_host(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-resource-policy")?;
    let token = facts.through?.steps.tunnel.as_ref()?.evidence.token_sent;
    token.then(|| {
        Weighed::likely(detail).and(Some("a token allows only the host that it was given out for".to_owned()))
    })
}

fn resource_policy(facts: &Facts<'_>) -> Option<Weighed> {
    let detail = ended(facts, "gateway-resource-policy")?;
    let named = facts.through?.steps.channel.as_ref()?.evidence.resource.clone();
    let name = named.map(|name| format!("the gateway was asked for {name}, and for no other name of it"));
    let token = facts.through?.steps.tunnel.as_ref().is_some_and(|tunnel| tunnel.evidence.token_sent);
    Some(if token { Weighed::possible(detail) } else { Weighed::certain(detail) }.and(name))
}

/// The number for an unreachable server says so; other gateways send that of an internal error.
fn target_unreachable(facts: &Facts<'_>) -> Option<Weighed> {
    const E_PROXY_TS_CONNECTFAILED: u32 = 0x59DD;
    if let Some(weighed) = gateway_service::opened_in_vain(facts) {
        return Some(weighed);
    }
    let detail = ended(facts, "gateway-target-unreachable")?;
    match gateway::low(failure(facts)?) {
        Some(E_PROXY_TS_CONNECTFAILED) => Some(Weighed::certain(detail)),
        _ => Some(Weighed::likely(detail).and(Some(
            "gateways that are not Windows send this number where they cannot reach the server".to_owned(),
        ))),
    }
}
