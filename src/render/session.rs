//! The session after the activation, as a row beside the phases.

use crate::report::Session;

/// What was drawn, in a line or two.
pub fn facts(session: &Session) -> Vec<String> {
    let size = session.width.zip(session.height).map(|(width, height)| format!("desktop {width}x{height}"));
    let drawn = match (session.regions, session.blank) {
        (0, _) => "nothing drawn".to_owned(),
        (regions, Some(true)) => format!("regions drawn: {regions}, of one colour"),
        (regions, _) => format!("regions drawn: {regions}"),
    };
    let counted = [(session.undecoded, "not decodable"), (session.reactivations, "reactivations")];
    let some = counted.into_iter().filter(|(count, _)| *count > 0);
    let counted = some.map(|(count, what)| format!("{what}: {count}"));
    let facts = size.into_iter().chain([drawn]).chain(counted).collect::<Vec<_>>().join(", ");
    [facts].into_iter().chain(session.stopped.clone()).collect()
}
