//! What is worth knowing of a gateway that was passed, and of what is in front of it.

use crate::{
    codes::{MAX_SKEW_SECONDS, Phase},
    diagnose::{Facts, Rule},
    report::{FindingCode, GatewayTransport, Severity, Status},
};

const fn rule(code: FindingCode, severity: Severity, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity, phase: Phase::Gateway, applies }
}

pub(crate) const RULES: &[Rule] = &[
    rule(FindingCode::GatewayCertificateThumbprintMismatch, Severity::Error, thumbprint),
    rule(FindingCode::GatewayAccountNotUsed, Severity::Error, not_used),
    rule(FindingCode::GatewaySecondConnectionDiffers, Severity::Error, differs),
    rule(FindingCode::GatewayUpgradeStripped, Severity::Warning, stripped),
    rule(FindingCode::GatewayClockSkew, Severity::Warning, skew),
    rule(FindingCode::GatewayBasicOnly, Severity::Warning, basic_only),
    rule(FindingCode::GatewayConsentAsked, Severity::Info, consent),
    rule(FindingCode::GatewayServiceMessage, Severity::Info, message),
    rule(FindingCode::GatewayRedirectionLimited, Severity::Info, limited),
];

fn thumbprint(facts: &Facts<'_>) -> Option<String> {
    let through = facts.through?;
    let expected = through.expected_thumbprint.as_deref()?;
    let tls = through.steps.tls.as_ref().filter(|tls| tls.status == Status::Passed)?;
    let Some(served) = &tls.evidence.thumbprints else {
        return Some(format!("the gateway {} served no certificate, {expected} was expected", through.host));
    };
    let served = if expected.len() == served.sha1.len() { &served.sha1 } else { &served.sha256 };
    let text = || format!("the gateway {} serves thumbprint {served}, {expected} was expected", through.host);
    (served != expected).then(text)
}

/// A logon that was asked for and not made must not look like one that works.
fn not_used(facts: &Facts<'_>) -> Option<String> {
    let through = facts.through?;
    let steps = &through.steps;
    let stopped = steps.auth.as_ref().and_then(|auth| auth.stopped.as_ref());
    let account = stopped.filter(|_| through.account);
    let unsent = steps.tunnel.as_ref().filter(|tunnel| through.token && !tunnel.evidence.token_sent);
    let token = unsent.and_then(|tunnel| tunnel.stopped.as_ref()).or(stopped.filter(|_| through.token));
    // A token takes the place of an account.
    if through.account && !through.token && steps.auth.is_none() && steps.handshake.is_some() {
        return Some("the account for the gateway was not used: the gateway asks nobody for one".to_owned());
    }
    match (account, token) {
        (Some(stopped), _) => Some(format!("the account for the gateway was not used: {stopped}")),
        (None, Some(stopped)) => Some(format!("the token for the gateway was not used: {stopped}")),
        (None, None) => None,
    }
}

/// Before the first packet there is no other reason to stop: somebody else answered the second of two connections.
fn differs(facts: &Facts<'_>) -> Option<String> {
    let reason = facts.through?.steps.handshake.as_ref()?.stopped.as_ref()?;
    Some(format!("{reason}; nothing was shown to whoever answered it"))
}

fn stripped(facts: &Facts<'_>) -> Option<String> {
    let through = facts.through?;
    let http = &through.steps.http.as_ref()?.evidence;
    let by = http.via.as_ref().or(http.server.as_ref());
    let by = by.map_or_else(String::new, |name| format!(" (answered by {name})"));
    (through.transport == Some(GatewayTransport::Http.into())).then(|| {
        format!(
            "a WebSocket was asked for and two HTTP connections were given: a proxy strips the upgrade, or the \
             gateway is older than Windows Server 2012 R2{by}"
        )
    })
}

fn skew(facts: &Facts<'_>) -> Option<String> {
    let auth = &facts.through?.steps.auth.as_ref()?.evidence;
    let skew = auth.ntlm.as_ref()?.clock_skew_seconds?;
    (skew.unsigned_abs() > MAX_SKEW_SECONDS).then(|| {
        let way = if skew > 0 { "ahead of" } else { "behind" };
        format!("the gateway's clock is {} s {way} this machine's", skew.abs())
    })
}

fn basic_only(facts: &Facts<'_>) -> Option<String> {
    let http = &facts.through?.steps.http.as_ref()?.evidence;
    let only = !http.schemes.is_empty() && http.schemes.iter().all(|s| s.eq_ignore_ascii_case("Basic"));
    let text = "the gateway takes the password itself (Basic) and nothing better";
    only.then(|| text.to_owned())
}

fn consent(facts: &Facts<'_>) -> Option<String> {
    let text = facts.through?.steps.tunnel.as_ref()?.evidence.consent.as_deref()?;
    Some(format!("the gateway asks its users for consent: {}", short(text)))
}

fn message(facts: &Facts<'_>) -> Option<String> {
    let texts = &facts.through?.service_messages;
    let first = texts.first()?;
    Some(format!("the gateway's administrator says: {}", short(first)))
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 200 { line } else { line.chars().take(200).chain("...".chars()).collect() }
}

/// redirFlags (MS-TSGU 2.2.5.3.7): a set bit turns one off.
fn limited(facts: &Facts<'_>) -> Option<String> {
    const NAMES: [(u32, &str); 5] =
        [(1, "drives"), (2, "printers"), (4, "ports"), (8, "the clipboard"), (0x10, "other devices")];
    let authorization = &facts.through?.steps.authorize.as_ref()?.evidence;
    let flags = authorization.redirection_flags?;
    let named: Vec<&str> =
        NAMES.into_iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| name).collect();
    let what = match flags {
        _ if flags & 0x4000_0000 != 0 => "everything".to_owned(),
        _ if flags & 0x8000_0000 != 0 || named.is_empty() => return None,
        _ => named.join(", "),
    };
    Some(format!("the gateway's policy turns off the redirection of {what} ({flags:#x})"))
}
