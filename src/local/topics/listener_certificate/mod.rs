//! The certificate of a Windows host's listener: which one, from when to when, for what, and whether its key can be used.

mod blob;
mod key_file;
mod store;

use self::store::{Chosen, Found, HASH, certificate};
use super::{
    asked::{Judged, outcome, value},
    listener::LISTENER,
};
use crate::{
    local::{Check, CheckResult, Survey},
    report::{Machine, Os::Windows, Role::Host},
};

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("listener-certificate", Host, &[Windows], chosen),
    Check::logic("listener-certificate-dates", Host, &[Windows], dates),
    Check::logic("listener-certificate-usage", Host, &[Windows], usage),
    Check::logic("listener-certificate-key", Host, &[Windows], private_key),
    Check::logic("listener-certificate-key-file", Host, &[Windows], key_file::configured),
    Check::logic("listener-own-key-file", Host, &[Windows], key_file::own),
    Check::logic("listener-key-folder", Host, &[Windows], key_file::folder_access),
];

/// The value that one article names, which Windows does not read.
const MISNAMED: &str = "SSLCertificateSHA1HashValue";
/// A certificate that ends sooner is worth a look.
const SOON: i64 = 14;

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    machine.listener_certificate = store::configured(survey);
}

fn chosen(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let Some(chosen) = store::chosen(survey)? else {
            return Ok(CheckResult::warning(
                "no certificate is configured, and Windows has not made one of its own yet",
            ));
        };
        let misnamed = !chosen.configured && value(survey, LISTENER, MISNAMED)?.is_some();
        let result = match (&chosen.found, chosen.configured) {
            _ if misnamed => CheckResult::warning(format!(
                "{MISNAMED} is set, which Windows does not read; it reads {HASH}"
            )),
            (Found::Whole(_), true) => CheckResult::ok("the configured certificate is there"),
            (Found::Whole(_), false) => {
                CheckResult::ok("the listener uses the certificate that Windows made")
            }
            (Found::Missing, true) => {
                CheckResult::error("the certificate that is configured is in no store of this machine")
            }
            (Found::Missing, false) => {
                CheckResult::warning("the certificate that Windows made is not in its store")
            }
            (Found::Damaged, _) => {
                CheckResult::error("what the store holds under this thumbprint is damaged")
            }
        };
        Ok(result.seen(shown(&chosen)))
    };
    outcome(judge())
}

fn shown(chosen: &Chosen) -> String {
    let subject = match &chosen.found {
        Found::Whole(stored) => store::subject(stored),
        Found::Missing | Found::Damaged => None,
    };
    let subject = subject.map(|subject| format!(" {subject}")).unwrap_or_default();
    format!("SHA-1 {}{subject}", chosen.thumbprint)
}

fn unreadable() -> CheckResult {
    CheckResult::unknown("the certificate could not be decoded")
}

fn dates(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let (chosen, stored) = certificate(survey)?;
        let Some((from, to)) = store::dates(&stored) else { return Ok(unreadable()) };
        let now = survey.machine.now();
        let result = if now > to && chosen.configured {
            CheckResult::error("the configured certificate has expired")
        } else if now > to {
            CheckResult::error("the self-signed certificate has expired, and Windows has not renewed it")
        } else if now < from {
            CheckResult::error("the certificate is not valid yet, or this machine's clock is behind")
        } else if chosen.configured && (to - now).whole_days() < SOON {
            CheckResult::warning(format!(
                "the configured certificate expires in {} days",
                (to - now).whole_days()
            ))
        } else {
            CheckResult::ok("the certificate is valid today")
        };
        Ok(result.seen(format!("{} to {}", from.date(), to.date())))
    };
    outcome(judge())
}

fn usage(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let (_, stored) = certificate(survey)?;
        Ok(match store::for_servers(&stored) {
            None => unreadable(),
            Some(true) => CheckResult::ok("the certificate may identify a server"),
            Some(false) => CheckResult::error(
                "the certificate is not meant for server authentication, so Windows leaves it out",
            ),
        })
    };
    outcome(judge())
}

fn private_key(survey: &Survey<'_>) -> CheckResult {
    let judge = || -> Judged {
        let (_, stored) = certificate(survey)?;
        Ok(match stored.key {
            Some(key) => CheckResult::ok("the certificate has a private key")
                .seen(format!("{} in {}", key.container, key.provider)),
            None => CheckResult::error("the certificate was stored without a private key"),
        })
    };
    outcome(judge())
}
