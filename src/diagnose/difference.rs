//! The one thing in which the ClientHellos that are accepted, or answered at all, differ from those that are not.

use super::{Facts, handshakes::legacy};
use crate::{
    codes::Phase,
    report::{ExperimentKind, FailureKind},
};

/// An alert in plain: what is longer began with a ServerHello.
const ALERT: u64 = 7;

/// What a ClientHello must not have, or must have, to be accepted, or to be answered at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// More than a short one's length.
    Size,
    /// A longer one's length.
    Shortness,
    /// TLS 1.3.
    Version,
    /// TLS 1.2.
    OldVersion,
    /// The server's name.
    Name,
    /// Something that this experiment does without.
    Content(ExperimentKind),
}

impl Difference {
    /// The experiment that does without it.
    pub(super) fn shown_by(self) -> ExperimentKind {
        match self {
            Self::Size => ExperimentKind::SmallHello,
            Self::Shortness => ExperimentKind::LargeHello,
            Self::Version => ExperimentKind::Tls12Only,
            Self::OldVersion => ExperimentKind::Tls13Only,
            Self::Name => ExperimentKind::NoSni,
            Self::Content(kind) => kind,
        }
    }
}

/// The one difference that separates the hellos that were accepted from the others; or those that were answered, from those that
/// were not.
pub(super) fn difference(facts: &Facts<'_>) -> Option<Difference> {
    // What comes and goes separates nothing.
    if facts.intermittent().is_some() {
        return None;
    }
    // A server that asks for a certificate refuses what came after the hello; one that wants older suites, every other hello.
    if facts.tls.is_some_and(|tls| tls.client_certificate_requested || tls.has_old_suite()) {
        return None;
    }
    let begun = facts.is_flight_begun();
    // A hello of our own is over with the ServerHello, so it says nothing of an end behind that.
    let accepted = |kind| facts.passes(kind, Phase::Tls).filter(|_| !(begun && is_own(kind)));
    // Where nothing came back, whatever comes back to another hello is a difference.
    let answered = |kind| facts.answers(kind, Phase::Tls);
    separated(facts, accepted)
        .or_else(|| (!facts.is_hello_answered()).then(|| separated(facts, answered))?)
        .or_else(|| content(facts, accepted))
}

fn separated(
    facts: &Facts<'_>,
    passes: impl Fn(ExperimentKind) -> Option<bool> + Copy,
) -> Option<Difference> {
    use ExperimentKind::{LargeHello, NoSni, SmallHello, Tls12Only, Tls13Only};
    let (small, large, unnamed) = (passes(SmallHello), passes(LargeHello), passes(NoSni));
    let (old, new) = (passes(Tls12Only), passes(Tls13Only));
    // It differs in nothing but the padding. Where a short one passes too, it is no matter of length alone.
    if large == Some(true) && small != Some(true) && is_refused(facts) {
        return Some(Difference::Shortness);
    }
    let mixed = small == Some(false) || facts.is_flight_begun();
    match (small, large, unnamed, old, new) {
        // A hello of usual length without the name passes, and one with the name and TLS 1.2, which is no longer, does not.
        (_, _, Some(true), Some(false), _) => {
            (sent(facts, Tls12Only) <= sent(facts, NoSni)).then_some(Difference::Name)
        }
        (Some(true), Some(false), _, _, _) => is_too_long(facts, passes).then_some(Difference::Size),
        // The small hello offers both versions too.
        (_, _, _, Some(true), Some(false)) if mixed => Some(Difference::Version),
        (_, _, _, Some(false), Some(true)) if mixed && is_refused(facts) => Some(Difference::OldVersion),
        _ => None,
    }
}

/// Whether the large hello met what the traced one met, and no other as long was accepted. Where nothing came back, only what
/// nothing comes back to was lost.
fn is_too_long(facts: &Facts<'_>, passes: impl Fn(ExperimentKind) -> Option<bool>) -> bool {
    let refused = is_refused(facts) && facts.is_hello_answered();
    let alike = facts.answers(ExperimentKind::LargeHello, Phase::Tls) == Some(refused);
    let traced = facts.tls.map(|tls| tls.bytes_sent);
    let longer = passes(ExperimentKind::LegacyHello) == Some(true)
        && sent(facts, ExperimentKind::LegacyHello) >= traced
        && is_refused(facts);
    alike && !longer
}

/// What is left: some other hello is accepted, in whatever it differs.
fn content(facts: &Facts<'_>, passes: impl Fn(ExperimentKind) -> Option<bool>) -> Option<Difference> {
    use ExperimentKind::{LegacyHello, NoSni, SmallHello, Tls12Only, Tls13Only};
    if !is_refused(facts) || legacy(facts).is_some() {
        return None;
    }
    let others = [Tls12Only, Tls13Only, SmallHello, NoSni, LegacyHello];
    others.into_iter().find(|kind| passes(*kind) == Some(true)).map(Difference::Content)
}

/// Whether the traced hello was turned away, with an alert or without a word, and not by us.
fn is_refused(facts: &Facts<'_>) -> bool {
    use FailureKind::{Closed, Reset, Timeout, TlsAlert};
    let failed = facts.failed().filter(|failed| failed.phase == Phase::Tls).and_then(|failed| failed.failure);
    failed.is_some_and(|failure| matches!(failure.kind, Closed | Reset | Timeout | TlsAlert))
        && facts.tls.is_some_and(|tls| tls.alert_sent.is_none())
}

fn is_own(kind: ExperimentKind) -> bool {
    matches!(kind, ExperimentKind::SmallHello | ExperimentKind::LargeHello | ExperimentKind::LegacyHello)
}

/// How many bytes an experiment sent in TLS.
pub(super) fn sent(facts: &Facts<'_>, kind: ExperimentKind) -> Option<u64> {
    Some(facts.experiment(kind)?.connection.phases.tls.as_ref()?.evidence.bytes_sent)
}

impl Facts<'_> {
    /// Whether the handshake ended after a ServerHello, or a part of one.
    pub(super) fn is_flight_begun(&self) -> bool {
        is_refused(self) && self.tls.is_some_and(|tls| tls.bytes_received > ALERT)
    }
}
