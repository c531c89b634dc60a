//! What a Windows client is told about CredSSP: with which hosts, with which credentials, and in which mode.

use super::delegation;
use crate::{
    local::{Beside, Case, Check, CheckResult, Is, Matters, Setting, Survey, Value, registry_keys::LSA},
    report::{
        CheckStatus::{Ok as Fine, Warning},
        Machine,
        Os::Windows,
        Role::Client,
    },
};

const PARAMETERS: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters";
const ORACLE: &str = "AllowEncryptionOracle";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::setting("credssp-encryption-oracle", Client, &[Windows], ENCRYPTION_ORACLE).beside(Beside::SignIn),
    Check::logic("credssp-delegation-fresh", Client, &[Windows], delegation::fresh).beside(Beside::SignIn),
    Check::logic("credssp-delegation-saved", Client, &[Windows], delegation::saved).beside(Beside::SignIn),
    Check::logic("credssp-delegation-default", Client, &[Windows], delegation::signed_in)
        .beside(Beside::SignIn),
    Check::logic("credssp-restricted-admin", Client, &[Windows], restricted).beside(Beside::SignIn),
    Check::setting("credssp-credential-guard", Client, &[Windows], CREDENTIAL_GUARD).beside(Beside::SignIn),
    Check::setting("credssp-online-id", Client, &[Windows], ONLINE_ID)
        .beside(Beside::SignIn)
        .only(Matters::WithEntra),
    Check::setting("credssp-stored-credentials", Client, &[Windows], STORED).beside(Beside::SignIn),
];

const ENCRYPTION_ORACLE: Setting = Setting {
    keys: &[PARAMETERS],
    name: ORACLE,
    absent: (
        Fine,
        "no policy about encryption oracle remediation is set, so the default of the update holds",
    ),
    cases: &[
        Case(Is::Number(0), Fine, "this client connects to updated hosts only"),
        Case(Is::Number(1), Fine, "this client connects to updated hosts only, its services fall back"),
        Case(Is::Number(2), Warning, "this client also connects to hosts without the CredSSP update of 2018"),
        Case(Is::Else, Warning, "the value is none of 0, 1 and 2"),
    ],
};

const CREDENTIAL_GUARD: Setting = Setting {
    keys: &[r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard", LSA],
    name: "LsaCfgFlags",
    absent: (Fine, "no policy about Credential Guard is set, so the default of this Windows holds"),
    cases: &[
        Case(Is::Number(0), Fine, "Credential Guard is switched off"),
        Case(
            Is::Number(1),
            Fine,
            "Credential Guard is on and locked: saved and signed-in passwords are not sent, they are typed",
        ),
        Case(
            Is::Number(2),
            Fine,
            "Credential Guard is on: saved and signed-in passwords are not sent, they are typed",
        ),
        Case(Is::Else, Warning, "the value is none of 0, 1 and 2"),
    ],
};

const ONLINE_ID: Setting = Setting {
    keys: &[r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\Pku2u"],
    name: "AllowOnlineID",
    absent: (Fine, "nothing is set about PKU2U with online identities, so the default of this Windows holds"),
    cases: &[
        Case(Is::Number(1), Fine, "PKU2U with online identities is allowed; the host needs the same"),
        Case(
            Is::Number(0),
            Warning,
            "PKU2U with online identities is forbidden, so an AzureAD\\ account fails at a host with NLA",
        ),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

const STORED: Setting = Setting {
    keys: &[LSA],
    name: "disabledomaincreds",
    absent: (Fine, "credentials may be saved"),
    cases: &[
        Case(Is::Number(0), Fine, "credentials may be saved"),
        Case(Is::Number(1), Warning, "Windows may not save credentials, so the password is typed each time"),
        Case(Is::Else, Warning, "the value is neither 0 nor 1"),
    ],
};

/// Facts for the comparison with the wire.
pub(super) fn learn(survey: &Survey<'_>, machine: &mut Machine) {
    machine.encryption_oracle =
        survey.number(PARAMETERS, ORACLE).and_then(|number| u32::try_from(number).ok());
}

fn restricted(survey: &Survey<'_>) -> CheckResult {
    const ON: &str = "RestrictedRemoteAdministration";
    let read = |name| survey.value(delegation::POLICIES, name);
    let (on, mode) = match (read(ON), read("RestrictedRemoteAdministrationType")) {
        (Ok(on), Ok(mode)) => (on, mode),
        (Err(why), _) | (_, Err(why)) => return CheckResult::unreadable(ON, &why),
    };
    if !matches!(on, Some(Value::Number(number)) if number != 0) {
        return CheckResult::ok("no policy forces Restricted Admin or Remote Credential Guard");
    }
    let address = survey.target.is_some_and(|target| target.address().is_some());
    let result = match mode {
        Some(Value::Number(2)) if address => CheckResult::error(
            "a policy demands Remote Credential Guard, which needs Kerberos, and an address has none",
        ),
        Some(Value::Number(2)) => CheckResult::warning(
            "a policy demands Remote Credential Guard: the host must allow it and be reached by Kerberos",
        ),
        Some(Value::Number(3)) => CheckResult::warning(
            "a policy demands Remote Credential Guard or Restricted Admin: the host must allow one of them",
        ),
        _ => CheckResult::warning(
            "a policy demands Restricted Admin: a host that does not allow it refuses (0xE09)",
        ),
    };
    let mode = mode.map_or_else(|| "not set".to_owned(), |mode| mode.to_string());
    result.seen(format!("{}\\{ON}Type = {mode}", delegation::POLICIES))
}
