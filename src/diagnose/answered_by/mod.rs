//! Who answers, from what tells the servers apart on the wire.
//!
//! Each clue was measured on every server. One clue, or two that few servers share, makes it `likely`; three, before
//! and inside TLS, `certain`; the same for two servers, `unknown`. What the NTLM CHALLENGE claims is no clue if FreeRDP
//! and IronRDP write the same. krdp and weston are reported as FreeRDP, whose library they use. 0xC00700EA and
//! 0xC007030C refuse the credentials only if the server that sends them so answers.

mod clues;

use super::Facts;
use crate::report::{AnsweredBy, Answerer, Likelihood, Phases};

/// What one server does and the others were not seen to do.
struct Clue {
    who: Answerer,
    /// How much it says: one alone is thin where others might do the same.
    points: u32,
    place: Place,
    text: String,
}

/// Where something was seen: what stands in front of a server can pass one of them on, and does not make all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Negotiation,
    Certificate,
    Account,
    Session,
}

/// Of one thing that only this server does, or of two that it does and few others.
const ENOUGH: u32 = 2;
/// Of three things that only this server does.
const PROVED: u32 = 6;

/// Who answers; none where nothing did, or this program itself.
pub(super) fn answered_by(facts: &Facts<'_>) -> Option<AnsweredBy> {
    if facts.trace.request.listen {
        return None;
    }
    let phases: Vec<&Phases> = facts.of_host().map(|connection| &connection.phases).collect();
    let clues = clues::clues(facts, &phases);
    // What takes TLS at once answers too, though not the Connection Request.
    if clues.is_empty() && !phases.iter().any(|phases| is_answered(phases)) {
        return None;
    }
    Some(judged(&clues).unwrap_or_else(|| AnsweredBy {
        who: Answerer::Unknown,
        likelihood: Likelihood::Possible,
        because: clues.into_iter().map(|clue| clue.text).collect(),
        against: Vec::new(),
    }))
}

fn is_answered(phases: &Phases) -> bool {
    let negotiated = phases.negotiate.as_ref().is_some_and(|record| {
        let evidence = &record.evidence;
        evidence.negotiation_response.is_some() || evidence.speaks.is_some() || evidence.selected.is_some()
    });
    negotiated || phases.tls.as_ref().is_some_and(|record| record.evidence.bytes_received > 0)
}

/// The one that most speaks for, where it is enough and nothing as good speaks for another.
fn judged(clues: &[Clue]) -> Option<AnsweredBy> {
    let family = |who: Answerer| if who.is_of_freerdp() { Answerer::Freerdp } else { who };
    let points =
        |who| clues.iter().filter(|clue| family(clue.who) == who).map(|clue| clue.points).sum::<u32>();
    let families = [Answerer::Windows, Answerer::Xrdp, Answerer::Freerdp, Answerer::Ironrdp, Answerer::Proxy];
    let mut enough = families.into_iter().filter(|who| points(*who) >= ENOUGH);
    let best = enough.next()?;
    if enough.next().is_some() {
        return None;
    }
    let (own, others): (Vec<&Clue>, Vec<&Clue>) = clues.iter().partition(|clue| family(clue.who) == best);
    let among = own.iter().map(|clue| clue.who).find(|who| *who != best).unwrap_or(best);
    let outside = own.iter().any(|clue| clue.place == Place::Negotiation);
    let inside = own.iter().any(|clue| matches!(clue.place, Place::Session | Place::Account));
    let proved = points(best) >= PROVED && outside && inside && others.is_empty() && among == best;
    let texts = |clues: Vec<&Clue>| clues.into_iter().map(|clue| clue.text.clone()).collect();
    Some(AnsweredBy {
        who: among,
        likelihood: if proved { Likelihood::Certain } else { Likelihood::Likely },
        because: texts(own),
        against: texts(others),
    })
}
