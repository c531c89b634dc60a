//! The policies that say to which hosts CredSSP may send which credentials (`CredentialsDelegation`).

use crate::{
    local::{Answer, CheckResult, Survey, Unreadable, Value},
    report::CheckStatus::{self, Error, Warning},
};

/// Where the policies are.
pub(super) const POLICIES: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation";

/// More entries of a list are not read.
const MOST_ENTRIES: usize = 64;

/// One kind of credentials and its policies.
struct Kind {
    /// For a reader.
    name: &'static str,
    allow: &'static str,
    /// The same where the server's identity is proven by NTLM only.
    allow_ntlm: &'static str,
    deny: &'static str,
    /// What holds without a policy.
    by_default: bool,
    forbidden: CheckStatus,
}

/// Credentials that are typed for the connection.
pub(super) fn fresh(survey: &Survey<'_>) -> CheckResult {
    outcome(
        survey,
        &Kind {
            name: "typed credentials",
            allow: "AllowFreshCredentials",
            allow_ntlm: "AllowFreshCredentialsWhenNTLMOnly",
            deny: "DenyFreshCredentials",
            by_default: true,
            forbidden: Error,
        },
    )
}

/// Credentials that Windows has saved.
pub(super) fn saved(survey: &Survey<'_>) -> CheckResult {
    outcome(
        survey,
        &Kind {
            name: "saved credentials",
            allow: "AllowSavedCredentials",
            allow_ntlm: "AllowSavedCredentialsWhenNTLMOnly",
            deny: "DenySavedCredentials",
            by_default: true,
            forbidden: Warning,
        },
    )
}

/// Those of the user who is signed in.
pub(super) fn signed_in(survey: &Survey<'_>) -> CheckResult {
    outcome(
        survey,
        &Kind {
            name: "the signed-in user's credentials",
            allow: "AllowDefaultCredentials",
            allow_ntlm: "AllowDefCredentialsWhenNTLMOnly",
            deny: "DenyDefaultCredentials",
            by_default: false,
            forbidden: Warning,
        },
    )
}

/// A policy: not set, forbidden, or allowed for these.
enum Policy {
    Unset,
    Off,
    For(Vec<String>),
}

fn outcome(survey: &Survey<'_>, kind: &Kind) -> CheckResult {
    match judge(survey, kind) {
        Ok(result) => result,
        Err(why) => CheckResult::unreadable(POLICIES, &why),
    }
}

fn judge(survey: &Survey<'_>, kind: &Kind) -> Result<CheckResult, Unreadable> {
    let name = kind.name;
    let service = Service::of(survey);
    let deny = policy(survey, kind.deny)?;
    if let Policy::For(list) = &deny
        && service.is_in(list)
    {
        let message = format!("a policy forbids sending {name} to {}, whatever else allows it", service.name);
        return Ok(CheckResult::new(kind.forbidden, message).seen(seen(kind.deny, list)));
    }
    let (allow, ntlm) = (policy(survey, kind.allow)?, policy(survey, kind.allow_ntlm)?);
    if let Policy::For(list) = &allow
        && !kind.by_default
        && list.iter().any(|entry| entry == "*")
    {
        let message =
            format!("{name} may be sent to any service on any machine, not to Remote Desktop alone");
        return Ok(CheckResult::warning(message).seen(seen(kind.allow, list)));
    }
    let permits = |policy: &Policy, unset: bool| match policy {
        Policy::Unset => unset,
        Policy::Off => false,
        Policy::For(list) => service.is_in(list),
    };
    let told = match &allow {
        Policy::For(list) => Some(seen(kind.allow, list)),
        Policy::Off => Some(format!("{} = 0", kind.allow)),
        Policy::Unset => None,
    };
    let result = match (permits(&allow, kind.by_default), permits(&ntlm, false)) {
        (true, _) if matches!(allow, Policy::Unset) => {
            CheckResult::ok(format!("no policy forbids sending {name} to a host whose identity is proven"))
        }
        (true, _) => CheckResult::ok(format!("a policy allows sending {name} to {}", service.name)),
        (false, true) => CheckResult::ok(format!(
            "a policy allows sending {name} to {} where NTLM alone is used",
            service.name
        )),
        (false, false) if !kind.by_default => {
            CheckResult::ok(format!("{name} are not sent to {}, so the user is asked", service.name))
        }
        (false, false) => CheckResult::warning(format!(
            "the policy that is set does not allow sending {name} to {} (0x1607)",
            service.name
        )),
    };
    Ok(match told {
        Some(told) => result.seen(told),
        None => result,
    })
}

fn seen(policy: &str, list: &[String]) -> String {
    format!("{policy}: {}", list.join(", "))
}

/// Reads whether a policy is set, and its list; Windows names the entries 1, 2 and so on.
fn policy(survey: &Survey<'_>, name: &str) -> Result<Policy, Unreadable> {
    match survey.value(POLICIES, name)? {
        None => return Ok(Policy::Unset),
        Some(Value::Number(0)) => return Ok(Policy::Off),
        Some(_) => {}
    }
    let key = format!("{POLICIES}\\{name}");
    let entry = |number: usize| -> Answer<Value> { survey.value(&key, &number.to_string()) };
    let mut list = Vec::new();
    for number in 1..=MOST_ENTRIES {
        match entry(number) {
            Ok(Some(Value::Text(text))) => list.push(text),
            // A file that changes settings names the entries that it sets.
            Err(Unreadable::NotHeld) if !list.is_empty() => break,
            Err(why) => return Err(why),
            Ok(_) => break,
        }
    }
    Ok(Policy::For(list))
}

/// The host as service names of the lists are compared with it.
struct Service {
    name: String,
    service: String,
}

impl Service {
    fn of(survey: &Survey<'_>) -> Self {
        let host = survey.target.map(|target| target.host.as_str());
        Self {
            name: host.unwrap_or("a Remote Desktop host").to_owned(),
            // Without a target only an entry for all of them fits.
            service: format!("termsrv/{}", host.unwrap_or("?").to_ascii_lowercase()),
        }
    }

    fn is_in(&self, list: &[String]) -> bool {
        list.iter().any(|entry| fits(&entry.to_ascii_lowercase(), &self.service))
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
