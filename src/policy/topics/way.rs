//! How far it goes, by which way, and who answers there.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::{
    codes::Phase,
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        wanted::{Form, Shape, Wanted},
    },
    report::{Answerer, Credentials, LicensingOutcome, UdpOutcome},
};

pub(super) const PROMISES: &[Promise] = &[
    Promise::new(
        "reached",
        "The last phase that has to pass; later ones may pass too.",
        Shape::from(phases),
        reached,
    )
    .proposing(far),
    Promise::new("credentials", "What becomes of the account.", Shape::words(credentials_names), credentials),
    Promise::new("answered_by", "The software that answers.", Shape::words(answerers), answered_by)
        .proposing(answerer),
    Promise::new(
        "address",
        "Addresses or networks, one of which is connected to.",
        Shape::texts(NETWORK),
        address,
    ),
    Promise::new("udp", "What comes of RDP-UDP, which `trace --udp` asks.", Shape::words(udp_outcomes), udp)
        .proposing(udp_reachable),
    Promise::new("license.outcome", "How the license exchange ends.", Shape::words(outcomes), license)
        .proposing(licensed),
];

const NETWORK: Form = Form { what: "an address or a network such as 10.20.0.0/16", is: is_network };

fn phases() -> Vec<&'static str> {
    Phase::ALL.map(Phase::name).to_vec()
}

pub(super) fn credentials_names() -> Vec<&'static str> {
    [Credentials::Verified, Credentials::Refused, Credentials::NotAttempted, Credentials::NotVerifiable]
        .map(Credentials::name)
        .to_vec()
}

fn answerers() -> Vec<&'static str> {
    Answerer::ALL.map(Answerer::name).to_vec()
}

fn udp_outcomes() -> Vec<&'static str> {
    [UdpOutcome::Reachable, UdpOutcome::Closed, UdpOutcome::Inconclusive].map(UdpOutcome::name).to_vec()
}

fn outcomes() -> Vec<&'static str> {
    use LicensingOutcome::{Challenge, Error, NewLicense, Request, Upgrade, ValidClient};
    [ValidClient, Request, Challenge, NewLicense, Upgrade, Error].map(LicensingOutcome::name).to_vec()
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: IpAddr| address.into()))
}

fn is_network(text: &str) -> bool {
    network(text).is_some()
}

fn reached(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let verdict = &subject.report.verdict;
    let wanted: Option<Phase> = asked.wanted.text().parse().ok();
    let seen = verdict.reached.map_or("no phase", Phase::name);
    match (verdict.reached >= wanted, subject.is_aborted()) {
        (true, _) => Answer::Kept(seen.to_owned()),
        (false, true) => Answer::Broken(seen.to_owned()),
        (false, false) if subject.report.trace.target.is_none() => Answer::unknown("nothing was traced"),
        (false, false) => Answer::unknown(format!("the trace ended after {seen}: {}", verdict.summary)),
    }
}

fn far(subject: &Subject<'_>) -> Option<Wanted> {
    subject.report.verdict.reached.map(|phase| Wanted::one(phase.name()))
}

fn credentials(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    account(subject.report.verdict.credentials, asked)
}

/// What became of an account: nothing tells if it was not used, or cannot be verified.
pub(super) fn account(seen: Credentials, asked: &Asked<'_>) -> Answer {
    match seen {
        seen if asked.wanted.has(seen.name()) => Answer::Kept(seen.name().to_owned()),
        Credentials::NotAttempted => Answer::unknown("no account was used"),
        Credentials::NotVerifiable => Answer::unknown("nothing the server said tells"),
        seen => Answer::Broken(seen.name().to_owned()),
    }
}

fn answered_by(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let seen = subject.report.answerer();
    match &subject.report.answered_by {
        None => Answer::unknown("nothing answered"),
        Some(_) if seen == Answerer::Unknown && !asked.wanted.has(seen.name()) => {
            Answer::unknown("what was seen does not tell who answers")
        }
        Some(_) => Answer::of(asked.wanted.has(seen.name()), seen.name()),
    }
}

fn answerer(subject: &Subject<'_>) -> Option<Wanted> {
    let seen = subject.report.answerer();
    (seen != Answerer::Unknown).then(|| Wanted::one(seen.name()))
}

/// Behind a proxy or a gateway nobody here knows the address.
fn address(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let direct = subject.evidence(|phases| {
        let connect = &phases.connect.as_ref()?.evidence;
        connect.peer.filter(|_| connect.proxy.is_none())
    });
    let Some(peer) = direct else { return subject.missing(Phase::Connect) };
    let mut wanted = asked.wanted.texts().iter().filter_map(|text| network(text));
    let address = peer.ip().to_canonical();
    Answer::of(wanted.any(|network| network.contains(&address)), address.to_string())
}

fn udp(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let Some(seen) = &subject.report.trace.udp else {
        return Answer::unknown("UDP was not asked; trace --udp does");
    };
    let why = seen.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    match seen.outcome {
        UdpOutcome::NotAsked => Answer::unknown(format!("nothing was sent{why}")),
        outcome => Answer::of(asked.wanted.has(outcome.name()), format!("{}{why}", outcome.name())),
    }
}

fn udp_reachable(subject: &Subject<'_>) -> Option<Wanted> {
    let seen = subject.report.trace.udp.as_ref()?;
    (seen.outcome == UdpOutcome::Reachable).then(|| Wanted::one(seen.outcome.name()))
}

fn outcome(subject: &Subject<'_>) -> Option<LicensingOutcome> {
    subject.evidence(|phases| phases.licensing.as_ref()?.evidence.outcome)
}

fn license(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    match outcome(subject) {
        Some(seen) => Answer::of(asked.wanted.has(seen.name()), seen.name()),
        None => subject.missing(Phase::Licensing),
    }
}

fn licensed(subject: &Subject<'_>) -> Option<Wanted> {
    outcome(subject).map(|seen| Wanted::one(seen.name()))
}
