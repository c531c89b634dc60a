//! Advice for who answers: what the page of a cause says, without what only another system has.
//!
//! Lines for another system are left out; if nothing is left, the server's own log is named.

use super::Weighed;
use crate::{
    diagnose::{Facts, page},
    report::{Answerer, CauseCode, Likelihood},
    sections::{self, Entry, Kind, System},
};

/// Causes that are parts of Windows, which fit another system at best by what they look like.
const IN_WINDOWS: &[CauseCode] = &[
    CauseCode::CertificateUnusable,
    CauseCode::CertificateKeyPermissions,
    CauseCode::CertificateHashWrong,
    CauseCode::NtlmRestricted,
    CauseCode::CredsspPolicy,
    CauseCode::HostRefusesByClosing,
    CauseCode::ConnectionLimit,
];

/// Whether it is known to be another system than Windows.
pub(super) fn is_another(who: Answerer) -> bool {
    who == Answerer::Xrdp || who == Answerer::Ironrdp || who.is_of_freerdp()
}

/// A cause that only Windows can have is at most possible elsewhere.
pub(super) fn fitting(code: CauseCode, weighed: Weighed, facts: &Facts<'_>) -> Weighed {
    let who = facts.answerer();
    if !(is_another(who) && IN_WINDOWS.contains(&code)) {
        return weighed;
    }
    let against = format!("{} answers, and this is a part of Windows", who.title());
    Weighed { likelihood: Likelihood::Possible, ..weighed.but(Some(against)) }
}

/// What settles and mends a cause where this software answers; where nothing of it fits, its own log is named.
pub(super) fn lines(code: CauseCode, facts: &Facts<'_>) -> (Vec<String>, Vec<String>) {
    let who = facts.answerer();
    let fitting = |text: String| if facts.is_watched() { of_client(&text) } else { Some(text) };
    let (_, entries) = sections::read(page(code.as_str()).unwrap_or_default());
    let of = |kind: Kind| -> Vec<String> {
        entries
            .iter()
            .filter(|entry| entry.kind == kind)
            .filter_map(|entry| fitting(told(entry, who)?))
            .collect()
    };
    let (mut confirm, mut fix) = (of(Kind::Check), of(Kind::Fix));
    if confirm.is_empty() || fix.is_empty() {
        confirm.push(log(who).to_owned());
    }
    if fix.is_empty() {
        fix.push("mend what that log names".to_owned());
    }
    (confirm, fix)
}

/// Where nobody knows who answers, a line says whom it is for. In a list no line ends like a sentence.
fn told(entry: &Entry, who: Answerer) -> Option<String> {
    let text = match (entry.system, who) {
        (None, _) | (Some(System::Windows), Answerer::Windows) | (Some(System::Xrdp), Answerer::Xrdp) => {
            entry.text.clone()
        }
        (Some(_), Answerer::Unknown) => entry.told(),
        _ => return None,
    };
    Some(text.trim_end_matches('.').to_owned())
}

/// What of a line is about any client: whoever only watched has no options of its own, and made no trace to repeat.
fn of_client(text: &str) -> Option<String> {
    let is_ours = |part: &str| {
        let ours = ["--", "this program", "rdptrace"].iter().any(|word| part.contains(word));
        ours && !part.contains("`rdptrace")
    };
    let parts: Vec<_> = text.split("; ").filter(|part| !is_ours(part)).collect();
    let rest =
        parts.join("; ").replace("the same trace", "a trace").replace("in other clients", "in the client");
    (!rest.is_empty()).then_some(rest)
}

/// Where this software says what ails it.
fn log(who: Answerer) -> &'static str {
    match who {
        Answerer::Xrdp => "on the host: /var/log/xrdp.log and /var/log/xrdp-sesman.log at this time",
        Answerer::GnomeRemoteDesktop => "on the host: the journal of gnome-remote-desktop at this time",
        Answerer::Krdp => "on the host: the journal of krdpserver at this time",
        Answerer::Windows => "on the host: the event logs at this time",
        _ => "the server's own log at this time",
    }
}
