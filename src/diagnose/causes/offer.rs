//! Why a server answers the Connection Request with a refusal, or does not like what is in it.

use super::{CauseRule, Weighed, coded, cut_in, failed_in};
use crate::{
    codes::Phase,
    diagnose::{Facts, experiments::Ending},
    report::{FailureKind, Likelihood, Selected},
};

/// A protocol that a server can demand, and the experiment that offers nothing else.
struct Demand {
    name: &'static str,
    /// Its bit in the offer; Standard RDP Security is what is left without any.
    bit: u32,
    alone: &'static str,
}

const RDP: Demand = Demand { name: "Standard RDP Security", bit: 0, alone: "protocol-rdp" };
const TLS: Demand = Demand { name: "TLS", bit: 1, alone: "protocol-ssl" };
const NLA: Demand = Demand { name: "NLA", bit: 2, alone: "protocol-hybrid" };
const ENTRA: Demand = Demand { name: "Entra authentication", bit: 16, alone: "protocol-rdsaad" };

/// RDP 10.0 (MS-RDPBCGR 2.2.1.4.2); xrdp claims an older one.
const RDP_10: u32 = 0x0008_0005;

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "server-requires-tls",
        weigh: |facts| demanded(facts, 1, &TLS),
        comes_and_goes: false,
        confirm: &["on the host: SecurityLayer of RDP-Tcp is 2"],
        fix: &["offer TLS: --security auto, or a client that knows it"],
    },
    CauseRule {
        code: "server-requires-nla",
        weigh: |facts| demanded(facts, 5, &NLA),
        comes_and_goes: false,
        confirm: &["on the host: UserAuthentication of RDP-Tcp is 1"],
        fix: &["offer NLA: --security auto; in an .rdp file enablecredsspsupport:i:1"],
    },
    CauseRule {
        code: "offer-rewritten",
        weigh: rewritten,
        comes_and_goes: false,
        confirm: &[
            "what stands in front of the host: a proxy or a bastion that makes an offer of its own",
            "the same trace from the host's own network passes",
        ],
        fix: &[
            "let the proxy pass the offer of its clients on, NLA with it",
            "or connect to the host behind it",
        ],
    },
    CauseRule {
        code: "server-refuses-tls",
        weigh: |facts| demanded(facts, 2, &RDP),
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
        weigh: entra,
        comes_and_goes: false,
        confirm: &["on the host: dsregcmd /status, and the policy that requires Entra authentication"],
        fix: &["connect by name with a client that signs in with a web account (enablerdsaadauth:i:1)"],
    },
    CauseRule {
        code: "cookie-filtered",
        weigh: cookie,
        comes_and_goes: false,
        confirm: &["rules for mstshash on the load balancer or filter in front of the host"],
        fix: &["change the rule that drops unknown mstshash cookies: clients send the user's name in it"],
    },
    CauseRule {
        code: "offer-filtered",
        weigh: offer,
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
            "security_layer in xrdp.ini: rdp gives the same picture",
        ],
        fix: &["let the user xrdp read the key: add it to the group ssl-cert, then restart xrdp"],
    },
];

fn refusal(facts: &Facts<'_>, code: i64) -> Option<Weighed> {
    let failure = coded(facts, FailureKind::NegotiationFailure, &[code])?;
    Some(Weighed::certain(failure.detail.clone()))
}

/// A server that demands what was offered, or refuses what it demands, says something else than it means.
fn demanded(facts: &Facts<'_>, code: i64, demand: &Demand) -> Option<Weighed> {
    let weighed = refusal(facts, code)?;
    let requested = facts.negotiate?.requested_code;
    let offered = requested & demand.bit != 0 || demand.bit == 0 && requested == 0;
    let offered = offered.then(|| format!("{} was in the offer that was refused", demand.name));
    let alone = match facts.experiment(demand.alone).and_then(|made| made.ending(Phase::Negotiate)) {
        Some(Ending::Failed(failure)) => {
            Some(format!("{} alone is not taken either: {}", demand.name, failure.detail))
        }
        _ => None,
    };
    let contradicts = offered.is_some() || alone.is_some();
    let likelihood = if contradicts { Likelihood::Possible } else { weighed.likelihood };
    Some(Weighed { likelihood, ..weighed }.but(offered).but(alone))
}

/// Who demands what was offered has seen another offer.
fn rewritten(facts: &Facts<'_>) -> Option<Weighed> {
    let requested = facts.negotiate?.requested_code;
    let demands = [(1, &TLS), (5, &NLA), (7, &ENTRA)];
    let met = |(code, demand): &(i64, &Demand)| {
        requested & demand.bit != 0 && coded(facts, FailureKind::NegotiationFailure, &[*code]).is_some()
    };
    let (_, demand) = demands.into_iter().find(met)?;
    let text = format!(
        "the refusal demands {}, which was in the offer: it may not have reached the server so",
        demand.name
    );
    Some(Weighed::possible(text))
}

/// A server that sends its nonce is ready for a token; one that selects the protocol and then says nothing is not.
fn entra(facts: &Facts<'_>) -> Option<Weighed> {
    let weighed = demanded(facts, 7, &ENTRA)?;
    let phases = facts.experiment(ENTRA.alone).map(|made| &made.connection.phases);
    let Some(begun) = phases.and_then(|phases| phases.credssp.as_ref()) else { return Some(weighed) };
    let ready = begun
        .evidence
        .rdsaad
        .map(|_| "offered alone it is selected, and a nonce for a token comes".to_owned());
    let unready = begun.failure.as_ref().map(|failure| {
        format!(
            "the server selects it and does not begin it, so clients that know it fail too: {}",
            failure.detail
        )
    });
    Some(weighed.and(ready).and(unready))
}

fn client_certificate(facts: &Facts<'_>) -> Option<Weighed> {
    let refused = refusal(facts, 6);
    refused.or_else(|| {
        let failure = failed_in(facts, Phase::Tls).filter(|_| facts.lacks_client_certificate())?;
        let asked = facts.tls?.client_certificate_requested;
        let asked = asked.then(|| "the server asked for a client certificate".to_owned());
        Some(Weighed::certain(failure.detail.clone()).and(asked))
    })
}

const WITHOUT_COOKIE: &str = "a Connection Request without the cookie is answered";

fn cookie(facts: &Facts<'_>) -> Option<Weighed> {
    difference(facts, "no-cookie", without_cookie(facts)?, smaller_offer(facts).map(|(_, text)| text))
}

fn offer(facts: &Facts<'_>) -> Option<Weighed> {
    let (alone, text) = smaller_offer(facts)?;
    difference(facts, alone, text, without_cookie(facts))
}

fn without_cookie(facts: &Facts<'_>) -> Option<String> {
    // A routing token stands where the cookie stands, and is another matter.
    facts.negotiate.filter(|negotiate| !negotiate.routing_token)?;
    (facts.passes("no-cookie", Phase::Negotiate)?).then(|| WITHOUT_COOKIE.to_owned())
}

fn smaller_offer(facts: &Facts<'_>) -> Option<(&'static str, String)> {
    let answered = |demand: &&Demand| facts.passes(demand.alone, Phase::Negotiate) == Some(true);
    // Who takes no TLS in any form dislikes TLS, not the offer.
    let demand = [&TLS, &NLA].into_iter().find(answered)?;
    Some((demand.alone, format!("an offer of {} alone is answered", demand.name)))
}

/// A changed Connection Request is answered where the usual one is not. Where another change helps too, neither is it alone.
fn difference(
    facts: &Facts<'_>,
    experiment: &str,
    answered: String,
    other: Option<String>,
) -> Option<Weighed> {
    let failure = cut_in(facts, Phase::Negotiate).or_else(|| super::silent_in(facts, Phase::Negotiate))?;
    let proof = || facts.proof(Phase::Negotiate, experiment);
    let likelihood = if other.is_some() { Likelihood::Possible } else { proof() };
    // What comes and goes proves no difference.
    facts.intermittent().is_none().then(|| {
        Weighed::new(likelihood, format!("{answered}, the usual one is not"))
            .and(Some(failure.detail.clone()))
            .and(facts.every_time(Phase::Negotiate))
            .but(other.map(|other| format!("{other} too")))
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
        && negotiate.requested_code & TLS.bit != 0;
    let left = match facts.failed() {
        None => "this trace goes on without TLS, current clients may leave".to_owned(),
        Some(_) => cut_in(facts, Phase::Mcs).or_else(|| cut_in(facts, Phase::Licensing))?.detail.clone(),
    };
    let newer = facts.mcs.and_then(|mcs| mcs.server_version).is_some_and(|version| version >= RDP_10);
    let against = newer.then(|| "the server claims RDP 10 or later, xrdp claims RDP 5".to_owned());
    let text = "TLS was offered and Standard RDP Security selected, as xrdp does without a readable key";
    fell_back.then(|| Weighed::possible(text).and(Some(left)).but(against))
}
