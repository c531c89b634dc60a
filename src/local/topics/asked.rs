//! Questions of checks: what cannot be answered ends the check as `unknown`, with the reason.

use crate::local::{Answer, Said, Scene, Value};

/// A check that ends early where a question has no answer.
pub type Judged = Result<Said, Said>;

/// Both ends of a check.
pub fn said(judged: Judged) -> Said {
    judged.unwrap_or_else(|said| said)
}

/// The answer, or what the check says instead.
pub fn answer<T>(what: &str, answer: Answer<T>) -> Result<Option<T>, Said> {
    answer.map_err(|why| Said::unreadable(what, &why))
}

/// A value of the registry.
pub fn value(scene: &Scene<'_>, key: &str, name: &str) -> Result<Option<Value>, Said> {
    answer(&format!("{key}\\{name}"), scene.host.value(key, name))
}

/// A number of the registry; one of another type is worth a look.
pub fn number(scene: &Scene<'_>, key: &str, name: &str) -> Result<Option<u64>, Said> {
    match value(scene, key, name)? {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number)),
        Some(other) => Err(Said::warning("the value is no number").seen(format!("{key}\\{name} = {other}"))),
    }
}

/// A number that a policy decides before the machine's own setting.
#[derive(Clone, Copy, Debug)]
pub struct Layered {
    /// As the policy has it.
    pub policy: Option<u64>,
    /// As the machine's own setting has it.
    pub own: Option<u64>,
}

impl Layered {
    /// Asks for both.
    pub fn read(scene: &Scene<'_>, policy: &str, own: &str, name: &str) -> Result<Self, Said> {
        Ok(Self { policy: number(scene, policy, name)?, own: number(scene, own, name)? })
    }

    /// The one that counts.
    pub fn effective(self) -> Option<u64> {
        self.policy.or(self.own)
    }

    /// Both, where they are set.
    pub fn shown(self, name: &str) -> String {
        let part = |who: &str, number: Option<u64>| number.map(|number| format!("{who} {number}"));
        let parts: Vec<_> = part("policy", self.policy).into_iter().chain(part("own", self.own)).collect();
        if parts.is_empty() { format!("{name} is not set") } else { format!("{name}: {}", parts.join(", ")) }
    }
}
