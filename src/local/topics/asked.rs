//! Questions of checks: what cannot be answered ends the check as `unknown`, with the reason.

use crate::{
    local::{Answer, Said, Scene, Unreadable, Value},
    report::CheckStatus,
};

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
    answer(&format!("{key}\\{name}"), scene.value(key, name))
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
#[derive(Clone, Debug)]
pub struct Layered {
    /// As the policy has it.
    pub policy: Option<u64>,
    /// As the machine's own setting has it.
    pub own: Option<u64>,
    /// The policy, where it cannot be read, and why.
    hidden: Option<(String, Unreadable)>,
}

impl Layered {
    /// Asks for both. The policy decides where it is set, the own setting is told where no policy can be read.
    pub fn read(scene: &Scene<'_>, policy: &str, own: &str, name: &str) -> Result<Self, Said> {
        let hidden = scene.value(policy, name).err().map(|why| (format!("{policy}\\{name}"), why));
        let policy = if hidden.is_some() { None } else { number(scene, policy, name)? };
        let own = match (number(scene, own, name), policy, &hidden) {
            (Ok(None), _, Some((what, why))) => return Err(Said::unreadable(what, why)),
            // That it cannot be read says more than that nothing is known of the policy.
            (Err(said), None, Some(_)) if said.status == CheckStatus::Unknown => return Err(said),
            (Err(said), None, Some((what, why))) => return Err(said.unless(what, why)),
            (Err(said), None, None) => return Err(said),
            (Err(_), Some(_), _) => None,
            (Ok(own), ..) => own,
        };
        Ok(Self { policy, own, hidden })
    }

    /// The one that counts.
    pub fn effective(&self) -> Option<u64> {
        self.policy.or(self.own)
    }

    /// What follows from it, as far as it is known to count.
    pub fn judged(&self, said: Said) -> Said {
        match &self.hidden {
            None => said,
            Some((policy, why)) => said.unless(policy, why),
        }
    }

    /// Both, where they are set.
    pub fn shown(&self, name: &str) -> String {
        let part = |who: &str, number: Option<u64>| number.map(|number| format!("{who} {number}"));
        let parts: Vec<_> = part("policy", self.policy).into_iter().chain(part("own", self.own)).collect();
        if parts.is_empty() { format!("{name} is not set") } else { format!("{name}: {}", parts.join(", ")) }
    }
}
