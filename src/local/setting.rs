//! A check that one value of the registry decides, as a row of a table.
//!
//! The first key that holds a value decides, so a policy comes before the local value in a row. A policy that cannot
//! be read makes a good local value unknown; a wrong one is reported with a note that something may overrule it.

use super::{
    check_result::CheckResult,
    host::{Unreadable, Value},
    survey::Survey,
};
use crate::report::CheckStatus;

/// A value and what follows from it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The keys that may hold it; the first one that does decides, so a policy stands before the local value.
    pub keys: &'static [&'static str],
    /// The value's name.
    pub name: &'static str,
    /// What it means that no key holds it.
    pub absent: (CheckStatus, &'static str),
    /// What its values mean; the first case that fits speaks, and one of the last kind must be there.
    pub cases: &'static [Case],
}

/// A value or a range of values, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Case(pub Is, pub CheckStatus, pub &'static str);

/// Which values a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// This number.
    Number(u64),
    /// A number below this one.
    Below(u64),
    /// This text, without regard to case.
    Text(&'static str),
    /// A text that ends so, without regard to case.
    Ending(&'static str),
    /// Everything else.
    Else,
}

impl Setting {
    /// What the value of this machine means.
    pub fn judge(&self, survey: &Survey<'_>) -> CheckResult {
        // The first key that cannot be read: it might overrule what a later one says.
        let mut hidden: Option<(String, Unreadable)> = None;
        for (index, key) in self.keys.iter().enumerate() {
            match survey.value(key, self.name) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    let result = self.case(key, &value, &self.overruled(survey, index + 1));
                    return match &hidden {
                        None => result,
                        Some((overruling, why)) => result.unless(overruling, why),
                    };
                }
                Err(why) => {
                    hidden.get_or_insert_with(|| (format!("{key}\\{}", self.name), why));
                }
            }
        }
        match hidden {
            None => CheckResult::new(self.absent.0, self.absent.1),
            Some((overruling, why)) => CheckResult::unreadable(&overruling, &why),
        }
    }

    /// What the keys behind the deciding one hold.
    fn overruled(&self, survey: &Survey<'_>, from: usize) -> String {
        let held = |key: &&str| survey.value(key, self.name).ok().flatten();
        let keys = self.keys[from..].iter();
        keys.filter_map(|key| held(key).map(|value| format!("; overruled: {key} = {value}"))).collect()
    }

    fn case(&self, key: &str, value: &Value, overruled: &str) -> CheckResult {
        let case = self.cases.iter().find(|case| case.0.fits(value));
        let Case(_, status, message) = case.expect("a table ends with Is::Else, as a test holds");
        CheckResult::new(*status, *message).seen(format!("{key}\\{} = {value}{overruled}", self.name))
    }
}

impl Is {
    fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Else, _) => true,
            (Self::Number(number), Value::Number(seen)) => number == *seen,
            (Self::Below(limit), Value::Number(seen)) => *seen < limit,
            (Self::Text(text), Value::Text(seen)) => text.eq_ignore_ascii_case(seen),
            (Self::Ending(end), Value::Text(seen)) => {
                seen.to_ascii_lowercase().ends_with(&end.to_ascii_lowercase())
            }
            _ => false,
        }
    }
}
