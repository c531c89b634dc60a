//! Kerberos on Linux and macOS: its configuration, its tolerance for clocks, and whether a ticket is there.

use crate::{
    local::{Beside, Check, Krb5, Said, Scene},
    report::{
        Os::{Linux, Macos},
        Role::Client,
    },
};

/// Seconds that Kerberos allows between two clocks.
const TOLERANCE: u32 = 300;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("kerberos-configuration", Client, &[Linux, Macos], configured).beside(Beside::Kerberos),
    Check::logic("kerberos-clock-skew", Client, &[Linux, Macos], clock_skew).beside(Beside::Kerberos),
    Check::logic("kerberos-ticket", Client, &[Linux, Macos], ticket).beside(Beside::Kerberos),
];

/// The configuration; none where this machine has none.
pub fn configuration(scene: &Scene<'_>) -> Result<Option<Krb5>, Said> {
    Krb5::of(scene.host).map_err(|unread| Said::unreadable(&unread.what, &unread.why))
}

fn configured(scene: &Scene<'_>) -> Said {
    let settings = match configuration(scene) {
        Ok(Some(settings)) => settings,
        Ok(None) => return none(),
        Err(said) => return said,
    };
    let Some(realm) = settings.realm() else {
        return Said::warning(format!("{} names no default realm", settings.path));
    };
    let listed = !settings.kdcs(realm).is_empty();
    let asked = settings.asks_dns();
    let said = if !listed && !asked {
        Said::warning(
            "the configuration of Kerberos lists no KDC and forbids to look for one in DNS; NTLM needs none",
        )
    } else if realm != realm.to_uppercase() {
        Said::warning(
            "the default realm is not in capitals; case matters, and Active Directory uses capitals",
        )
    } else if listed {
        Said::ok("Kerberos has a realm and its KDC")
    } else {
        Said::ok("Kerberos has a realm and looks for its KDC in DNS")
    };
    said.seen(format!("default_realm = {realm}"))
}

fn clock_skew(scene: &Scene<'_>) -> Said {
    let settings = match configuration(scene) {
        Ok(Some(settings)) => settings,
        Ok(None) => return none(),
        Err(said) => return said,
    };
    match settings.value("libdefaults", "clockskew") {
        None => Said::ok("Kerberos tolerates clocks that are five minutes apart, as servers do"),
        Some(text) => match text.trim_end_matches('s').parse::<u32>() {
            Ok(seconds) if seconds <= TOLERANCE => Said::ok("Kerberos tolerates no more than servers do"),
            Ok(_) => {
                Said::warning("Kerberos is told to tolerate more than servers do, they refuse all the same")
            }
            Err(_) => Said::unknown("the tolerance for clocks is not understood"),
        }
        .seen(format!("clockskew = {text}")),
    }
}

fn ticket(scene: &Scene<'_>) -> Said {
    match configuration(scene) {
        Err(said) => return said,
        Ok(None) => return none(),
        Ok(Some(settings)) if settings.realm().is_none() => return none(),
        Ok(Some(_)) => {}
    }
    // It prints nothing: names of tickets are nobody's business.
    match scene.command("klist -s") {
        Err(why) => Said::unreadable("klist", &why),
        Ok(None) => Said::not_applicable("klist is not installed"),
        Ok(Some(output)) if output.code == 0 => Said::ok("this user has a Kerberos ticket that is valid"),
        Ok(Some(_)) => Said::warning("this user has no Kerberos ticket, or it is expired"),
    }
}

fn none() -> Said {
    Said::not_applicable("Kerberos is not set up on this machine, so CredSSP uses NTLM")
}
