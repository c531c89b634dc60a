//! The session after the activation, as a row beside the phases.

use super::activation::redirection;
use crate::report::Session;

/// What was drawn, where it was watched, and why no longer, in a line or two.
pub(super) fn facts(session: &Session) -> Vec<String> {
    let size = session.width.zip(session.height);
    let drawn = size.map(|size| watched(session, size));
    let elsewhere = session.redirection.as_ref().map(redirection).unwrap_or_default();
    let elsewhere = elsewhere.into_iter().filter(|line| !line.is_empty());
    drawn.into_iter().chain(session.stopped.clone()).chain(elsewhere).collect()
}

fn watched(session: &Session, (width, height): (u32, u32)) -> String {
    let drawn = match (session.regions, session.blank) {
        (0, _) => "nothing drawn".to_owned(),
        (regions, Some(true)) => format!("regions drawn: {regions}, of one colour"),
        (regions, _) => format!("regions drawn: {regions}"),
    };
    let counted = [(session.undecoded, "not decodable"), (session.reactivations, "reactivations")];
    let some = counted.into_iter().filter(|(count, _)| *count > 0);
    let counted = some.map(|(count, what)| format!("{what}: {count}"));
    let size = format!("desktop {width}x{height}");
    [size, drawn].into_iter().chain(counted).collect::<Vec<_>>().join(", ")
}
