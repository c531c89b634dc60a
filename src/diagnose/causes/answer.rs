//! What is meant where the server's answer cannot be understood, or ends the connection without a reason that names one.

use super::{
    CauseRule, Place, Weighed, certificate::gives_up, ended_in, failed_in, failed_with, rule, session,
    silent_in,
};
use crate::{
    codes::{self, Phase, Table},
    diagnose::{Facts, added::gets_further, path},
    report::{
        Alert, CauseCode, Connection, EndHow, ExperimentKind, Failure, FailureKind, Likelihood, Selected,
    },
};

/// From here on Set Error Info says what is wrong with a PDU (MS-RDPBCGR 2.2.5.1.1).
const FIRST_PROTOCOL_ERROR: i64 = 0x10C9;
/// The server could not build its answer, join the channels, encrypt or give such graphics, or gives RemoteApp alone; and a number
/// that no server sends.
const OF_SERVER: &[i64] = &[0x10D2, 0x10D3, 0x10F3, 0x112D, 0x1193, 0x1196];
/// bad_record_mac, decryption_failed and decrypt_error.
const NOT_VERIFIED: &[i64] = &[20, 21, 51];
/// FIPS (MS-RDPBCGR 2.2.1.4.3), which is no fault of the server's.
const FIPS: i64 = 0x10;
/// Too many users and user rejected, which say more than a refusal.
const ABOUT_USERS: &[i64] = &[13, 15];

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::ClientPduRejected, rejected),
    rule(Place::Host, CauseCode::ServerRefusesSettings, settings),
    rule(Place::ThisProgram, CauseCode::RdptraceLacksGraphics, graphics),
    rule(Place::Host, CauseCode::SessionStartFailed, unbegun).intermittent(),
    rule(Place::Host, CauseCode::ServerNotConforming, not_conforming).intermittent(),
    rule(Place::Path, CauseCode::StreamAltered, altered).intermittent(),
    rule(Place::ThisProgram, CauseCode::NewerServer, newer),
];

fn rejected(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = facts.failed()?.failure.filter(|failure| failure.kind == FailureKind::ErrorInfo)?;
    let code = failure.code?;
    let own = OF_SERVER.contains(&code) || session::GRAPHICS.contains(&code);
    let protocol = code >= FIRST_PROTOCOL_ERROR && !is_unknown(failure) && !own;
    protocol.then(|| Weighed::likely(failure.detail.clone()))
}

fn settings(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_in(facts, Phase::Mcs).filter(|failure| failure.kind == FailureKind::McsResult)?;
    let known = !failure.code.is_some_and(|code| ABOUT_USERS.contains(&code));
    let likelihood = if is_unknown(failure) { Likelihood::Possible } else { Likelihood::Likely };
    let taken = facts.mcs.is_some_and(|mcs| mcs.result == Some(0));
    let taken = taken.then(|| "the settings were taken, and a channel or the user was refused".to_owned());
    known.then(|| Weighed::new(likelihood, failure.detail.clone()).and(taken))
}

/// GNOME's and KDE's remote desktops end the session of a client that does not announce the pipeline.
fn graphics(facts: &Facts<'_>) -> Option<Weighed> {
    let failed =
        facts.failed().filter(|failed| failed.phase >= Phase::Licensing && facts.request.screenshot)?;
    let ended = unstarted(facts).is_some();
    let passes = gets_further(facts, ExperimentKind::NoScreenshot);
    let text = "for a screenshot rdptrace does not announce the graphics pipeline, without which GNOME and KDE give no session";
    let proof =
        passes.then(|| "with the pipeline and without a screenshot the connection gets further".to_owned());
    let likelihood = if passes || ended { Likelihood::Likely } else { Likelihood::Possible };
    let detail = failed.failure?.detail.clone();
    Some(Weighed::new(likelihood, text).and(proof).and(Some(detail)))
}

/// The host has taken the client and its license: what it does next is to start the session.
fn unbegun(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = unstarted(facts)?;
    let text = format!("licensing passed, and where the session begins {}", failure.detail);
    let other_reasons = facts.request.screenshot || facts.account_sent();
    let likelihood = if other_reasons { Likelihood::Possible } else { Likelihood::Likely };
    Some(Weighed::new(likelihood, text))
}

/// The failure, where the server ended the connection in place of starting the session.
fn unstarted<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    let ultimatum = |failure: &&Failure| failure.kind == FailureKind::Disconnect;
    ended_in(facts, Phase::Activate).or_else(|| failed_in(facts, Phase::Activate).filter(ultimatum))
}

fn not_conforming(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) =
        silent_in(facts, Phase::Tls).filter(|_| facts.selected() == Some(Selected::Unknown))
    {
        let text = "the confirm selects a protocol that nobody offered, and then nothing follows";
        return Some(Weighed::likely(text).and(Some(failure.detail.clone())));
    }
    let failure = garbled(facts)?;
    let likelihood = match failure.kind {
        FailureKind::MacInvalid => Likelihood::Possible,
        _ if path::page(facts).is_some() || gives_up(facts).is_some() => Likelihood::Possible,
        // What is another service conforms to that.
        _ if facts.tls.is_some_and(|tls| tls.speaks_inside.is_some()) => Likelihood::Possible,
        _ => Likelihood::Likely,
    };
    let sealed = is_enclosed(facts, failure).then(|| "inside TLS nobody on the way can change it".to_owned());
    let unjudged = is_unjudged(facts).then(|| {
        "the capture ends here: whether it is damaged, or its client could read this, is not in it".to_owned()
    });
    let doubted = is_broken(facts, failure) || unverified(facts).is_some() || unjudged.is_some();
    let likelihood = if doubted { Likelihood::Possible } else { likelihood };
    Some(Weighed::new(likelihood, failure.detail.clone()).and(sealed).but(unjudged))
}

/// Whether a record was made elsewhere and ends before anybody has ended the connection.
fn is_unjudged(facts: &Facts<'_>) -> bool {
    let made = facts.described.filter(|_| facts.is_watched());
    let is_open = |made: &Connection| made.ended_by.as_ref().is_none_or(|ended| ended.how == EndHow::Silence);
    made.is_some_and(|made| made.watched.as_ref().is_some_and(|watched| watched.cut) && is_open(made))
}

fn altered(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) = failed_with(facts, FailureKind::TlsAlert, NOT_VERIFIED) {
        let text = "what was sent did not arrive as it was sent, or the server's TLS is at fault";
        return Some(Weighed::possible(text).and(Some(failure.detail.clone())));
    }
    if let Some(found) = unverified(facts) {
        let text = "what came did not arrive as it was sent, or the server's TLS is at fault";
        let ended = facts.failed()?.failure.filter(|failure| failure.detail != found.detail);
        let ended = ended.map(|failure| failure.detail.clone());
        return Some(Weighed::likely(text).and(Some(found.detail.clone())).and(ended));
    }
    let unnamed = facts.selected() == Some(Selected::Unknown);
    let failure = garbled(facts).filter(|f| unnamed || f.kind != FailureKind::SecurityUnsupported)?;
    let text = match is_broken(facts, failure) {
        true => "a record of TLS that is changed on the way cannot be read either",
        false => "no TLS protects the stream here",
    };
    (!is_enclosed(facts, failure)).then(|| Weighed::possible(text).and(Some(failure.detail.clone())))
}

/// How a connection ended in which our TLS found that a record, or the handshake, was not what the server had made. Which of them
/// meets it is chance.
fn unverified<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    facts.failed().filter(|failed| failed.phase == Phase::Tls)?;
    let made = facts.trace.connections.iter().filter_map(|made| made.phases.tls.as_ref());
    let found = |alert: &Alert| NOT_VERIFIED.contains(&alert.code.into());
    made.filter(|tls| tls.evidence.alert_sent.as_ref().is_some_and(found))
        .find_map(|tls| tls.failure.as_ref())
}

/// What came is not what the specification allows there.
fn garbled<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    use FailureKind::{MacInvalid, Malformed, NotTls, SecurityUnsupported};
    facts.failed()?.failure.filter(|failure| match failure.kind {
        Malformed | NotTls | MacInvalid => true,
        SecurityUnsupported if facts.selected() == Some(Selected::Unknown) => true,
        SecurityUnsupported => failure.code.is_some_and(|method| method != FIPS),
        _ => false,
    })
}

/// Whether what cannot be read came out of TLS whole: then its bytes are known.
fn is_enclosed(facts: &Facts<'_>, failure: &Failure) -> bool {
    is_sealed(facts) && failure.received.is_some()
}

/// Whether nothing is known to have come out of TLS, so that TLS itself may not have been followed.
fn is_broken(facts: &Facts<'_>, failure: &Failure) -> bool {
    is_sealed(facts) && failure.kind == FailureKind::Malformed && failure.received.is_none()
}

fn is_sealed(facts: &Facts<'_>) -> bool {
    facts.tls.is_some() && facts.failed().is_some_and(|failed| failed.phase > Phase::Tls)
}

fn newer(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = facts.failed()?.failure.filter(|failure| is_unknown(failure))?;
    Some(Weighed::possible(format!("{}: the server may be newer than the tables here", failure.detail)))
}

/// Whether the failure has a number that its table does not know. A status can be any of thousands and says nothing then.
pub(super) fn is_unknown(failure: &Failure) -> bool {
    let table: &Table = match failure.kind {
        FailureKind::NegotiationFailure => &codes::NEGOTIATION_FAILURE,
        FailureKind::ErrorInfo => &codes::ERROR_INFO,
        FailureKind::LicenseError => &codes::LICENSE_ERROR,
        FailureKind::McsResult => &codes::MCS_RESULT,
        FailureKind::EarlyAuthDenied => &codes::EARLY_AUTHORIZATION,
        FailureKind::Disconnect => &codes::MCS_REASON,
        _ => return false,
    };
    failure.code.is_some_and(|code| u32::try_from(code).map_or(true, |code| table.find(code).is_none()))
}
