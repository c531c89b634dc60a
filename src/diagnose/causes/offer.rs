//! Why a server answers the Connection Request with a refusal, or does not like what is in it.

use super::{CauseRule, Place, Weighed, cut_in, failed_in, failed_with, rule, unplaced};
use crate::{
    codes::{Phase, Protocols, SSL_CERT_NOT_ON_SERVER},
    diagnose::{Facts, experiments::Ending},
    report::{CauseCode, ExperimentKind, Failure, FailureKind, Likelihood, Selected},
};

/// A protocol that a server can demand, and the experiment that offers nothing else.
struct Demand {
    name: &'static str,
    /// Standard RDP Security is what is left of an offer without any other.
    alone: ExperimentKind,
}

impl Demand {
    fn bit(&self) -> Protocols {
        self.alone.alone().unwrap_or_default()
    }
}

const RDP: Demand = Demand { name: "Standard RDP Security", alone: ExperimentKind::ProtocolRdp };
const TLS: Demand = Demand { name: "TLS", alone: ExperimentKind::ProtocolSsl };
const NLA: Demand = Demand { name: "NLA", alone: ExperimentKind::ProtocolHybrid };
const ENTRA: Demand = Demand { name: "Entra authentication", alone: ExperimentKind::ProtocolRdsaad };

/// RDP 10.0 (MS-RDPBCGR 2.2.1.4.2); xrdp claims an older one.
const RDP_10: u32 = 0x0008_0005;

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::ServerRequiresTls, |facts| demanded(facts, 1, &TLS)),
    rule(Place::Proxy, CauseCode::OfferRewritten, rewritten),
    rule(Place::Host, CauseCode::ServerRequiresNla, |facts| demanded(facts, 5, &NLA)),
    rule(Place::Host, CauseCode::ServerRefusesTls, |facts| demanded(facts, 2, &RDP)),
    rule(Place::Host, CauseCode::ServerRequiresClientCertificate, client_certificate),
    rule(Place::Host, CauseCode::ServerRequiresEntra, entra),
    unplaced(CauseCode::CookieFiltered, cookie),
    unplaced(CauseCode::OfferFiltered, offer),
    rule(Place::Host, CauseCode::XrdpRefusesOffer, ultimatum),
    rule(Place::Host, CauseCode::XrdpKeyUnreadable, xrdp_key),
];

fn refusal(facts: &Facts<'_>, code: i64) -> Option<Weighed> {
    let failure = failed_with(facts, FailureKind::NegotiationFailure, &[code])?;
    Some(Weighed::certain(failure.detail.clone()))
}

/// A server that demands what was offered, or refuses what it demands, says something else than it means.
fn demanded(facts: &Facts<'_>, code: i64, demand: &Demand) -> Option<Weighed> {
    let weighed = refusal(facts, code)?;
    let requested = facts.negotiate?.offered();
    let offered =
        requested.has(demand.bit()) || demand.bit() == Protocols::RDP && requested == Protocols::RDP;
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

/// How a request is answered that offers one protocol, where each such request was, and by a disconnect.
fn every_offer<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let alone = [&RDP, &TLS, &NLA].map(|demand| facts.experiment(demand.alone)?.ending(Phase::Negotiate));
    let ended = alone.map(|ending| match ending {
        Some(Ending::Failed(failure)) if failure.kind == FailureKind::Disconnect => Some(failure),
        _ => None,
    });
    ended.iter().all(Option::is_some).then(|| ended[0])?
}

/// Who demands what was offered has seen another offer, and so has who can read none.
fn rewritten(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) = every_offer(facts) {
        let text = "no offer can be read: something in front may put bytes before it, such as a PROXY header";
        return Some(Weighed::possible(text).and(Some(failure.detail.clone())));
    }
    let requested = facts.negotiate?.offered();
    let demands = [(1, &TLS), (5, &NLA), (7, &ENTRA)];
    let met = |(code, demand): &(i64, &Demand)| {
        requested.has(demand.bit()) && failed_with(facts, FailureKind::NegotiationFailure, &[*code]).is_some()
    };
    let (_, demand) = demands.into_iter().find(met)?;
    let text = format!(
        "the refusal demands {}, which was offered: the offer may not have reached the server so",
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
    difference(
        facts,
        ExperimentKind::NoCookie,
        without_cookie(facts)?,
        smaller_offer(facts).map(|(_, text)| text),
    )
}

fn offer(facts: &Facts<'_>) -> Option<Weighed> {
    let (alone, text) = smaller_offer(facts)?;
    difference(facts, alone, text, without_cookie(facts))
}

fn without_cookie(facts: &Facts<'_>) -> Option<String> {
    // A routing token stands where the cookie stands, and is another matter.
    facts.negotiate.filter(|negotiate| !negotiate.routing_token)?;
    facts.answers_request(ExperimentKind::NoCookie).then(|| WITHOUT_COOKIE.to_owned())
}

fn smaller_offer(facts: &Facts<'_>) -> Option<(ExperimentKind, String)> {
    let answered = |demand: &&Demand| facts.answers_request(demand.alone);
    // Who takes no TLS in any form dislikes TLS, not the offer.
    let demand = [&TLS, &NLA].into_iter().find(answered)?;
    Some((demand.alone, format!("an offer of {} alone is answered", demand.name)))
}

/// A changed Connection Request is answered where the usual one is not. Where another change helps too, neither is it alone.
fn difference(
    facts: &Facts<'_>,
    experiment: ExperimentKind,
    answered: String,
    other: Option<String>,
) -> Option<Weighed> {
    let failure = cut_in(facts, Phase::Negotiate)
        .or_else(|| super::silent_in(facts, Phase::Negotiate))
        .or_else(|| unfounded(facts))?;
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

/// The refusal for want of a certificate, where another connection was served one.
fn unfounded<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let served = facts.any_hello_accepted() || facts.is_served();
    failed_with(facts, FailureKind::NegotiationFailure, &[SSL_CERT_NOT_ON_SERVER]).filter(|_| served)
}

/// Windows answers an offer that it does not take with a negotiation failure.
fn ultimatum(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Negotiate).filter(|f| f.kind == FailureKind::Disconnect)?;
    let text = "a disconnect came in place of the confirm, where Windows sends a negotiation failure";
    let every = every_offer(facts).map(|_| "every other offer is ended so too".to_owned());
    Some(Weighed::likely(text).and(Some(failure.detail.clone())).but(every))
}

/// xrdp without a key that it can read falls back to its own encryption, or says that it has no certificate.
fn xrdp_key(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) = failed_with(facts, FailureKind::NegotiationFailure, &[SSL_CERT_NOT_ON_SERVER]) {
        let text = format!("{}; xrdp says so too when it cannot read its key", failure.detail);
        let served = facts.any_hello_accepted() || facts.is_served();
        return (!served).then(|| Weighed::possible(text));
    }
    let negotiate = facts.negotiate?;
    let fell_back = negotiate.selected == Some(Selected::Rdp)
        && negotiate.negotiation_response == Some(true)
        && negotiate.offered().has(TLS.bit());
    let left = match facts.failed() {
        None if facts.is_watched() => "the client goes on without TLS, others may leave".to_owned(),
        None => "this trace goes on without TLS, current clients may leave".to_owned(),
        Some(_) => cut_in(facts, Phase::Mcs).or_else(|| cut_in(facts, Phase::Licensing))?.detail.clone(),
    };
    let newer = facts.mcs.and_then(|mcs| mcs.server_version).is_some_and(|version| version >= RDP_10);
    let against = newer.then(|| "the server claims RDP 10 or later, xrdp claims RDP 5".to_owned());
    let text = "TLS was offered and Standard RDP Security selected, as xrdp does without a readable key";
    fell_back.then(|| Weighed::possible(text).and(Some(left)).but(against))
}
