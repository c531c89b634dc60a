//! Why a server that takes the connection gives no session: licensing, the broker, and what Set Error Info says.
//!
//! Servers that log on with what Client Info holds end a session without an account. A close right after Client Info,
//! and a session without NLA that ends before anything is drawn, are reported as that; never as certain, because
//! nothing says so by number.

use super::{
    CauseRule, Place, Weighed, answer::is_unknown, ended_in, failed_in, failed_with, license::gated, rule,
};
use crate::{
    codes::Phase,
    diagnose::{
        Facts, end_after_pause,
        session::{may_want_account, wants_account},
    },
    report::{Answerer, CauseCode, Failure, FailureKind, Likelihood},
};

/// ERR_NO_LICENSE_SERVER (MS-RDPBCGR 2.2.1.12.1.3) and ERRINFO_LICENSE_NO_LICENSE_SERVER.
const NO_SERVER: (i64, i64) = (6, 0x101);
/// ERR_NO_LICENSE and ERRINFO_LICENSE_NO_LICENSE.
const NO_LICENSE: (i64, i64) = (2, 0x102);
/// What is wrong with the license that the client keeps, or with the client.
const CLIENT_LICENSE: &[i64] = &[0x104, 0x105, 0x109];
/// ERR_INVALID_CLIENT.
const INVALID_CLIENT: &[i64] = &[8];
/// ERRINFO_GRAPHICS_SUBSYSTEM_RESET_FAILED and ERRINFO_GRAPHICS_SUBSYSTEM_FAILED.
pub(super) const GRAPHICS: &[i64] = &[0x112E, 0x112F];
const FIPS: u32 = 0x10;
const USER_REJECTED: i64 = 15;
/// rn-user-requested (T.125, Reason).
const USER_REQUESTED: i64 = 3;

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Host, CauseCode::ClientInfoAccountRequired, account_wanted),
    rule(Place::Host, CauseCode::LicenseServerMissing, no_server),
    rule(Place::Host, CauseCode::LicenseNoneLeft, |facts| license(facts, NO_LICENSE)).intermittent(),
    rule(Place::Host, CauseCode::LicenseOfClientUnusable, client_license),
    rule(Place::Host, CauseCode::BrokerRefuses, broker).intermittent(),
    rule(Place::Host, CauseCode::HostShuttingDown, |facts| by_error_info(facts, &[25, 26])).intermittent(),
    rule(Place::Host, CauseCode::SessionTakenOver, |facts| by_error_info(facts, &[5])).intermittent(),
    rule(Place::Host, CauseCode::DisplayDriverFailed, |facts| {
        by_error_info(facts, &[15, 17, 18]).or_else(|| graphics(facts))
    })
    .intermittent(),
    rule(Place::Host, CauseCode::SessionProcessCrashed, |facts| by_error_info(facts, &[16, 23, 24]))
        .intermittent(),
    rule(Place::Host, CauseCode::HostOutOfResources, |facts| by_error_info(facts, &[6])).intermittent(),
    rule(Place::Host, CauseCode::ConnectionDenied, |facts| {
        by_error_info(facts, &[7]).or_else(|| rejected(facts))
    }),
    rule(Place::Host, CauseCode::ServerRequiresFips, fips),
];

/// With NLA the server has the password already. Once the license has passed there are other reasons not to begin a session.
fn account_wanted(facts: &Facts<'_>) -> Option<Weighed> {
    let Some(text) = wants_account(facts) else { return account_perhaps_wanted(facts) };
    let verified = facts.credssp.is_some_and(|credssp| credssp.authenticated);
    let against = verified.then(|| "NLA has given the server the account already".to_owned());
    let phase = facts.failed().map(|failed| failed.phase);
    let is_late = phase == Some(Phase::Activate);
    let waited = end_after_pause::timed_out(facts);
    let doubted = verified || is_late || waited.is_some();
    let likelihood = if doubted { Likelihood::Possible } else { Likelihood::Likely };
    Some(Weighed::new(likelihood, text).but(against).but(waited))
}

/// xrdp says with an ultimatum that it wants an account, and only closes where it cannot verify what is encrypted.
fn account_perhaps_wanted(facts: &Facts<'_>) -> Option<Weighed> {
    let (text, against) = may_want_account(facts)?;
    let said = failed_in(facts, Phase::Licensing).is_some_and(|end| end.kind == FailureKind::Disconnect);
    let known = said && facts.answerer() == Answerer::Xrdp;
    Some(match known {
        true => Weighed::likely(text),
        false => Weighed::possible(text).but(Some(against)),
    })
}

fn by_error_info(facts: &Facts<'_>, codes: &[i64]) -> Option<Weighed> {
    failed_with(facts, FailureKind::ErrorInfo, codes).map(|failure| Weighed::certain(failure.detail.clone()))
}

/// Its graphics may have failed at what the client asked of them.
fn graphics(facts: &Facts<'_>) -> Option<Weighed> {
    failed_with(facts, FailureKind::ErrorInfo, GRAPHICS)
        .map(|failure| Weighed::likely(failure.detail.clone()))
}

fn license(facts: &Facts<'_>, (alert, info): (i64, i64)) -> Option<Weighed> {
    let alert = failed_with(facts, FailureKind::LicenseError, &[alert])
        .map(|failure| gated(Weighed::certain(failure.detail.clone()), failure.code));
    alert.or_else(|| by_error_info(facts, &[info]))
}

/// This program keeps no license, so it may be what it says of itself.
fn client_license(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = failed_with(facts, FailureKind::LicenseError, INVALID_CLIENT)
        .or_else(|| failed_with(facts, FailureKind::ErrorInfo, CLIENT_LICENSE))?;
    let text = "this program keeps no license: the server may mean what it says of itself, see whether mstsc gets in";
    let ours = (!facts.is_watched()).then(|| text.to_owned());
    Some(Weighed::likely(failure.detail.clone()).but(ours))
}

fn no_server(facts: &Facts<'_>) -> Option<Weighed> {
    let cut = || {
        let failure = ended_in(facts, Phase::Licensing)?;
        let against = "a server without licensing mostly says so with an alert before it closes".to_owned();
        let text = format!("where licensing begins {}", failure.detail);
        Some(Weighed::possible(text).but(Some(against)))
    };
    license(facts, NO_SERVER).or_else(cut)
}

/// ERRINFO_CB_*: the numbers from 0x400 are the connection broker's.
fn broker(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = error(facts).filter(|failure| failure.code.is_some_and(|c| (0x400..0x420).contains(&c)))?;
    let likelihood = if is_unknown(failure) { Likelihood::Possible } else { Likelihood::Certain };
    Some(Weighed::new(likelihood, failure.detail.clone()))
}

fn error<'a>(facts: &Facts<'a>) -> Option<&'a Failure> {
    facts.failed()?.failure.filter(|failure| failure.kind == FailureKind::ErrorInfo)
}

/// An ultimatum in the middle of the sequence is a decision, though its reason is a general one.
fn rejected(facts: &Facts<'_>) -> Option<Weighed> {
    if let Some(failure) = failed_with(facts, FailureKind::McsResult, &[USER_REJECTED]) {
        return Some(Weighed::likely(failure.detail.clone()));
    }
    let failed = facts.failed()?;
    let failure = failed.failure.filter(|failure| failure.kind == FailureKind::Disconnect)?;
    let asked = failure.code == Some(USER_REQUESTED);
    let against = asked.then(|| "the reason says that a user asked for it, before anyone could".to_owned());
    let text = format!("in {} {}", failed.phase, failure.detail);
    match failed.phase {
        Phase::Mcs | Phase::Licensing if !asked => Some(Weighed::likely(text)),
        Phase::Credssp | Phase::Mcs | Phase::Licensing | Phase::Activate => {
            Some(Weighed::possible(text).but(against))
        }
        _ => None,
    }
}

fn fips(facts: &Facts<'_>) -> Option<Weighed> {
    let mcs = facts.mcs.filter(|mcs| mcs.encryption_method == Some(FIPS))?;
    if facts.is_watched() {
        let offered = mcs.encryption_methods_requested? & FIPS != 0;
        let text = "the server selected FIPS encryption, which the client does not offer";
        return (!offered && facts.last()?.phase == Phase::Mcs).then(|| Weighed::likely(text));
    }
    let failure = failed_in(facts, Phase::Mcs).filter(|f| f.kind == FailureKind::SecurityUnsupported)?;
    Some(Weighed::certain(failure.detail.clone()))
}
