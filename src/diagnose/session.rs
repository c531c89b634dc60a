//! What the session showed after its activation.

use super::{Facts, Rule, end_after_pause};
use crate::{
    codes::Phase,
    report::{ActivateEvidence, FailureKind, FindingCode, LicensingEvidence, Selected, Session, Severity},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: FindingCode::ClientInfoAccountRequired,
        severity: Severity::Error,
        phase: Phase::Licensing,
        // Who takes so long has waited for something else.
        applies: |facts| wants_account(facts).filter(|_| end_after_pause::timed_out(facts).is_none()),
    },
    Rule::new(FindingCode::SessionEnded, Severity::Error, Phase::Activate, ended),
    Rule::new(FindingCode::SessionNothingDrawn, Severity::Error, Phase::Activate, nothing_drawn),
    Rule::new(FindingCode::SessionNotDecodable, Severity::Warning, Phase::Activate, not_decodable),
    Rule::new(FindingCode::SessionBlank, Severity::Warning, Phase::Activate, blank),
];

/// Servers that log on by themselves want the account in Client Info, which has none here: they end at once, or as soon as they
/// have tried the empty one.
pub(super) fn wants_account(facts: &Facts<'_>) -> Option<String> {
    // Under its own encryption a server may as well dislike the MAC.
    if facts.selected() == Some(Selected::Rdp) || !lacks_password(facts) {
        return None;
    }
    ended_early(facts).or_else(|| ended_undrawn(facts))
}

/// Before there is a session: right after Client Info, or with the license as the last word, or by taking the activation back.
fn ended_early(facts: &Facts<'_>) -> Option<String> {
    let failed = facts.failed()?;
    let failure = failed.failure?;
    let without_nla = facts.selected() == Some(Selected::Tls);
    let when = match failed.phase {
        Phase::Licensing if facts.licensing.is_some_and(is_unanswered) => "right after Client Info",
        Phase::Activate if without_nla => after_license(facts.activate?)?,
        _ => return None,
    };
    let ended = failure.kind.is_cut() || without_nla && failure.kind == FailureKind::Disconnect;
    ended.then(|| format!("{} {when}; Client Info had no password: {WANTS_ACCOUNT}", failure.detail))
}

/// The same end right after Client Info where something else is as near, and what that is.
pub(super) fn may_want_account(facts: &Facts<'_>) -> Option<(String, String)> {
    let failure = facts.failed().filter(|failed| failed.phase == Phase::Licensing)?.failure?;
    let kind = failure.kind;
    let against = match facts.selected() {
        Some(Selected::Rdp) if kind.is_cut() || kind == FailureKind::Disconnect => {
            "whoever cannot verify what Standard RDP Security encloses ends so too"
        }
        Some(Selected::Tls) if kind == FailureKind::ErrorInfo && failure.code == Some(NO_PRIVILEGES) => {
            "the number may mean what it says"
        }
        selected if selected != Some(Selected::Rdp) && kind == FailureKind::TlsAlert => {
            "an alert is mostly about TLS itself"
        }
        _ => return None,
    };
    let text = format!("{} right after a Client Info without password", failure.detail);
    let fits = facts.licensing.is_some_and(is_unanswered) && lacks_password(facts);
    fits.then(|| (text, against.to_owned()))
}

/// Whether Client Info had no password: ours has one on demand, and a watched one tells by its flags if it was seen in clear.
fn lacks_password(facts: &Facts<'_>) -> bool {
    if facts.account_sent() {
        return false;
    }
    let client = facts.described.and_then(|made| made.client.as_ref());
    let info = client.and_then(|client| client.info.as_ref());
    !facts.is_watched() || info.is_some_and(|info| info.flags & INFO_AUTOLOGON == 0)
}

/// The two ways to end without a session: FreeRDP's proxy takes its activation back once its own logon has failed.
fn after_license(seen: &ActivateEvidence) -> Option<&'static str> {
    match (seen.share_id, seen.reactivations) {
        (None, 0) => Some("right after the license, before the Demand Active"),
        (_, 1..) if seen.fast_path_pdus == 0 => Some("after it took the activation back"),
        _ => None,
    }
}

fn ended_undrawn(facts: &Facts<'_>) -> Option<String> {
    let session = looked_at(facts)?;
    let failure = session.failure.as_ref()?;
    let undrawn = session.regions == 0 && session.undecoded == 0 && facts.failed().is_none();
    let without_nla = facts.selected()? == Selected::Tls;
    (undrawn && without_nla && (failure.kind.is_cut() || failure.kind == FailureKind::Disconnect)).then(|| {
        format!("the session ended before anything was drawn, its Client Info had no account: {WANTS_ACCOUNT} ({})", failure.detail)
    })
}

/// ERRINFO_SERVER_INSUFFICIENT_PRIVILEGES (MS-RDPBCGR 2.2.5.1.1), which IronRDP says of a wrong account.
const NO_PRIVILEGES: i64 = 9;
/// With it Client Info holds a password (MS-RDPBCGR 2.2.1.11.1.1).
const INFO_AUTOLOGON: u32 = 0x8;
const WANTS_ACCOUNT: &str = "servers that log on with what stands there end so";

/// Whether nothing at all came after Client Info.
fn is_unanswered(seen: &LicensingEvidence) -> bool {
    seen.outcome.is_none()
        && seen.product.is_none()
        && seen.auto_detect_requests == 0
        && seen.ignored_pdus == 0
}

fn ended(facts: &Facts<'_>) -> Option<String> {
    if wants_account(facts).is_some() {
        return None;
    }
    let failure = facts.session?.failure.as_ref()?;
    Some(format!("the session ended after its activation: {}", failure.detail))
}

/// A session in which what the server draws was decoded; whoever watches does not.
fn looked_at<'a>(facts: &Facts<'a>) -> Option<&'a Session> {
    facts.session.filter(|_| !facts.is_watched())
}

fn nothing_drawn(facts: &Facts<'_>) -> Option<String> {
    let session = looked_at(facts)?;
    let otherwise = session.failure.is_some() || session.stopped.is_some() || session.undecoded > 0;
    let seconds = session.elapsed_ms.0 / 1000.0;
    (session.regions == 0 && !otherwise)
        .then(|| format!("the server drew nothing in the {seconds:.1} s after the activation"))
}

/// Another client may know the codec.
fn not_decodable(facts: &Facts<'_>) -> Option<String> {
    let session = looked_at(facts)?;
    let count = session.undecoded;
    let word = if count == 1 { "PDU" } else { "PDUs" };
    (session.regions == 0 && count > 0)
        .then(|| format!("nothing of what the server draws can be decoded here: {count} {word}"))
}

fn blank(facts: &Facts<'_>) -> Option<String> {
    facts.session?.blank?.then(|| "the server drew a screen of one colour only".to_owned())
}
