//! Who ended a connection, for its mark on the picture and for the line below.

use super::{lanes::Lane, tone::Tone};
use crate::report::{Connection, EndHow, EndSide, Failure, FailureKind, Status};

/// From how many times as late on an end is told to be behind the picture.
const LATER: f64 = 1.1;

/// The end of a connection.
pub(super) struct End {
    /// On whose lane its mark is; none for the path between them.
    pub(super) lane: Option<Lane>,
    pub(super) tone: Tone,
    /// Which mark: `cross`, `square`, `check` or `ring`.
    pub(super) mark: &'static str,
    /// Who did what.
    pub(super) text: String,
}

/// The end, as far as it is known.
pub(super) fn end(made: &Connection) -> Option<End> {
    let last = made.phases.summaries().pop()?;
    let phase = last.phase;
    if let Some(end) = watched(made) {
        return Some(end);
    }
    Some(match (last.status, last.failure) {
        (_, Some(failure)) => failed(failure, phase.name()),
        (Status::Passed, _) => client(Tone::Good, "check", format!("The client was done after {phase}")),
        (_, None) => {
            let why = last.stopped.map_or_else(String::new, |why| format!(": {why}"));
            client(Tone::Caution, "square", format!("The client stopped in {phase}{why}"))
        }
    })
}

fn client(tone: Tone, mark: &'static str, text: String) -> End {
    End { lane: Some(Lane::Client), tone, mark, text }
}

fn failed(failure: &Failure, phase: &str) -> End {
    let speaker = failure.speaker;
    let (lane, mark, who) = match failure.kind {
        FailureKind::Timeout => {
            (Lane::of(speaker), "ring", format!("Silence: no answer of {} in", speaker.title()))
        }
        FailureKind::NotFound => (Some(Lane::Client), "cross", "The name was not found in".to_owned()),
        kind if is_ours(kind) => (Some(Lane::Client), "cross", "The client could not go on in".to_owned()),
        _ => (Lane::of(speaker), "cross", format!("{} ended it in", capital(speaker.title()))),
    };
    End { lane, tone: Tone::Bad, mark, text: format!("{who} {phase}: {}", failure.detail) }
}

/// What came was nothing that this program can go on with.
fn is_ours(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::NotRdp
            | FailureKind::NotTls
            | FailureKind::Malformed
            | FailureKind::MacInvalid
            | FailureKind::TlsUnsupported
            | FailureKind::KeyBinding
            | FailureKind::SecurityUnsupported
    )
}

/// Of a connection that was watched the packets tell.
fn watched(made: &Connection) -> Option<End> {
    let ended = made.ended_by.as_ref()?;
    let text = crate::render::ended::line(made)?;
    let lane = match ended.side.known()? {
        EndSide::Client => Some(Lane::Client),
        EndSide::Server if made.phases.gateway.is_some() => Some(Lane::Gateway),
        EndSide::Server => Some(Lane::Server),
        EndSide::Path | EndSide::Unknown => None,
    };
    let mark = if ended.how == EndHow::Silence { "ring" } else { "cross" };
    let tone = if made.has_failed() { Tone::Bad } else { Tone::Plain };
    // The picture is of the phases: an idle connection would make them slivers.
    let phases: f64 = made.phases.summaries().iter().map(|summary| summary.elapsed_ms.0).sum();
    let later = ended.at_ms.0 > phases * LATER && phases > 0.0;
    let later = if later { "; the picture stops with the last phase" } else { "" };
    Some(End { lane, tone, mark, text: format!("{}{later}", capital(&text)) })
}

/// As a sentence or a heading begins.
pub(super) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
