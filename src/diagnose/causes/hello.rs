//! Why a handshake fails that another ClientHello would pass: its length, its versions, or something else in it.

use super::{CauseRule, Place, Weighed, cut_in, failed_in, path::small_segments_pass, rule, silent_in};
use crate::{
    codes::Phase,
    diagnose::{
        Facts,
        difference::{Difference, difference, sent},
        experiments::Ending,
        path, watched,
    },
    report::{CauseCode, ExperimentKind, FailureKind, Likelihood},
};

/// An IPv4 packet of this size needs no luck (RFC 791).
const EVERY_PATH: u64 = 536;

/// What speaks for whoever does nothing, and against lost answers: this one is short.
pub(super) const NOT_EVEN_AN_ALERT: &str =
    "a short ClientHello that only an alert can answer is not answered either";

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Path, CauseCode::InspectionDevice, |facts| {
        intolerant(facts, Place::Path).or_else(|| oversized(facts))
    }),
    rule(Place::Host, CauseCode::TlsStackIntolerant, |facts| intolerant(facts, Place::Host)),
    rule(Place::Path, CauseCode::PathDropsLargePackets, large),
];

/// A cut comes from anyone on the way, an alert from whoever speaks TLS.
fn intolerant(facts: &Facts<'_>, place: Place) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Tls)?;
    let usual = if failure.kind == FailureKind::TlsAlert { Place::Host } else { Place::Path };
    let difference = difference(facts)?;
    // What is lost on the way because it is long has a rule of its own.
    if difference == Difference::Size && (usual, place) == (Place::Path, Place::Path) {
        return None;
    }
    let (taken, refused) = sides(facts, difference)?;
    let likelihood = if usual == place { Likelihood::Likely } else { Likelihood::Possible };
    let told = Weighed::new(likelihood, taken).and(Some(format!("to {refused}, {}", failure.detail)));
    Some(told.and(facts.every_time(Phase::Tls)))
}

/// What is taken, and what is not. A name has a cause of its own.
fn sides(facts: &Facts<'_>, difference: Difference) -> Option<(String, String)> {
    let traced = facts.tls?.bytes_sent;
    let length = || sent(facts, difference.shown_by());
    Some(match difference {
        Difference::Version => (
            "a ClientHello that stops at TLS 1.2 is answered".to_owned(),
            "one that offers TLS 1.3".to_owned(),
        ),
        Difference::OldVersion => (
            "a ClientHello of TLS 1.3 alone is answered".to_owned(),
            "one that offers TLS 1.2 too".to_owned(),
        ),
        Difference::Size | Difference::Shortness => {
            (format!("a ClientHello of {} B is answered", length()?), format!("one of {traced} B"))
        }
        Difference::Content(kind) => (format!("{} is answered", other(kind)), "the usual one".to_owned()),
        Difference::Name => return None,
    })
}

/// What the hello of an experiment is called in a sentence.
pub(super) fn other(kind: ExperimentKind) -> &'static str {
    match kind {
        ExperimentKind::Tls12Only => "a ClientHello of TLS 1.2 alone",
        ExperimentKind::Tls13Only => "a ClientHello of TLS 1.3 alone",
        ExperimentKind::SmallHello => "a short ClientHello",
        ExperimentKind::LargeHello => "a long ClientHello",
        ExperimentKind::NoSni => "a ClientHello without a server name",
        ExperimentKind::LegacyHello => "a ClientHello with other suites",
        _ => "another ClientHello",
    }
}

/// A hello that fits every packet is lost to someone who reads it, not to the size of packets.
fn oversized(facts: &Facts<'_>) -> Option<Weighed> {
    let lost = lost(facts)?;
    let likelihood = if lost.fits { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, lost.text).and(facts.every_time(Phase::Tls)).but(lost.against))
}

fn large(facts: &Facts<'_>) -> Option<Weighed> {
    if small_segments_pass(facts) {
        return None;
    }
    if let Some(lost) = facts.failed().and_then(|_| watched::drops_large_packets(facts)) {
        return Some(Weighed::likely(lost));
    }
    let silent = silent_in(facts, Phase::Tls).filter(|_| difference(facts) != Some(Difference::Version));
    let received = facts.tls?.bytes_received;
    if let Some(failure) = silent.filter(|_| received > 0 && path::trickle(facts).is_none()) {
        let text = format!("{received} B of the server's answer came, then nothing: {}", failure.detail);
        let short = short_lost(facts);
        let small = facts.experiment(ExperimentKind::SmallSegments).and_then(|made| made.ending(Phase::Tls));
        let small = match small {
            Some(Ending::Failed(failure)) if failure.kind == FailureKind::Timeout => {
                Some(format!("in TCP segments of 536 B it stalls too: {}", failure.detail))
            }
            _ => None,
        };
        let doubted = short.is_some() || small.is_some();
        let likelihood = if doubted { Likelihood::Possible } else { Likelihood::Likely };
        return Some(Weighed::new(likelihood, text).refuted(short).refuted(small));
    }
    let Some(lost) = lost(facts) else {
        // The certificate makes every answer long, however short the hello is.
        let text = "the short confirm came, the long answer to the ClientHello did not";
        silent.filter(|_| !facts.any_hello_accepted())?;
        let alert = facts.answers(ExperimentKind::HelloForAlert, Phase::Tls);
        let alive = "a ClientHello that only an alert can answer is answered, and no other".to_owned();
        let short = short_lost(facts);
        let (likelihood, alive) = match alert {
            Some(true) if short.is_none() => (Likelihood::Likely, Some(alive)),
            _ => (Likelihood::Possible, None),
        };
        let against = (alert == Some(false)).then(|| NOT_EVEN_AN_ALERT.to_owned());
        return Some(
            Weighed::new(likelihood, text)
                .shown(alive)
                .and(facts.no_hello_accepted())
                .refuted(against.or(short)),
        );
    };
    let likelihood = if lost.fits { Likelihood::Possible } else { Likelihood::Likely };
    let against = lost.fits.then(|| "a ClientHello of this size fits every path".to_owned());
    Some(Weighed::new(likelihood, lost.text).and(facts.every_time(Phase::Tls)).but(against).but(lost.against))
}

/// That what fits every path is lost too.
fn short_lost(facts: &Facts<'_>) -> Option<String> {
    let bytes =
        path::black_hole(facts).map(|hole| u64::from(hole.bytes)).filter(|bytes| *bytes < EVERY_PATH)?;
    Some(match bytes {
        0 => "short packets are lost too: not even a keep-alive was answered".to_owned(),
        _ => format!("{bytes} B of ours, which fit every path, were never acknowledged"),
    })
}

/// A ClientHello that was lost where a smaller one was answered.
struct Lost {
    text: String,
    against: Option<String>,
    /// Whether it fits the smallest packets that paths carry.
    fits: bool,
}

fn lost(facts: &Facts<'_>) -> Option<Lost> {
    let cut = cut_in(facts, Phase::Tls).or_else(|| silent_in(facts, Phase::Tls))?;
    if small_segments_pass(facts) {
        return None;
    }
    let sent = facts.tls?.bytes_sent;
    let unnamed = facts.answers(ExperimentKind::NoSni, Phase::Tls) == Some(true);
    (difference(facts)? == Difference::Size).then(|| Lost {
        text: format!("a small ClientHello is answered, one of {sent} B is not: {}", cut.detail),
        against: unnamed.then(|| "a hello without the name is answered, and is hardly smaller".to_owned()),
        fits: sent < EVERY_PATH,
    })
}
