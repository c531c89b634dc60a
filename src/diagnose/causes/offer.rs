//! Why a server answers the Connection Request with a refusal, or does not like what is in it.

use super::{CauseRule, Weighed, coded, cut_in, failed_in};
use crate::{
    codes::Phase,
    diagnose::Facts,
    report::{FailureKind, Selected},
};

const SSL: u32 = 1;
const HYBRID: u32 = 2;

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "server-requires-tls",
        weigh: |facts| demanded(facts, 1, SSL, "TLS"),
        comes_and_goes: false,
        confirm: &["on the host: SecurityLayer of RDP-Tcp is 2"],
        fix: &["offer TLS: --security auto, or a client that knows it"],
    },
    CauseRule {
        code: "server-requires-nla",
        weigh: |facts| demanded(facts, 5, HYBRID, "NLA"),
        comes_and_goes: false,
        confirm: &["on the host: UserAuthentication of RDP-Tcp is 1"],
        fix: &["offer NLA: --security auto; in an .rdp file enablecredsspsupport:i:1"],
    },
    CauseRule {
        code: "server-refuses-tls",
        weigh: |facts| refusal(facts, 2),
        comes_and_goes: false,
        confirm: &["on the host: SecurityLayer of RDP-Tcp is 0, or a policy sets it"],
        fix: &["set the security layer to TLS (SecurityLayer 2) on the host"],
    },
    CauseRule {
        code: "server-requires-client-certificate",
        weigh: client_certificate,
        comes_and_goes: false,
        confirm: &["whether this is a broker, a gateway or a console service that only its own clients use"],
        fix: &["connect the way that the service is meant to be used", "ask for the host behind it"],
    },
    CauseRule {
        code: "server-requires-entra",
        weigh: |facts| refusal(facts, 7),
        comes_and_goes: false,
        confirm: &["on the host: dsregcmd /status, and the policy that requires Entra authentication"],
        fix: &["connect by name with a client that signs in with a web account (enablerdsaadauth:i:1)"],
    },
    CauseRule {
        code: "cookie-filtered",
        weigh: |facts| difference(facts, "no-cookie", "a Connection Request without the cookie"),
        comes_and_goes: false,
        confirm: &["rules for mstshash on the load balancer or filter in front of the host"],
        fix: &["change the rule that drops unknown mstshash cookies: clients send the user's name in it"],
    },
    CauseRule {
        code: "offer-filtered",
        weigh: |facts| {
            let ssl = difference(facts, "protocol-ssl", "an offer of TLS alone");
            ssl.or_else(|| difference(facts, "protocol-hybrid", "an offer of NLA alone"))
                .or_else(|| difference(facts, "protocol-rdp", "an offer of Standard RDP Security alone"))
        },
        comes_and_goes: false,
        confirm: &[
            "the same trace without the filter or proxy in between",
            "the age of the server's software",
        ],
        fix: &["update the server, or the device that reads the negotiation"],
    },
    CauseRule {
        code: "xrdp-refuses-offer",
        weigh: ultimatum,
        comes_and_goes: false,
        confirm: &["the log of xrdp on the host", "security_layer in xrdp.ini"],
        fix: &["set security_layer=negotiate and a readable certificate and key in xrdp.ini"],
    },
    CauseRule {
        code: "xrdp-key-unreadable",
        weigh: xrdp_key,
        comes_and_goes: false,
        confirm: &[
            "xrdp.log on the host: \"Cannot read private key file\"",
            "the host runs xrdp, not Windows",
        ],
        fix: &["let the user xrdp read the key: add it to the group ssl-cert, then restart xrdp"],
    },
];

fn refusal(facts: &Facts<'_>, code: i64) -> Option<Weighed> {
    let failure = coded(facts, FailureKind::NegotiationFailure, &[code])?;
    Some(Weighed::certain(failure.detail.clone()))
}

/// A server that demands what was offered says something else than it means.
fn demanded(facts: &Facts<'_>, code: i64, protocol: u32, name: &str) -> Option<Weighed> {
    let weighed = refusal(facts, code)?;
    let offered = facts.negotiate.is_some_and(|negotiate| negotiate.requested_code & protocol != 0);
    let likelihood = if offered { crate::report::Likelihood::Possible } else { weighed.likelihood };
    let against = offered.then(|| format!("{name} was in the offer that was refused"));
    Some(Weighed { likelihood, ..weighed }.but(against))
}

fn client_certificate(facts: &Facts<'_>) -> Option<Weighed> {
    let refused = refusal(facts, 6);
    refused.or_else(|| {
        let failure = failed_in(facts, Phase::Tls).filter(|f| f.kind == FailureKind::TlsAlert)?;
        let asked = facts.tls?.client_certificate_requested;
        asked.then(|| {
            Weighed::certain("the server asked for a client certificate").and(Some(failure.detail.clone()))
        })
    })
}

/// A changed Connection Request is answered where the usual one is not.
fn difference(facts: &Facts<'_>, experiment: &str, what: &str) -> Option<Weighed> {
    let failure = cut_in(facts, Phase::Negotiate).or_else(|| super::silent_in(facts, Phase::Negotiate))?;
    let answered = facts.passes(experiment, Phase::Negotiate)?;
    // What comes and goes proves no difference.
    (answered && facts.intermittent().is_none()).then(|| {
        Weighed::new(facts.proof(Phase::Negotiate), format!("{what} is answered, the usual one is not"))
            .and(Some(failure.detail.clone()))
            .and(facts.every_time(Phase::Negotiate))
    })
}

/// Windows answers an offer that it does not take with a negotiation failure.
fn ultimatum(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Negotiate).filter(|f| f.kind == FailureKind::Disconnect)?;
    Some(Weighed::likely(
        "a disconnect came in place of the confirm, where Windows sends a negotiation failure",
    ))
    .map(|weighed| weighed.and(Some(failure.detail.clone())))
}

/// xrdp without a key that it can read falls back to its own encryption, or says that it has no certificate.
fn xrdp_key(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) = coded(facts, FailureKind::NegotiationFailure, &[3]) {
        let text = format!("{}; xrdp says so too when it cannot read its key", failure.detail);
        return Some(Weighed::possible(text));
    }
    let negotiate = facts.negotiate?;
    let fell_back = negotiate.selected == Some(Selected::Rdp)
        && negotiate.negotiation_response == Some(true)
        && negotiate.requested_code & SSL != 0;
    let text = "TLS was offered and Standard RDP Security selected, as xrdp does without a readable key";
    let failure = cut_in(facts, Phase::Mcs).or_else(|| cut_in(facts, Phase::Licensing))?;
    fell_back.then(|| Weighed::possible(text).and(Some(failure.detail.clone())))
}
