//! Values of a policy as TOML has them, read as what a promise takes.

use toml::de::DeValue;

use super::{
    mistake::unknown,
    wanted::{Form, Kind, Wanted},
};

/// The value of a promise of this kind.
///
/// # Errors
/// What is expected in its place.
pub(super) fn value(kind: Kind, given: &DeValue<'_>) -> Result<Wanted, String> {
    match kind {
        Kind::Flag => flag(given).ok_or_else(|| "true or false is expected".to_owned()),
        Kind::Number(most) => number(given, most),
        Kind::Word(names) => one(given).and_then(|text| word(&text, &names())).map(Wanted::one),
        Kind::Words(names) => each(given, |text| word(text, &names())),
        Kind::Texts(form) => each(given, |text| formed(text, form)),
        Kind::Name(form) => match flag(given) {
            Some(Wanted::Flag(true)) => Ok(Wanted::Flag(true)),
            Some(_) => Err(format!("{} or true is expected", form.what)),
            None => each(given, |text| formed(text, form)),
        },
    }
}

fn flag(given: &DeValue<'_>) -> Option<Wanted> {
    given.as_bool().map(Wanted::Flag)
}

fn number(given: &DeValue<'_>, most: u64) -> Result<Wanted, String> {
    let number =
        given.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
    number
        .filter(|number| *number <= most)
        .map(Wanted::Number)
        .ok_or_else(|| format!("a whole number from 0 to {most} is expected"))
}

fn one(given: &DeValue<'_>) -> Result<String, String> {
    given.as_str().map(str::to_owned).ok_or_else(|| "a text is expected".to_owned())
}

/// A text or a list of texts, none of them empty.
pub(super) fn each(
    given: &DeValue<'_>,
    read: impl Fn(&str) -> Result<String, String>,
) -> Result<Wanted, String> {
    if let Some(text) = given.as_str() {
        return Ok(Wanted::one(read(text)?));
    }
    let expected = || "a text or a list of texts is expected".to_owned();
    let list = given.as_array().filter(|list| !list.is_empty()).ok_or_else(expected)?;
    let texts = list.iter().map(|one| read(one.get_ref().as_str().ok_or_else(expected)?));
    Ok(Wanted::Texts(texts.collect::<Result<_, _>>()?))
}

/// One of these words.
pub(super) fn word(text: &str, names: &[&str]) -> Result<String, String> {
    match names.contains(&text) {
        true => Ok(text.to_owned()),
        false => Err(unknown("value", text, names.iter().copied())),
    }
}

fn formed(text: &str, form: Form) -> Result<String, String> {
    match (form.is)(text) {
        true => Ok(text.to_owned()),
        false => Err(format!("{} is expected in place of {text:?}", form.what)),
    }
}
