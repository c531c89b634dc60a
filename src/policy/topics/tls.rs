//! TLS: the lowest version, the suites and the key exchange.
//!
//! A posture offers each version and suite alone, so a promise is about all that the server accepts. A trace knows what
//! it selected, and holds the promise against that.

use crate::{
    codes::{Phase, TLS_CIPHER_SUITE},
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        wanted::{Form, Measure, Shape, Wanted},
    },
    report::{Answer as Accepts, FindingCode, Selected, TlsEvidence, TlsPosture},
};

pub(super) const PROMISES: &[Promise] = &[
    Promise::new(
        "tls.min",
        "The lowest version of TLS that the server may take.",
        Shape::from(versions),
        min,
    )
    .proposing(lowest),
    Promise::new(
        "tls.forbidden_suites",
        "Suites that the server may not take, by their IANA names; `*` stands for anything.",
        Shape::texts(SUITE).told(Measure::Never),
        forbidden,
    ),
    Promise::new(
        "tls.allowed_suites",
        "The only suites that the server may take, in the same form.",
        Shape::texts(SUITE).told(Measure::Only),
        allowed,
    ),
    Promise::new(
        "tls.key_exchange",
        "The group of the key exchange, such as X25519.",
        Shape::texts(GROUP),
        key_exchange,
    ),
];

const SUITE: Form = Form { what: "the name of a suite, such as TLS_RSA_WITH_*", is: is_suite };
const GROUP: Form = Form { what: "the name of a group", is: |text| !text.is_empty() };

/// What a server that selected Standard RDP Security has of TLS.
const WITHOUT: &str = "no TLS: Standard RDP Security was selected";

fn versions() -> Vec<&'static str> {
    vec!["1.0", "1.1", "1.2", "1.3"]
}

/// One that names no suite would forbid nothing.
fn is_suite(text: &str) -> bool {
    TLS_CIPHER_SUITE.rows().any(|row| fits(row.symbol, text))
}

/// Whether a name is of this form, in which `*` stands for anything.
fn fits(name: &str, form: &str) -> bool {
    let mut parts = form.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    for part in between {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn tls<'r>(subject: &Subject<'r>) -> Option<&'r TlsEvidence> {
    subject.made?.phases.tls.as_ref().map(|record| &record.evidence)
}

fn is_without(subject: &Subject<'_>) -> bool {
    let negotiate = subject.made.and_then(|made| made.phases.negotiate.as_ref());
    negotiate.is_some_and(|record| record.evidence.selected == Some(Selected::Rdp))
}

/// A version as the report has it, in the words of a policy.
fn number(version: &str) -> &str {
    version.trim_start_matches("TLSv")
}

fn accepted(postures: &[TlsPosture]) -> impl Iterator<Item = &TlsPosture> {
    postures.iter().filter(|one| one.answer == Accepts::Accepted)
}

fn min(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let wanted = asked.wanted.text();
    let Some(posture) = &subject.report.posture else { return min_of_trace(subject, wanted) };
    let taken: Vec<&str> = accepted(&posture.tls).map(|one| one.version.as_str()).collect();
    let is_open =
        posture.tls.iter().any(|one| number(&one.version) < wanted && one.answer == Accepts::Unknown);
    match taken.iter().any(|version| number(version) < wanted) {
        true => Answer::Broken(taken.join(", ")),
        false if taken.is_empty() && is_without(subject) => Answer::Broken(WITHOUT.to_owned()),
        false if taken.is_empty() => Answer::unknown("no version of TLS was accepted"),
        false if is_open => Answer::unknown("the answer to an older version does not tell"),
        false => Answer::Kept(taken.join(", ")),
    }
}

fn min_of_trace(subject: &Subject<'_>, wanted: &str) -> Answer {
    let legacy = subject.report.findings.iter().find(|found| found.code == FindingCode::TlsLegacyOnly);
    let version = tls(subject).and_then(|tls| tls.version.as_deref());
    match (version, legacy) {
        (Some(version), _) => Answer::of(number(version) >= wanted, version),
        (None, Some(legacy)) => Answer::Broken(legacy.message.clone()),
        (None, None) if is_without(subject) => Answer::Broken(WITHOUT.to_owned()),
        (None, None) => subject.missing(Phase::Tls),
    }
}

fn lowest(subject: &Subject<'_>) -> Option<Wanted> {
    let posture = subject.report.posture.as_ref();
    let taken = posture.and_then(|posture| accepted(&posture.tls).map(|one| number(&one.version)).min());
    // What else a server takes a trace does not know.
    let selected = || tls(subject)?.version.as_deref().map(|version| number(version).min("1.2"));
    taken.or_else(selected).map(Wanted::one)
}

/// The suites that the server takes, as far as they are known, and those for which nothing tells.
fn suites(subject: &Subject<'_>) -> Result<(Vec<String>, Vec<String>), Answer> {
    if let Some(posture) = &subject.report.posture {
        let taken: Vec<_> = posture.tls.iter().flat_map(|one| one.accepted.iter().cloned()).collect();
        let open = posture.tls.iter().filter(|one| one.answer != Accepts::Refused);
        let open = open.flat_map(|one| one.unknown.iter().cloned()).collect();
        return if taken.is_empty() {
            Err(Answer::unknown("no suite was accepted"))
        } else {
            Ok((taken, open))
        };
    }
    let selected = tls(subject).and_then(|tls| tls.cipher_suite.clone());
    selected.map(|suite| (vec![suite], Vec::new())).ok_or_else(|| subject.missing(Phase::Tls))
}

fn forbidden(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let is_wrong = |suite: &String| asked.wanted.texts().iter().any(|form| fits(suite, form));
    judged(subject, &is_wrong)
}

fn allowed(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    let is_wrong = |suite: &String| !asked.wanted.texts().iter().any(|form| fits(suite, form));
    judged(subject, &is_wrong)
}

fn judged(subject: &Subject<'_>, is_wrong: &dyn Fn(&String) -> bool) -> Answer {
    let (taken, open) = match suites(subject) {
        Ok(suites) => suites,
        Err(why) => return why,
    };
    let wrong: Vec<_> = taken.iter().filter(|suite| is_wrong(suite)).cloned().collect();
    let doubtful = open.iter().find(|suite| is_wrong(suite));
    match (wrong.is_empty(), doubtful, taken.as_slice()) {
        (false, ..) => Answer::Broken(wrong.join(", ")),
        (true, Some(suite), _) => Answer::unknown(format!("whether {suite} is taken is not known")),
        (true, None, [one]) => Answer::Kept(one.clone()),
        (true, None, many) => Answer::Kept(format!("{} suites taken", many.len())),
    }
}

fn key_exchange(subject: &Subject<'_>, asked: &Asked<'_>) -> Answer {
    match tls(subject).and_then(|tls| tls.key_exchange.as_ref()) {
        Some(group) => Answer::of(asked.wanted.has(group), group),
        None => subject.missing(Phase::Tls),
    }
}
