//! The certificate that the target serves.

use crate::{
    certificate::any_matches,
    codes::Phase,
    policy::{
        promise::{Asked, Promise},
        subject::{Answer, Subject},
        wanted::{Form, Kind, Measure, Shape, Wanted},
    },
    report::{Certificate, PublicKey, Trust},
};

pub(super) const PROMISES: &[Promise] = &[
    Promise::new(
        "certificate.days_left",
        "Days for which it is valid at least.",
        Shape::at_least(36_500, " days"),
        |subject, asked| of(subject, |served| days(subject, served, asked)),
    )
    .proposing(usual_days),
    Promise::new(
        "certificate.trusted",
        "Whether it leads to a trusted root: one of the system's, or of `--ca-file`.",
        Shape::FLAG,
        |subject, asked| of(subject, |served| trusted(served, asked)),
    )
    .proposing(is_trusted),
    Promise::new(
        "certificate.name",
        "A name that it has to be for; `true` is the name that was used.",
        Shape { kind: Kind::Name(TEXT), measure: Measure::Is },
        |subject, asked| of(subject, |served| name(served, asked)),
    )
    .proposing(own_name),
    Promise::new(
        "certificate.key_bits",
        "Bits of its RSA key at least; an elliptic key counts as the RSA key of the same strength.",
        Shape::at_least(65_536, ""),
        |subject, asked| of(subject, |served| key_bits(served, asked)),
    )
    .proposing(usual_bits),
    Promise::new(
        "certificate.thumbprint",
        "Its SHA-1 or SHA-256 thumbprint.",
        Shape::texts(THUMBPRINT),
        |subject, asked| of(subject, |served| thumbprint(served, asked)),
    ),
    Promise::new(
        "certificate.issuer",
        "A part of its issuer's distinguished name, such as `CN=Corp Issuing CA`.",
        Shape::texts(TEXT),
        |subject, asked| of(subject, |served| issuer(served, asked)),
    ),
    Promise::new(
        "certificate.digest",
        "The digest of its signature, such as SHA-256.",
        Shape::texts(TEXT),
        |subject, asked| of(subject, |served| digest(served, asked)),
    ),
    Promise::new("certificate.self_signed", "Whether it is self-signed.", Shape::FLAG, |subject, asked| {
        of(subject, |served| {
            Answer::of(served.self_signed == asked.wanted.flag(), served.self_signed.to_string())
        })
    }),
];

const TEXT: Form = Form { what: "a text", is: |text| !text.trim().is_empty() };
const THUMBPRINT: Form = Form { what: "a thumbprint of 40 or 64 hexadecimal digits", is: is_thumbprint };

/// What certificates are renewed with, months or days before their end.
const USUAL_DAYS: [u64; 4] = [30, 14, 7, 1];

fn is_thumbprint(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.chars().all(|c| c.is_ascii_hexdigit())
}

fn of(subject: &Subject<'_>, check: impl FnOnce(&Certificate) -> Answer) -> Answer {
    subject.report.certificate.as_ref().map_or_else(|| subject.missing(Phase::Tls), check)
}

fn left(subject: &Subject<'_>, served: &Certificate) -> i64 {
    (served.not_after.0 - subject.report.trace.started.0).whole_days()
}

/// Whether it is valid for so many days.
pub(super) fn days(subject: &Subject<'_>, served: &Certificate, asked: &Asked<'_>) -> Answer {
    let left = left(subject, served);
    let is_over = served.not_after < subject.report.trace.started;
    let seen = if is_over { format!("expired {} days ago", -left) } else { format!("{left} days") };
    let wanted = i64::try_from(asked.wanted.number()).unwrap_or(i64::MAX);
    Answer::of(!is_over && left >= wanted, seen)
}

fn usual_days(subject: &Subject<'_>) -> Option<Wanted> {
    let left = left(subject, subject.report.certificate.as_ref()?);
    let usual = USUAL_DAYS.into_iter().find(|days| i64::try_from(*days).is_ok_and(|days| days < left));
    usual.map(Wanted::Number)
}

fn trusted(served: &Certificate, asked: &Asked<'_>) -> Answer {
    let seen = match served.trust {
        Trust::Trusted => "true",
        Trust::SelfSigned => "false: it is self-signed",
        Trust::UnknownIssuer => "false: its issuer is not known",
        Trust::Other => served.trust_detail.as_deref().unwrap_or("false"),
        Trust::NotChecked => {
            return Answer::unknown(served.trust_detail.as_deref().unwrap_or("trust was not checked"));
        }
    };
    Answer::of((served.trust == Trust::Trusted) == asked.wanted.flag(), seen)
}

fn is_trusted(subject: &Subject<'_>) -> Option<Wanted> {
    let trust = subject.report.certificate.as_ref()?.trust;
    (trust == Trust::Trusted).then_some(Wanted::Flag(true))
}

fn name(served: &Certificate, asked: &Asked<'_>) -> Answer {
    let fits = match asked.wanted {
        Wanted::Flag(_) => served.name_matches,
        wanted => wanted.texts().iter().any(|name| any_matches(&served.names, name)),
    };
    let names = if served.names.is_empty() { "no name".to_owned() } else { served.names.join(", ") };
    Answer::of(fits, names)
}

fn own_name(subject: &Subject<'_>) -> Option<Wanted> {
    let served = subject.report.certificate.as_ref()?;
    (served.name_matches && subject.report.trace.request.name_given).then_some(Wanted::Flag(true))
}

/// Bits of an RSA key that takes as much work to break (NIST SP 800-57 part 1, table 2).
fn strength(key: &PublicKey) -> Option<u32> {
    match (key.algorithm.as_str(), key.bits) {
        ("EC", Some(bits)) => Some(match bits {
            0..224 => 1024,
            224..256 => 2048,
            256..384 => 3072,
            384..512 => 7680,
            _ => 15_360,
        }),
        ("Ed25519", _) => Some(3072),
        (_, bits) => bits,
    }
}

fn key_bits(served: &Certificate, asked: &Asked<'_>) -> Answer {
    let key = &served.key;
    let bits = key.bits.map_or_else(String::new, |bits| format!(" {bits}"));
    match strength(key) {
        Some(strength) => {
            Answer::of(u64::from(strength) >= asked.wanted.number(), format!("{}{bits}", key.algorithm))
        }
        None => Answer::unknown(format!("the size of a key of {} is not known", key.algorithm)),
    }
}

fn usual_bits(subject: &Subject<'_>) -> Option<Wanted> {
    let strength = strength(&subject.report.certificate.as_ref()?.key)?;
    (strength >= PublicKey::SMALLEST_RSA).then(|| Wanted::Number(PublicKey::SMALLEST_RSA.into()))
}

fn thumbprint(served: &Certificate, asked: &Asked<'_>) -> Answer {
    let is_short = asked.wanted.text().len() == served.sha1.len();
    let seen = if is_short { &served.sha1 } else { &served.sha256 };
    Answer::of(asked.wanted.has(&served.sha1) || asked.wanted.has(&served.sha256), seen)
}

fn issuer(served: &Certificate, asked: &Asked<'_>) -> Answer {
    let issuer = served.issuer.to_lowercase();
    let mut parts = asked.wanted.texts().iter().map(|part| part.to_lowercase());
    Answer::of(parts.any(|part| issuer.contains(&part)), &served.issuer)
}

fn digest(served: &Certificate, asked: &Asked<'_>) -> Answer {
    match &served.signature.digest {
        Some(digest) => Answer::of(asked.wanted.has(digest), digest),
        None => Answer::unknown(format!("{} names no digest", served.signature.algorithm)),
    }
}
