//! Kerberos on Linux and macOS: its configuration, its tolerance for clocks, and whether a ticket is there.

use crate::{
    codes::MAX_SKEW_SECONDS,
    local::{Beside, Check, CheckResult, Krb5, Survey},
    report::{
        Os::{Linux, Macos},
        Role::Client,
    },
};

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("kerberos-configuration", Client, &[Linux, Macos], configured).beside(Beside::Kerberos),
    Check::logic("kerberos-clock-skew", Client, &[Linux, Macos], clock_skew).beside(Beside::Kerberos),
    Check::logic("kerberos-ticket", Client, &[Linux, Macos], ticket).beside(Beside::Kerberos),
];

/// The configuration; none where this machine has none.
pub(super) fn configuration(survey: &Survey<'_>) -> Result<Option<Krb5>, CheckResult> {
    Krb5::of(survey.machine).map_err(|unread| CheckResult::unreadable(&unread.what, &unread.why))
}

fn configured(survey: &Survey<'_>) -> CheckResult {
    let settings = match configuration(survey) {
        Ok(Some(settings)) => settings,
        Ok(None) => return none(),
        Err(result) => return result,
    };
    if settings.is_example() {
        return CheckResult::not_applicable("Kerberos has only the realm of its package's example");
    }
    let Some(realm) = settings.realm() else {
        return CheckResult::warning(format!("{} names no default realm", settings.path));
    };
    let listed = !settings.kdcs(realm).is_empty();
    let asked = settings.asks_dns();
    let result = if !listed && !asked {
        CheckResult::warning(
            "the configuration of Kerberos lists no KDC and forbids to look for one in DNS; NTLM needs none",
        )
    } else if realm != realm.to_uppercase() {
        CheckResult::warning(
            "the default realm is not in capitals; case matters, and Active Directory uses capitals",
        )
    } else if listed {
        CheckResult::ok("Kerberos has a realm and its KDC")
    } else {
        CheckResult::ok("Kerberos has a realm and looks for its KDC in DNS")
    };
    result.seen(format!("default_realm = {realm}"))
}

fn clock_skew(survey: &Survey<'_>) -> CheckResult {
    let settings = match configuration(survey) {
        Ok(Some(settings)) => settings,
        Ok(None) => return none(),
        Err(result) => return result,
    };
    match settings.value("libdefaults", "clockskew") {
        None => CheckResult::ok("Kerberos tolerates clocks that are five minutes apart, as servers do"),
        Some(text) => match text.trim_end_matches('s').parse::<u64>() {
            Ok(seconds) if seconds <= MAX_SKEW_SECONDS => {
                CheckResult::ok("Kerberos tolerates no more than servers do")
            }
            Ok(_) => CheckResult::warning(
                "Kerberos is told to tolerate more than servers do, they refuse all the same",
            ),
            Err(_) => CheckResult::unknown("the tolerance for clocks is not understood"),
        }
        .seen(format!("clockskew = {text}")),
    }
}

fn ticket(survey: &Survey<'_>) -> CheckResult {
    match configuration(survey) {
        Err(result) => return result,
        Ok(None) => return none(),
        Ok(Some(settings)) if settings.realm().is_none() => return none(),
        Ok(Some(_)) => {}
    }
    // It prints nothing: names of tickets are nobody's business.
    match survey.command("klist -s") {
        Err(why) => CheckResult::unreadable("klist", &why),
        Ok(None) => CheckResult::not_applicable("klist is not installed"),
        Ok(Some(output)) if output.code == 0 => {
            CheckResult::ok("this user has a Kerberos ticket that is valid")
        }
        Ok(Some(_)) => CheckResult::warning("this user has no Kerberos ticket, or it is expired"),
    }
}

fn none() -> CheckResult {
    CheckResult::not_applicable("Kerberos is not set up on this machine, so CredSSP uses NTLM")
}
