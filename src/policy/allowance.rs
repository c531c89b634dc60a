//! `findings.allow`: findings that are accepted, for a reason and until a day.

use time::{Date, Month};
use toml::de::{DeTable, DeValue};

use super::mistake::unknown;
use crate::report::FindingCode;

/// A finding that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Which it is.
    pub code: FindingCode,
    /// Why.
    pub reason: String,
    /// The last day, in UTC.
    pub until: Date,
}

const FORM: &str = "a list of { code = \"...\", reason = \"...\", until = 2027-03-31 } is expected";

/// The finding of this code.
///
/// # Errors
/// There is none, with the nearest one.
pub fn finding(text: &str) -> Result<FindingCode, String> {
    let found = FindingCode::ALL.iter().copied().find(|code| code.as_str() == text);
    found.ok_or_else(|| unknown("finding", text, FindingCode::ALL.iter().map(|code| code.as_str())))
}

/// The allowances of a list.
///
/// # Errors
/// What is wrong with it.
pub(super) fn all(given: &DeValue<'_>) -> Result<Vec<Allowance>, String> {
    let list = given.as_array().ok_or_else(|| FORM.to_owned())?;
    list.iter().map(|one| allowance(one.get_ref().as_table().ok_or_else(|| FORM.to_owned())?)).collect()
}

fn allowance(table: &DeTable<'_>) -> Result<Allowance, String> {
    const FIELDS: [&str; 3] = ["code", "reason", "until"];
    let names = table.iter().map(|(name, _)| name.get_ref().as_ref());
    if let Some(name) = names.into_iter().find(|name| !FIELDS.contains(name)) {
        return Err(unknown("part of an allowance", name, FIELDS));
    }
    let field = |name: &str| table.get(name).map(|value| value.get_ref());
    let text = |name: &str| field(name).and_then(DeValue::as_str).filter(|text| !text.trim().is_empty());
    let code = text("code").ok_or("an allowance needs the code of a finding")?;
    let code = finding(code)?;
    let reason = text("reason").ok_or_else(|| format!("the allowance of {code} needs a reason"))?.to_owned();
    let until = field("until").and_then(day);
    let until = until
        .ok_or_else(|| format!("the allowance of {code} needs its last day, such as until = 2027-03-31"))?;
    Ok(Allowance { code, reason, until })
}

/// A date, as TOML writes it or as a text.
fn day(given: &DeValue<'_>) -> Option<Date> {
    let text = given.as_str().map(str::to_owned).or_else(|| given.as_datetime().map(ToString::to_string))?;
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    parts.next().is_none().then_some(date)
}
