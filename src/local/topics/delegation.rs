//! The policies that say to which hosts CredSSP may send which credentials (`CredentialsDelegation`).

use crate::{
    local::{Answer, Said, Scene, Unreadable, Value},
    report::CheckStatus::{self, Error, Warning},
};

/// Where the policies are.
pub const POLICIES: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CredentialsDelegation";

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
pub fn fresh(scene: &Scene<'_>) -> Said {
    said(
        scene,
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
pub fn saved(scene: &Scene<'_>) -> Said {
    said(
        scene,
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
pub fn signed_in(scene: &Scene<'_>) -> Said {
    said(
        scene,
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

fn said(scene: &Scene<'_>, kind: &Kind) -> Said {
    match judge(scene, kind) {
        Ok(said) => said,
        Err(why) => Said::unreadable(POLICIES, &why),
    }
}

fn judge(scene: &Scene<'_>, kind: &Kind) -> Result<Said, Unreadable> {
    let name = kind.name;
    let target = Target::of(scene);
    let deny = policy(scene, kind.deny)?;
    if let Policy::For(list) = &deny
        && target.is_in(list)
    {
        let message = format!("a policy forbids sending {name} to {}, whatever else allows it", target.name);
        return Ok(Said::new(kind.forbidden, message).seen(seen(kind.deny, list)));
    }
    let (allow, ntlm) = (policy(scene, kind.allow)?, policy(scene, kind.allow_ntlm)?);
    if let Policy::For(list) = &allow
        && !kind.by_default
        && list.iter().any(|entry| entry == "*")
    {
        let message =
            format!("{name} may be sent to any service on any machine, not to Remote Desktop alone");
        return Ok(Said::warning(message).seen(seen(kind.allow, list)));
    }
    let permits = |policy: &Policy, unset: bool| match policy {
        Policy::Unset => unset,
        Policy::Off => false,
        Policy::For(list) => target.is_in(list),
    };
    let told = match &allow {
        Policy::For(list) => Some(seen(kind.allow, list)),
        Policy::Off => Some(format!("{} = 0", kind.allow)),
        Policy::Unset => None,
    };
    let said = match (permits(&allow, kind.by_default), permits(&ntlm, false)) {
        (true, _) if matches!(allow, Policy::Unset) => {
            Said::ok(format!("no policy forbids sending {name} to a host whose identity is proven"))
        }
        (true, _) => Said::ok(format!("a policy allows sending {name} to {}", target.name)),
        (false, true) => {
            Said::ok(format!("a policy allows sending {name} to {} where NTLM alone is used", target.name))
        }
        (false, false) if !kind.by_default => {
            Said::ok(format!("{name} are not sent to {}, so the user is asked", target.name))
        }
        (false, false) => Said::warning(format!(
            "the policy that is set does not allow sending {name} to {} (0x1607)",
            target.name
        )),
    };
    Ok(match told {
        Some(told) => said.seen(told),
        None => said,
    })
}

fn seen(policy: &str, list: &[String]) -> String {
    format!("{policy}: {}", list.join(", "))
}

/// Reads whether a policy is set, and its list; Windows names the entries 1, 2 and so on.
fn policy(scene: &Scene<'_>, name: &str) -> Result<Policy, Unreadable> {
    match scene.value(POLICIES, name)? {
        None => return Ok(Policy::Unset),
        Some(Value::Number(0)) => return Ok(Policy::Off),
        Some(_) => {}
    }
    let key = format!("{POLICIES}\\{name}");
    let entry = |number: usize| -> Answer<Value> { scene.value(&key, &number.to_string()) };
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
struct Target {
    name: String,
    service: String,
}

impl Target {
    fn of(scene: &Scene<'_>) -> Self {
        let host = scene.subject.map(|subject| subject.host.as_str());
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
pub fn fits(pattern: &str, name: &str) -> bool {
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
