//! Questions of checks: what cannot be answered ends the check as `unknown`, with the reason.

use crate::{
    local::{Answer, CheckResult, Survey, Unreadable, Value},
    report::CheckStatus,
};

/// A check that ends early where a question has no answer.
pub(super) type Judged = Result<CheckResult, CheckResult>;

/// Both ends of a check.
pub(super) fn outcome(judged: Judged) -> CheckResult {
    judged.unwrap_or_else(|result| result)
}

/// The answer, or what the check says instead.
pub(super) fn answer<T>(what: &str, answer: Answer<T>) -> Result<Option<T>, CheckResult> {
    answer.map_err(|why| CheckResult::unreadable(what, &why))
}

/// A value of the registry.
pub(super) fn value(survey: &Survey<'_>, key: &str, name: &str) -> Result<Option<Value>, CheckResult> {
    answer(&format!("{key}\\{name}"), survey.value(key, name))
}

/// A number of the registry; one of another type is worth a look.
pub(super) fn number(survey: &Survey<'_>, key: &str, name: &str) -> Result<Option<u64>, CheckResult> {
    match value(survey, key, name)? {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number)),
        Some(other) => {
            Err(CheckResult::warning("the value is no number").seen(format!("{key}\\{name} = {other}")))
        }
    }
}

/// A number that a policy decides before the machine's own setting.
#[derive(Clone, Debug)]
pub(super) struct Layered {
    /// As the policy has it.
    pub policy: Option<u64>,
    /// As the machine's own setting has it.
    pub own: Option<u64>,
    /// The policy, where it cannot be read, and why.
    hidden: Option<(String, Unreadable)>,
}

impl Layered {
    /// Asks for both. The policy decides where it is set, the own setting is told where no policy can be read.
    pub(super) fn read(
        survey: &Survey<'_>,
        policy: &str,
        own: &str,
        name: &str,
    ) -> Result<Self, CheckResult> {
        let hidden = survey.value(policy, name).err().map(|why| (format!("{policy}\\{name}"), why));
        let policy = if hidden.is_some() { None } else { number(survey, policy, name)? };
        let own = match (number(survey, own, name), policy, &hidden) {
            (Ok(None), _, Some((what, why))) => return Err(CheckResult::unreadable(what, why)),
            // That it cannot be read says more than that nothing is known of the policy.
            (Err(result), None, Some(_)) if result.status == CheckStatus::Unknown => return Err(result),
            (Err(result), None, Some((what, why))) => return Err(result.unless(what, why)),
            (Err(result), None, None) => return Err(result),
            (Err(_), Some(_), _) => None,
            (Ok(own), ..) => own,
        };
        Ok(Self { policy, own, hidden })
    }

    /// The one that counts.
    pub(super) fn effective(&self) -> Option<u64> {
        self.policy.or(self.own)
    }

    /// What follows from it, as far as it is known to count.
    pub(super) fn judged(&self, result: CheckResult) -> CheckResult {
        match &self.hidden {
            None => result,
            Some((policy, why)) => result.unless(policy, why),
        }
    }

    /// Both, where they are set.
    pub(super) fn shown(&self, name: &str) -> String {
        let part = |who: &str, number: Option<u64>| number.map(|number| format!("{who} {number}"));
        let parts: Vec<_> = part("policy", self.policy).into_iter().chain(part("own", self.own)).collect();
        if parts.is_empty() { format!("{name} is not set") } else { format!("{name}: {}", parts.join(", ")) }
    }
}
