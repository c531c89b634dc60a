//! What the session showed after its activation.

use super::{Facts, Rule};
use crate::{codes::Phase, report::Severity};

pub const RULES: &[Rule] = &[
    Rule { code: "session-ended", severity: Severity::Error, phase: Phase::Activate, applies: ended },
    Rule {
        code: "session-nothing-drawn",
        severity: Severity::Error,
        phase: Phase::Activate,
        applies: nothing_drawn,
    },
    Rule {
        code: "session-not-decodable",
        severity: Severity::Warning,
        phase: Phase::Activate,
        applies: not_decodable,
    },
    Rule { code: "session-blank", severity: Severity::Warning, phase: Phase::Activate, applies: blank },
];

fn ended(facts: &Facts<'_>) -> Option<String> {
    let failure = facts.session?.failure.as_ref()?;
    Some(format!("the session ended after its activation: {}", failure.detail))
}

fn nothing_drawn(facts: &Facts<'_>) -> Option<String> {
    let session = facts.session?;
    let otherwise = session.failure.is_some() || session.stopped.is_some() || session.undecoded > 0;
    let seconds = session.elapsed_ms.0 / 1000.0;
    (session.regions == 0 && !otherwise)
        .then(|| format!("the server drew nothing in the {seconds:.1} s after the activation"))
}

/// Another client may know the codec.
fn not_decodable(facts: &Facts<'_>) -> Option<String> {
    let session = facts.session?;
    let count = session.undecoded;
    let word = if count == 1 { "PDU" } else { "PDUs" };
    (session.regions == 0 && count > 0)
        .then(|| format!("nothing of what the server draws can be decoded here: {count} {word}"))
}

fn blank(facts: &Facts<'_>) -> Option<String> {
    facts.session?.blank?.then(|| "the server drew a screen of one colour only".to_owned())
}
