//! The telling facts of each phase, a line or two.

use super::{activation, cells};
use crate::report::{
    Answerer, AttemptResult, ConnectEvidence, Connection, CredsspEvidence, HandshakeSignature, KdcCarrier,
    KdcEvidence, KdcSource, LicensingEvidence, McsEvidence, NegotiateEvidence, NtlmEvidence, Phases,
    ProxyEvidence, ResolveEvidence, TlsEvidence,
};
use crate::{
    codes::{self, Phase},
    endpoint::place,
};

/// The facts of one phase of a connection.
pub(super) fn facts(connection: &Connection, phase: Phase, who: Answerer) -> Vec<String> {
    let phases = &connection.phases;
    fact_lines(phases, phase, who).unwrap_or_default().into_iter().filter(|line| !line.is_empty()).collect()
}

fn fact_lines(phases: &Phases, phase: Phase, who: Answerer) -> Option<Vec<String>> {
    Some(match phase {
        Phase::Resolve => vec![resolve(&phases.resolve.as_ref()?.evidence, asked(phases))],
        Phase::Connect => connect(&phases.connect.as_ref()?.evidence),
        Phase::Negotiate => negotiate(&phases.negotiate.as_ref()?.evidence),
        Phase::Tls => tls(&phases.tls.as_ref()?.evidence),
        Phase::Credssp => credssp(&phases.credssp.as_ref()?.evidence, who),
        Phase::Mcs => mcs(&phases.mcs.as_ref()?.evidence),
        Phase::Licensing => licensing(&phases.licensing.as_ref()?.evidence),
        Phase::Activate => activation::facts(&phases.activate.as_ref()?.evidence),
        Phase::Gateway => return None,
    })
}

/// The proxy that was asked for the target.
fn asked(phases: &Phases) -> Option<&ProxyEvidence> {
    phases.connect.as_ref()?.evidence.proxy.as_ref()
}

/// Whether nothing was looked up here: the name is left to a proxy, which was named by an address.
pub(super) fn is_left_to_proxy(phases: &Phases) -> bool {
    let literal = phases.resolve.as_ref().is_some_and(|resolve| resolve.evidence.literal);
    literal && asked(phases).is_some()
}

/// The addresses of a name; those of the proxy where there is one, which looks up the name of the target.
pub(super) fn resolve(evidence: &ResolveEvidence, proxy: Option<&ProxyEvidence>) -> String {
    let addresses: Vec<String> = evidence.addresses.iter().map(|a| a.address.to_string()).collect();
    let addresses = addresses.join(", ");
    match (proxy, evidence.literal) {
        (Some(_), true) => "left to the proxy".to_owned(),
        (Some(_), false) => format!("{addresses}, of the proxy"),
        (None, true) => "an address, nothing to look up".to_owned(),
        (None, false) => addresses,
    }
}

/// The peer, and how every attempt ended where there were several.
pub(super) fn connect(evidence: &ConnectEvidence) -> Vec<String> {
    let mut lines: Vec<String> = evidence.peer.iter().map(|peer| peer.to_string()).collect();
    lines.extend(evidence.proxy.as_ref().map(proxy));
    // A single attempt is told by the phase itself.
    for attempt in evidence.attempts.iter().filter(|_| evidence.attempts.len() > 1) {
        let what = match attempt.result {
            AttemptResult::Connected => continue,
            AttemptResult::Refused => "refused",
            AttemptResult::Reset => "reset",
            AttemptResult::Unreachable => "unreachable",
            AttemptResult::Timeout => "no answer",
            AttemptResult::Cancelled => "not waited for",
            AttemptResult::Failed => "failed",
        };
        let icmp = attempt.icmp.as_ref().and_then(|icmp| Some(format!(" by {}", icmp.from?)));
        let icmp = icmp.unwrap_or_default();
        lines.push(format!("{}: {what}{icmp} after {:.1} ms", attempt.address, attempt.elapsed_ms.0));
    }
    lines
}

/// Which proxy, what it was asked for and how it answered.
pub(super) fn proxy(evidence: &ProxyEvidence) -> String {
    let ProxyEvidence { kind, host, port, asked_for, .. } = evidence;
    let account = if evidence.account_sent { ", with an account" } else { "" };
    let time = evidence.elapsed_ms.map_or_else(String::new, |time| format!(" in {:.1} ms", time.0));
    let answer = match (evidence.status, evidence.reply) {
        (Some(status), _) => format!("{status}{time}"),
        (None, Some(0)) => format!("connected{time}"),
        (None, Some(reply)) => format!("reply {reply}{time}"),
        (None, None) if evidence.elapsed_ms.is_none() => "not asked".to_owned(),
        (None, None) => match evidence.method {
            Some(method) => format!("method {method}"),
            None => "no answer of a proxy".to_owned(),
        },
    };
    format!("{kind} proxy {}, asked for {asked_for}{account}: {answer}", place(host, *port))
}

fn negotiate(evidence: &NegotiateEvidence) -> Vec<String> {
    // Whoever only watched may have missed the request.
    if evidence.requested.is_empty() && evidence.selected.is_none() {
        return Vec::new();
    }
    let asked: Vec<&str> = evidence.requested.iter().map(|protocol| protocol.name()).collect();
    let asked = match asked.is_empty() {
        true => "the offer is not in the record".to_owned(),
        false => format!("asked {}", asked.join(", ")),
    };
    let Some(selected) = evidence.selected else { return vec![asked] };
    let how = match (evidence.negotiation_response, evidence.selected_code) {
        (Some(false), _) => ", without a negotiation response".to_owned(),
        (_, Some(code)) if selected.name() == "unknown" => format!(" ({code})"),
        _ => String::new(),
    };
    let flags = evidence.flags.unwrap_or_default();
    let modes = match (flags & 0x08 != 0, flags & 0x10 != 0) {
        (true, true) => ", takes Restricted Admin and Remote Credential Guard",
        (true, false) => ", takes Restricted Admin",
        (false, true) => ", takes Remote Credential Guard",
        (false, false) => "",
    };
    vec![format!("{asked}; selected {}{how}{modes}", selected.name())]
}

/// What was agreed on, and what is wrong with it.
pub(super) fn tls(evidence: &TlsEvidence) -> Vec<String> {
    let parts = [&evidence.version, &evidence.cipher_suite, &evidence.key_exchange];
    let line = parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let signature = match evidence.signature {
        Some(HandshakeSignature::Invalid) => "the handshake's signature is INVALID".to_owned(),
        Some(HandshakeSignature::NotCheckable) => match &evidence.signature_unchecked {
            Some(why) => format!("the handshake's signature cannot be checked: {why}"),
            None => "the handshake's signature cannot be checked".to_owned(),
        },
        _ => String::new(),
    };
    let alert = evidence.alert_sent.as_ref().map(|alert| {
        let name = alert.name.as_deref().unwrap_or("unknown");
        format!("the client sent the alert {} ({name})", alert.code)
    });
    vec![line, signature, alert.unwrap_or_default()]
}

fn credssp(evidence: &CredsspEvidence, who: Answerer) -> Vec<String> {
    let version = evidence.version.map(|version| format!("version {version}"));
    let ntlm = evidence.ntlm.as_ref();
    let accepted = if evidence.authenticated { "the server accepts the account" } else { "" };
    let system =
        ntlm.and_then(|ntlm| system(ntlm, who)).map_or_else(String::new, |system| format!(", {system}"));
    vec![
        version.map_or_else(String::new, |version| format!("{version}{system}")),
        ntlm.map(names).unwrap_or_default(),
        evidence.kdc.as_ref().map(kdc).unwrap_or_default(),
        accepted.to_owned(),
    ]
}

/// The KDC, what it was asked for and whether it gave it.
fn kdc(kdc: &KdcEvidence) -> String {
    let time = kdc.elapsed_ms.map_or_else(String::new, |time| format!(" in {:.1} ms", time.0));
    if let Some(why) = kdc.ntlm_instead.as_ref().filter(|_| kdc.host.is_empty()) {
        return format!("no KDC was asked for {}: {why}", kdc.service_principal);
    }
    let ticket = if kdc.ticket { "ticket" } else { "no ticket" };
    let clock = kdc.clock_skew_seconds.map_or_else(String::new, |skew| format!(", clock {skew:+} s"));
    let source = match kdc.source.known() {
        Some(KdcSource::Krb5Conf) => " of krb5.conf",
        Some(KdcSource::RdpFile) => " of the .rdp file",
        Some(KdcSource::Dns) => " of DNS",
        _ => "",
    };
    let host = if kdc.host.is_empty() { "not found".to_owned() } else { kdc.host.clone() };
    let (what, over) = match kdc.transport.known() {
        Some(KdcCarrier::Udp) => ("KDC", " over UDP"),
        Some(KdcCarrier::Https) => ("KDC proxy", ""),
        _ => ("KDC", ""),
    };
    let through = realms(kdc);
    format!("{what}{source} {host}{over}: {ticket} for {}{time}{clock}{through}", kdc.service_principal)
}

/// The way over other realms, where there is one.
fn realms(kdc: &KdcEvidence) -> String {
    let mut way: Vec<String> = Vec::new();
    for exchange in &kdc.exchanges {
        let at = match exchange.host.as_str() {
            "" => exchange.realm.clone(),
            host => format!("{} ({host})", exchange.realm),
        };
        if way.last() != Some(&at) {
            way.push(at);
        }
    }
    let referred = kdc.referral.as_ref().filter(|realm| !way.last().is_some_and(|at| at.starts_with(*realm)));
    way.extend(referred.cloned());
    if way.len() > 1 { format!(", by referral over {}", way.join(", ")) } else { String::new() }
}

/// The Windows that it is, or that others claim to be.
pub(super) fn system(ntlm: &NtlmEvidence, who: Answerer) -> Option<String> {
    let claims = if who == Answerer::Windows { "" } else { "claims " };
    Some(format!("{claims}Windows {} build {}", ntlm.os_version.as_deref()?, ntlm.os_build?))
}

/// Computer, domain and clock.
pub(super) fn names(ntlm: &NtlmEvidence) -> String {
    let computer = ntlm.dns_computer.as_deref().or(ntlm.netbios_computer.as_deref()).map(str::to_owned);
    let domain = ntlm.netbios_domain.as_deref().map(|domain| format!("domain {domain}"));
    let clock = ntlm.clock_skew_seconds.map(|skew| format!("clock {skew:+} s"));
    [computer, domain, clock].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn mcs(evidence: &McsEvidence) -> Vec<String> {
    let version = evidence.server_version.map(cells::rdp_version);
    // Under TLS a server says so too; only a method is worth a word then.
    let offered = evidence.encryption_methods_requested.is_some_and(|methods| methods != 0);
    let encryption = evidence
        .encryption_method
        .filter(|method| offered || *method != 0)
        .map(|method| cells::encryption(method, evidence.encryption_level.unwrap_or_default()));
    let key = evidence.encryption_key.as_ref().map(cells::encryption_key);
    let joins = match evidence.channel_join_skipped {
        Some(true) if evidence.user_channel.is_some() => Some("channel joins skipped".to_owned()),
        _ => None,
    };
    vec![[version, encryption, key, joins].into_iter().flatten().collect::<Vec<_>>().join(", ")]
}

fn licensing(evidence: &LicensingEvidence) -> Vec<String> {
    let request = evidence.product.as_deref().map(|product| {
        let version = evidence
            .version
            .map_or_else(String::new, |version| format!(" version {}.{}", version >> 16, version & 0xFFFF));
        let company = evidence.company.as_deref().unwrap_or("an unnamed company");
        format!("product {product}{version} of {company}")
    });
    let ended = match evidence.error_code {
        Some(codes::STATUS_VALID_CLIENT) => Some("no license needed (valid client)".to_owned()),
        Some(code) => {
            Some(format!("error alert {code} {}", codes::LICENSE_ERROR.symbol(code).unwrap_or_default()))
        }
        None => evidence.outcome.map(|outcome| format!("ended at {}", outcome.name().replace('_', " "))),
    };
    let redirection = evidence.redirection.as_ref().map(activation::redirection);
    let sent = if evidence.account_sent { "the account was sent in Client Info" } else { "" };
    let mut lines = vec![sent.to_owned(), ended.unwrap_or_default(), request.unwrap_or_default()];
    lines.extend(redirection.unwrap_or_default());
    lines
}
