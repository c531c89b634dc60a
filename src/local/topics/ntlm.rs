//! What a Windows client is told about NTLM: which version it speaks, and whether it may use it at all.

use super::delegation::fits;
use crate::{
    local::{
        Beside, Case, Check, CheckResult, Is, Setting, Survey, Value,
        registry_keys::{LSA, MSV1_0},
    },
    report::{
        CheckStatus::{Ok as Fine, Warning},
        Os::Windows,
        Role::Client,
    },
};

const RESTRICT: &str = "RestrictSendingNTLMTraffic";
/// More exceptions are not read.
const MOST_EXCEPTIONS: usize = 256;

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::setting("ntlm-level", Client, &[Windows], LEVEL).beside(Beside::SignIn),
    Check::logic("ntlm-outgoing", Client, &[Windows], outgoing).beside(Beside::SignIn),
];

const LEVEL: Setting = Setting {
    keys: &[LSA],
    name: "LmCompatibilityLevel",
    absent: (Fine, "this client sends NTLMv2, the default of Windows"),
    cases: &[
        Case(
            Is::Below(3),
            Warning,
            "this client sends NTLMv1, which an RD Gateway answers with 0xC000035B and others with a refusal",
        ),
        Case(Is::Number(3), Fine, "this client sends NTLMv2 only"),
        Case(Is::Number(4), Fine, "this client sends NTLMv2 only"),
        Case(Is::Number(5), Fine, "this client sends NTLMv2 only"),
        Case(Is::Else, Warning, "the value is not from 0 to 5"),
    ],
};

fn outgoing(survey: &Survey<'_>) -> CheckResult {
    let read = |name| survey.value(MSV1_0, name);
    let (value, exceptions) = match (read(RESTRICT), read("ClientAllowedNTLMServers")) {
        (Ok(value), Ok(exceptions)) => (value, exceptions),
        (Err(why), _) | (_, Err(why)) => return CheckResult::unreadable(RESTRICT, &why),
    };
    let seen = |result: CheckResult, number: u64| result.seen(format!("{MSV1_0}\\{RESTRICT} = {number}"));
    match value {
        Some(Value::Number(1)) => seen(CheckResult::ok("outgoing NTLM is recorded, not refused"), 1),
        Some(Value::Number(2)) => seen(denied(survey, exceptions.as_ref()), 2),
        Some(Value::Number(number)) if number > 2 => {
            seen(CheckResult::warning("the value is none of 0, 1 and 2"), number)
        }
        _ => CheckResult::ok("outgoing NTLM is allowed"),
    }
}

fn denied(survey: &Survey<'_>, exceptions: Option<&Value>) -> CheckResult {
    let Some(target) = survey.target else {
        return CheckResult::warning(
            "outgoing NTLM is denied: a host is reached by Kerberos only, so by its name in a domain",
        );
    };
    if excepted(exceptions, &target.host) {
        return CheckResult::ok(format!("outgoing NTLM is denied, but {} is an exception", target.host));
    }
    match target.address() {
        Some(_) => CheckResult::error(
            "outgoing NTLM is denied and the target is an address, for which there is no Kerberos",
        ),
        None => CheckResult::warning(format!(
            "outgoing NTLM is denied: CredSSP works only if a domain controller knows TERMSRV/{}",
            target.host
        )),
    }
}

fn excepted(exceptions: Option<&Value>, host: &str) -> bool {
    let names: Vec<&str> = match exceptions {
        Some(Value::List(list)) => list.iter().map(String::as_str).collect(),
        Some(Value::Text(text)) => text.split([',', ';', ' ']).collect(),
        _ => return false,
    };
    let host = host.to_ascii_lowercase();
    names.into_iter().take(MOST_EXCEPTIONS).any(|name| {
        let name = name.trim().to_ascii_lowercase();
        fits(name.strip_prefix("termsrv/").unwrap_or(&name), &host)
    })
}
