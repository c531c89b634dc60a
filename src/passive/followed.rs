//! What a connection is for in the record of a trace, which notes it of those that follow up the traced one.

use crate::{
    flow::Flow,
    report::{ExperimentKind, Phases, Purpose, Status},
};

/// What it is for: the connection that somebody made, if nothing is noted.
pub(super) fn purpose(flow: &Flow, phases: &mut Phases) -> Purpose {
    let noted = flow.note.as_deref().and_then(|note| Purpose::try_from(note.to_owned()).ok());
    let purpose = noted.filter(|purpose| !purpose.is_traced()).unwrap_or(Purpose::Main);
    if matches!(&purpose, Purpose::Experiment(name) if name.is(ExperimentKind::LegacyHello)) {
        answered(phases);
    }
    purpose
}

/// Nobody goes on from the hello that asks only which old version and suite the server takes: an answer is all that it is for.
fn answered(phases: &mut Phases) {
    let tls = phases.tls.iter_mut().filter(|tls| tls.evidence.version.is_some());
    for tls in tls.filter(|tls| tls.status == Status::Stopped) {
        (tls.status, tls.stopped) = (Status::Passed, None);
    }
}
