//! What the host says of itself in NTLM: its names, its domain and its version of Windows.

use crate::{
    codes::Phase,
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        wanted::{Form, Shape, Wanted},
    },
    report::NtlmEvidence,
};

pub(super) const PROMISES: &[Promise] = &[
    Promise::new(
        "host.name",
        "The computer's name as it says itself, in DNS or NetBIOS.",
        Shape::texts(NAME),
        name,
    )
    .proposing_here(own_name),
    Promise::new("host.domain", "The domain that it is in, in DNS or NetBIOS.", Shape::texts(NAME), domain)
        .proposing_here(own_domain),
    Promise::new("host.build_min", "The lowest build of Windows.", Shape::at_least(999_999, ""), build)
        .proposing_here(own_build),
];

const NAME: Form =
    Form { what: "a name", is: |text| !text.is_empty() && !text.contains(char::is_whitespace) };

/// What the host said; it says so only in answer to a NEGOTIATE message.
fn ntlm<'r>(subject: &Subject<'r>) -> Option<&'r NtlmEvidence> {
    subject.evidence(|phases| phases.credssp.as_ref()?.evidence.ntlm.as_ref())
}

fn named(subject: &Subject<'_>, asked: &Asked<'_>, names: [Option<&String>; 2]) -> Answer {
    let seen: Vec<&String> = names.into_iter().flatten().filter(|name| !name.is_empty()).collect();
    let shown = seen.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    match seen.is_empty() {
        true => subject.missing(Phase::Credssp),
        false => Answer::of(seen.iter().any(|name| asked.wanted.has(name)), shown),
    }
}

fn name(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let seen = ntlm(subject);
    let of = |pick: fn(&NtlmEvidence) -> Option<&String>| seen.and_then(pick);
    named(subject, asked, [of(|seen| seen.dns_computer.as_ref()), of(|seen| seen.netbios_computer.as_ref())])
}

fn domain(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let seen = ntlm(subject);
    let of = |pick: fn(&NtlmEvidence) -> Option<&String>| seen.and_then(pick);
    named(subject, asked, [of(|seen| seen.dns_domain.as_ref()), of(|seen| seen.netbios_domain.as_ref())])
}

fn build(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    match ntlm(subject).and_then(|seen| seen.os_build) {
        Some(build) => Answer::of(u64::from(build) >= asked.wanted.number(), build.to_string()),
        None => subject.missing(Phase::Credssp),
    }
}

fn own_name(subject: &Subject<'_>) -> Option<Wanted> {
    ntlm(subject)?.dns_computer.as_ref().map(Wanted::one)
}

fn own_domain(subject: &Subject<'_>) -> Option<Wanted> {
    ntlm(subject)?.dns_domain.as_ref().map(Wanted::one)
}

fn own_build(subject: &Subject<'_>) -> Option<Wanted> {
    ntlm(subject)?.os_build.map(|build| Wanted::Number(build.into()))
}
