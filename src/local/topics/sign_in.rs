//! What a Windows client signs in with: what it is joined to, and what it has stored for the target.

use super::asked::{Judged, answer, outcome};
use crate::{
    local::{Beside, Check, CheckResult, StartType, Survey, registry_keys::TCPIP},
    report::{Os::Windows, Role::Client},
};

/// A subkey for each tenant of Microsoft Entra that the machine is joined to.
const JOINS: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\CloudDomainJoin\JoinInfo";
/// The same for those that a user added an account of.
const USER_JOINS: &str = r"HKCU\Software\Microsoft\Windows NT\CurrentVersion\WorkplaceJoin\JoinInfo";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("sign-in-join-state", Client, &[Windows], |survey| outcome(join_state(survey)))
        .beside(Beside::SignIn),
    Check::logic("sign-in-stored-credential", Client, &[Windows], |survey| outcome(stored(survey)))
        .beside(Beside::None),
];

/// Whether neither the machine nor its user is joined to a tenant; false where that cannot be read.
pub(super) fn knows_no_entra(survey: &Survey<'_>) -> bool {
    let none = |key| {
        survey.machine.subkeys(key).is_ok_and(|tenants| tenants.is_none_or(|tenants| tenants.is_empty()))
    };
    none(JOINS) && none(USER_JOINS)
}

fn join_state(survey: &Survey<'_>) -> Judged {
    let entra = answer(JOINS, survey.machine.subkeys(JOINS))?.is_some_and(|tenants| !tenants.is_empty());
    // It starts with Windows where there is a domain, and on demand elsewhere.
    let netlogon = answer("service Netlogon", survey.machine.service("Netlogon"))?;
    let start = match netlogon {
        None => None,
        Some(service) => {
            Some(service.start.ok_or_else(|| CheckResult::unknown("how Netlogon starts is not known"))?)
        }
    };
    let domain = start == Some(StartType::Automatic);
    let suffix = survey.words(TCPIP, "Domain").filter(|suffix| domain && !suffix.is_empty());
    let message = match (domain, entra) {
        (true, true) => "this machine is joined to a domain and to Microsoft Entra",
        (true, false) => "this machine is joined to a domain, not to Microsoft Entra",
        (false, true) => "this machine is joined to Microsoft Entra, not to a domain",
        (false, false) => {
            "this machine is joined to nothing: it has no Kerberos of its own, and no single sign-on with Entra"
        }
    };
    let result = CheckResult::ok(message);
    Ok(match suffix {
        Some(suffix) => result.seen(format!("domain {suffix}")),
        None => result,
    })
}

/// Only whether there is one: whose it is, and what it holds, is nobody's business.
fn stored(survey: &Survey<'_>) -> Judged {
    let Some(target) = survey.target else {
        return Ok(CheckResult::not_applicable("no target was named"));
    };
    let target = format!("TERMSRV/{}", target.host);
    let Some(output) = answer("cmdkey", survey.command(&format!("cmdkey /list:{target}")))? else {
        return Ok(CheckResult::not_applicable("there is no cmdkey to ask"));
    };
    if output.code != 0 {
        return Ok(CheckResult::unknown("cmdkey does not say what is stored"));
    }
    // The words around it are in the language of the system, but its heading names the target in each.
    let (text, asked) = (output.text.to_ascii_lowercase(), target.to_ascii_lowercase());
    if !text.contains(&asked) {
        return Ok(CheckResult::unknown("what cmdkey prints is not understood"));
    }
    let found = text.contains(&format!("target={asked}"));
    Ok(match found {
        true => CheckResult::ok("a credential is stored for this target: mstsc tries it before it asks")
            .seen(target),
        false => CheckResult::ok("no credential is stored for this target"),
    })
}
