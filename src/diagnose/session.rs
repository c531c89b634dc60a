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
    Rule { code: "session-blank", severity: Severity::Warning, phase: Phase::Activate, applies: blank },
];

fn ended(facts: &Facts<'_>) -> Option<String> {
    let failure = facts.session?.failure.as_ref()?;
    Some(format!("the session ended after its activation: {}", failure.detail))
}

fn nothing_drawn(facts: &Facts<'_>) -> Option<String> {
    let session = facts.session?;
    let went_elsewhere = session.redirection.is_some() || session.failure.is_some();
    let seconds = session.elapsed_ms.0 / 1000.0;
    let what = match session.undecoded {
        0 => "the server drew nothing".to_owned(),
        count => format!("nothing that the server drew can be decoded ({count} PDUs)"),
    };
    (session.regions == 0 && !went_elsewhere).then(|| {
        format!("{what} in the {seconds:.1} s after the activation: a client would show a black screen")
    })
}

fn blank(facts: &Facts<'_>) -> Option<String> {
    facts.session?.blank?.then(|| "the server drew a screen of one colour only".to_owned())
}
