//! What in the .rdp file explains the end, or shows that its users meet something else than this trace.

use super::{
    Facts, Rule, added,
    experiment_findings::unanswered,
    facts::{GATEWAY_ALWAYS, GATEWAY_IF_DIRECT_FAILS},
    redirection,
};
use crate::{
    codes::{Phase, Protocols},
    report::{Certificate, ExperimentKind, FailureKind, FindingCode, Severity, Trust},
};

/// The negotiation failure that demands NLA (MS-RDPBCGR 2.2.1.2.2).
const HYBRID_REQUIRED_BY_SERVER: i64 = 5;

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::RdpFileNlaOff, Severity::Error, Phase::Negotiate, nla_off),
    Rule::new(FindingCode::RdpFileNegotiationOff, Severity::Error, Phase::Tls, negotiation_off),
    Rule::new(FindingCode::RdpFileTokenRefused, Severity::Error, Phase::Negotiate, token_refused),
    Rule::new(FindingCode::RdpFileGatewayInvalid, Severity::Warning, Phase::Gateway, gateway_invalid),
    Rule::new(FindingCode::RdpFileGatewayNotTraced, Severity::Warning, Phase::Gateway, gateway_not_traced),
    Rule::new(FindingCode::RdpFileMalformed, Severity::Warning, Phase::Resolve, malformed),
    Rule::new(FindingCode::RdpFilePortConflict, Severity::Warning, Phase::Connect, port_conflict),
    Rule::new(FindingCode::RdpFileServerRefused, Severity::Warning, Phase::Tls, server_refused),
    Rule::new(FindingCode::RdpFileAuthenticationOff, Severity::Warning, Phase::Tls, authentication_off),
    Rule::new(FindingCode::RdpFileEntraNeedsName, Severity::Warning, Phase::Negotiate, entra_needs_name),
    Rule::new(FindingCode::RdpFileGatewayFallback, Severity::Info, Phase::Gateway, gateway_fallback),
    Rule::new(FindingCode::RdpFileGatewayUnused, Severity::Info, Phase::Gateway, gateway_unused),
];

fn failure_code(facts: &Facts<'_>, kind: FailureKind) -> Option<i64> {
    facts.failed()?.failure.filter(|failure| failure.kind == kind)?.code
}

fn nla_off(facts: &Facts<'_>) -> Option<String> {
    let off = facts.file?.credssp == Some(false) && !facts.negotiate?.offered().has(Protocols::NLA);
    let required = failure_code(facts, FailureKind::NegotiationFailure) == Some(HYBRID_REQUIRED_BY_SERVER);
    let text = "the file turns NLA off (enablecredsspsupport:i:0), and the server takes nobody without it";
    // Who refuses NLA alone as well means something else.
    let taken = facts.passes(ExperimentKind::ProtocolHybrid, Phase::Negotiate) != Some(false);
    (off && required && taken).then(|| text.to_owned())
}

/// The file skips the negotiation that this server waits for.
pub(super) fn negotiation_off(facts: &Facts<'_>) -> Option<String> {
    let off = facts.file?.negotiate_security_layer == Some(false);
    let in_tls = facts.failed().is_some_and(|failed| failed.phase == Phase::Tls);
    let negotiates =
        [ExperimentKind::ProtocolSsl, ExperimentKind::ProtocolHybrid, ExperimentKind::ProtocolRdp]
            .into_iter()
            .any(|kind| facts.answers_request(kind));
    let text = "the file begins with TLS (negotiate security layer:i:0), and the server answers a Connection \
                Request instead";
    (off && in_tls && negotiates).then(|| text.to_owned())
}

/// The file carries a routing token that is not taken.
pub(super) fn token_refused(facts: &Facts<'_>) -> Option<String> {
    let token = facts.file?.load_balance_info.as_deref()?;
    // A hop carries the token of its redirection.
    if redirection::hop(facts).is_some() {
        return None;
    }
    if added::is_unknown_to_broker(facts) {
        return Some(format!("the broker does not know the file's load balance information {token}"));
    }
    let without = facts.answers_request(ExperimentKind::NoCookie);
    if unanswered(facts) && without {
        return Some(format!(
            "a Connection Request without the file's routing token {token} is answered, one with it is not"
        ));
    }
    added::refused(facts, ExperimentKind::NoCookie, &format!("the file's routing token {token}"))
}

fn gateway_not_traced(facts: &Facts<'_>) -> Option<String> {
    // Checks of a machine make no connection that could have gone through it.
    facts.file?;
    let gateway = facts.gateway().filter(|gateway| gateway.usage == Some(GATEWAY_ALWAYS))?;
    Some(match &gateway.host {
        Some(host) => format!(
            "the file goes through the gateway {host}; this trace went directly, so its users may meet something \
             else"
        ),
        None => {
            "the file demands a gateway and names none (gatewayhostname is missing or empty); this trace \
                 went directly"
                .to_owned()
        }
    })
}

fn gateway_invalid(facts: &Facts<'_>) -> Option<String> {
    let gateway = facts.gateway()?;
    let (host, why) = (gateway.host.as_deref()?, gateway.host_error.as_deref()?);
    Some(format!(
        "the file has the gatewayhostname {host:?}, which is none: {why}; where the host cannot be reached directly \
         its users do not connect"
    ))
}

fn gateway_fallback(facts: &Facts<'_>) -> Option<String> {
    let gateway = facts.gateway().filter(|gateway| gateway.usage == Some(GATEWAY_IF_DIRECT_FAILS))?;
    if gateway.host_error.is_some() {
        return None;
    }
    let host = gateway.host.as_deref()?;
    Some(format!(
        "where the host cannot be reached directly the file goes through the gateway {host}, which --gateway {host} \
         traces"
    ))
}

/// What the file names is of no use without a method that goes through it.
fn gateway_unused(facts: &Facts<'_>) -> Option<String> {
    let gateway = facts.file?.gateway.as_ref().filter(|_| facts.through.is_none())?;
    let host = gateway.host.as_deref()?;
    let how = match gateway.usage {
        Some(GATEWAY_ALWAYS | GATEWAY_IF_DIRECT_FAILS) => return None,
        Some(method) => format!("gatewayusagemethod:i:{method}"),
        None => "gatewayusagemethod is missing".to_owned(),
    };
    Some(format!("the file names the gateway {host} and does not go through it ({how}); nor did this trace"))
}

fn malformed(facts: &Facts<'_>) -> Option<String> {
    let file = facts.named_file()?;
    let lines: Vec<String> =
        file.malformed.iter().map(|bad| format!("line {}: {}", bad.line, bad.why)).collect();
    let more = file.malformed_lines.saturating_sub(lines.len());
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let which = if file.malformed_lines == 1 {
        "a line of the file is no setting"
    } else {
        "lines of the file are no settings"
    };
    (!lines.is_empty()).then(|| format!("{which} and had no effect: {}{more}", lines.join("; ")))
}

fn port_conflict(facts: &Facts<'_>) -> Option<String> {
    let file = facts.file?;
    let (asked, used) = (file.server_port?, facts.port?);
    (asked != i32::from(used)).then(|| {
        format!(
            "the file says server port {asked}, and {used} in the address, which was dialled; clients differ"
        )
    })
}

fn server_refused(facts: &Facts<'_>) -> Option<String> {
    let refuses = facts.file?.authentication_level == Some(1);
    let why = unproven(facts, facts.certificate?)?;
    refuses.then(|| {
        format!(
            "the file refuses a server that cannot be authenticated (authentication level:i:1), and here \
             {why}"
        )
    })
}

/// Why a client that checks as this machine does cannot authenticate the server by its certificate.
fn unproven(facts: &Facts<'_>, certificate: &Certificate) -> Option<&'static str> {
    let in_time = (certificate.not_before..=certificate.not_after).contains(&facts.started);
    match certificate.trust {
        Trust::SelfSigned => Some("the certificate is self-signed"),
        Trust::UnknownIssuer | Trust::Other => Some("the certificate is not trusted"),
        _ if !in_time => Some("the certificate is not valid at this time"),
        _ if !certificate.name_matches => Some("the certificate is for another name"),
        _ => None,
    }
}

fn authentication_off(facts: &Facts<'_>) -> Option<String> {
    let text = "the file connects without a warning to a server that cannot be authenticated (authentication \
                level:i:0)";
    (facts.file?.authentication_level == Some(0)).then(|| text.to_owned())
}

fn entra_needs_name(facts: &Facts<'_>) -> Option<String> {
    let asks = facts.file?.entra_authentication == Some(true);
    let address = facts.host.parse::<std::net::IpAddr>().is_ok();
    let text = "the file asks for a logon with Microsoft Entra (enablerdsaadauth:i:1), which needs the name of \
                the server, and gives an address";
    (asks && address).then(|| text.to_owned())
}
