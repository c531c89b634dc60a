//! Security protocols: which one is selected, whether NLA is needed, and CredSSP.

use crate::{
    codes::Phase,
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        wanted::{Shape, Wanted},
    },
    report::{Answer as Accepts, FailureKind, NegotiateEvidence, Nla, Selected},
};

pub(super) const PROMISES: &[Promise] = &[
    Promise::new(
        "nla",
        "Whether a session needs Network Level Authentication.",
        Shape::words(nla_names),
        nla,
    )
    .proposing(needs_nla),
    Promise::new(
        "selected",
        "The security protocol that the server selects of those a trace offers.",
        Shape::words(protocols),
        selected,
    ),
    Promise::new(
        "protocol.*",
        "Whether the server accepts this protocol, offered alone, which `posture` asks.",
        Shape::words(answers),
        protocol,
    )
    .of_each(protocols),
    Promise::new(
        "credssp.min_version",
        "The lowest version of CredSSP that the server may have; 5 is the first after CVE-2018-0886.",
        Shape::at_least(100, ""),
        credssp,
    )
    .proposing(version),
    Promise::new("kerberos.ticket", "Whether the KDC gives a ticket for the server.", Shape::FLAG, ticket),
];

const NAMED: [Selected; 6] =
    [Selected::Rdp, Selected::Tls, Selected::Nla, Selected::Rdstls, Selected::NlaEx, Selected::Aad];

/// HYBRID_REQUIRED_BY_SERVER (MS-RDPBCGR 2.2.1.2.2).
const HYBRID_REQUIRED: i64 = 5;

fn protocols() -> Vec<&'static str> {
    NAMED.map(Selected::name).to_vec()
}

fn answers() -> Vec<&'static str> {
    vec!["accepted", "refused"]
}

fn nla_names() -> Vec<&'static str> {
    vec!["required", "offered", "absent"]
}

fn nla_name(seen: Nla) -> Option<&'static str> {
    match seen {
        Nla::Required => Some("required"),
        Nla::Offered => Some("offered"),
        Nla::Absent => Some("absent"),
        Nla::Unknown => None,
    }
}

fn negotiated<'r>(subject: &Subject<'r>) -> Option<&'r NegotiateEvidence> {
    subject.made?.phases.negotiate.as_ref().map(|record| &record.evidence)
}

/// A trace offers NLA together with others, so its selection does not tell whether another would do.
fn nla(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let wants = |word: &str| asked.wanted.has(word);
    if let Some(posture) = &subject.report.posture {
        return match nla_name(posture.nla) {
            Some(seen) => Answer::of(wants(seen), seen),
            None => Answer::unknown("the answers do not tell"),
        };
    }
    if is_demanded(subject) {
        return Answer::of(wants("required"), "required");
    }
    let seen = negotiated(subject).and_then(|seen| Some((seen, seen.selected?)));
    match seen {
        None => subject.missing(Phase::Negotiate),
        Some((_, selected)) if selected.is_nla() => match (wants("required"), wants("offered")) {
            (true, true) => Answer::Kept("accepted".to_owned()),
            (false, false) => Answer::Broken("accepted".to_owned()),
            _ => Answer::unknown("NLA is accepted; whether anything else is, posture asks"),
        },
        Some((negotiated, selected)) => match negotiated.requested.iter().any(|one| one.is_nla()) {
            true => Answer::of(wants("absent"), format!("{} was selected in its place", selected.name())),
            false => Answer::unknown("NLA was not offered"),
        },
    }
}

/// Whether the server refused another offer because it demands NLA.
fn is_demanded(subject: &Subject<'_>) -> bool {
    let negotiations = subject.report.trace.traced().filter_map(|made| made.phases.negotiate.as_ref());
    let mut failures = negotiations.filter_map(|record| record.failure.as_ref());
    failures.any(|failure| {
        failure.kind == FailureKind::NegotiationFailure && failure.code == Some(HYBRID_REQUIRED)
    })
}

fn needs_nla(subject: &Subject<'_>) -> Option<Wanted> {
    subject.report.posture.as_ref().and_then(|posture| nla_name(posture.nla)).map(Wanted::one)
}

fn selected(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    match negotiated(subject).and_then(|seen| seen.selected) {
        Some(seen) => Answer::of(asked.wanted.has(seen.name()), seen.name()),
        None => subject.missing(Phase::Negotiate),
    }
}

fn protocol(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let Some(posture) = &subject.report.posture else {
        let selected = negotiated(subject).and_then(|seen| seen.selected);
        return match selected.is_some_and(|seen| seen.name() == asked.part) {
            true => Answer::of(asked.wanted.has("accepted"), "accepted"),
            false => Answer::unknown("only posture asks each protocol alone"),
        };
    };
    let asked_alone = posture.protocols.iter().find(|one| one.protocol.name() == asked.part);
    match asked_alone.map(|one| one.answer) {
        Some(Accepts::Accepted) => Answer::of(asked.wanted.has("accepted"), "accepted"),
        Some(Accepts::Refused) => Answer::of(asked.wanted.has("refused"), "refused"),
        Some(Accepts::Unknown) => Answer::unknown("the server gave no answer that tells"),
        None => Answer::unknown("it was not asked"),
    }
}

fn credssp_version(subject: &Subject<'_>) -> Option<u32> {
    let posture = subject.report.posture.as_ref().and_then(|posture| posture.credssp.version);
    posture.or_else(|| subject.evidence(|phases| phases.credssp.as_ref()?.evidence.version))
}

fn credssp(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    match credssp_version(subject) {
        Some(version) => Answer::of(u64::from(version) >= asked.wanted.number(), version.to_string()),
        None => subject.missing(Phase::Credssp),
    }
}

fn version(subject: &Subject<'_>) -> Option<Wanted> {
    credssp_version(subject).map(|version| Wanted::Number(version.into()))
}

fn ticket(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let kdc = subject.evidence(|phases| phases.credssp.as_ref()?.evidence.kdc.as_ref());
    match kdc {
        Some(kdc) => Answer::of(kdc.ticket == asked.wanted.flag(), kdc.ticket.to_string()),
        None => Answer::unknown("Kerberos was not asked for"),
    }
}
