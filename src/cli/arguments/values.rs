//! Values of arguments that have a form of their own.

use std::{
    ffi::OsStr,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::{
    Arg, Command, Error, ValueEnum as _,
    builder::{PossibleValue, StringValueParser, TypedValueParser},
};

use super::choices::{FailOn, Format};
use crate::{
    codes::Phase,
    destination::Target,
    policy::finding,
    report::{FindingCode, Severity},
};

/// A value of this form, with what completions propose for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Completed<T> {
    /// Why not, if it is none.
    pub parse: fn(&str) -> Result<T, String>,
    /// Names that it may have.
    pub names: fn() -> Vec<&'static str>,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Completed<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        TypedValueParser::parse_ref(&self.parse, command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.names)().into_iter().map(PossibleValue::new)))
    }
}

/// A phase.
pub(crate) const PHASE: Completed<Phase> = Completed {
    parse: |text| text.parse::<Phase>().map_err(|error| error.to_string()),
    names: || Phase::ALL.iter().map(|phase| phase.name()).collect(),
};

/// The code of a finding.
pub(crate) const FINDING: Completed<FindingCode> = Completed { parse: finding, names: findings };

/// A severity, or the code of a finding.
pub(crate) const FAIL_ON: Completed<FailOn> =
    Completed { parse: fail_on, names: || [&["error", "warning", "never"], &findings()[..]].concat() };

fn findings() -> Vec<&'static str> {
    FindingCode::ALL.iter().map(|code| code.as_str()).collect()
}

/// A text, with what completions propose for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposed(pub fn() -> Vec<&'static str>);

impl TypedValueParser for Proposed {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter().map(PossibleValue::new)))
    }
}

const LONGEST_WAIT: u64 = 7 * 24 * 3600;

/// Seconds, or days, hours, minutes and seconds in this order: `90`, `90s`, `5m`, `1h30m`, `1d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let seconds = sum_of_units(text).ok_or("a duration is expected, such as 90, 90s, 5m, 1h30m or 1d")?;
    match seconds {
        1..=LONGEST_WAIT => Ok(Duration::from_secs(seconds)),
        _ => Err("from 1 second to 168 hours".to_owned()),
    }
}

/// The sum, as far as a number holds it.
fn sum_of_units(text: &str) -> Option<u64> {
    const UNITS: &[(char, u64)] = &[('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];
    let is_number = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let (mut rest, mut sum, mut units) = (text, 0_u64, UNITS.iter());
    if is_number {
        return text.parse().ok();
    }
    while !rest.is_empty() {
        let (number, unit) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (_, each) = units.find(|(name, _)| unit.starts_with(*name))?;
        sum = sum.saturating_add(number.parse::<u64>().ok()?.saturating_mul(*each));
        rest = &unit[1..];
    }
    (!text.is_empty()).then_some(sum)
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    match text {
        "error" => Ok(FailOn::From(Some(Severity::Error))),
        "warning" => Ok(FailOn::From(Some(Severity::Warning))),
        "never" => Ok(FailOn::From(None)),
        code => finding(code)
            .map(FailOn::Finding)
            .map_err(|why| format!("error, warning, never or a finding is expected: {why}")),
    }
}

/// A format and a file: `junit=report.xml`.
pub(crate) fn further_report(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("FORMAT=FILE is expected, such as junit=report.xml")?;
    let format = Format::from_str(format, false).map_err(|_| {
        let names = Format::value_variants().iter().filter_map(|format| format.to_possible_value());
        let names: Vec<String> = names.map(|value| value.get_name().to_owned()).collect();
        format!("no format is called {format:?}; the formats are {}", names.join(", "))
    })?;
    match file {
        "" => Err("a file is expected after the format, such as junit=report.xml".to_owned()),
        "-" => Err("a file is expected; --format is for standard output".to_owned()),
        file => Ok((format, file.into())),
    }
}

/// Where to listen: an address with a port, or a port on loopback alone, so that nobody serves a network without saying so.
pub(crate) fn listening(text: &str) -> Result<SocketAddr, String> {
    let port = text.parse().ok().filter(|_| !text.starts_with('+'));
    let on_loopback = port.map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    on_loopback
        .or_else(|| text.parse().ok())
        .ok_or_else(|| "an address and a port are expected, such as 127.0.0.1:3390".to_owned())
}

/// Seconds, also a part of one.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds is expected".to_owned())?;
    let sensible = seconds.is_finite() && (0.01..=86_400.0).contains(&seconds);
    if sensible { Ok(Duration::from_secs_f64(seconds)) } else { Err("from 0.01 to 86400 seconds".to_owned()) }
}

/// How often in a second.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| (0.01..=100_000.0).contains(rate));
    rate.ok_or_else(|| "a number from 0.01 to 100000 is expected".to_owned())
}

/// A SHA-1 or SHA-256 thumbprint in lower case.
pub(crate) fn thumbprint(text: &str) -> Result<String, String> {
    // Windows' certificate dialog puts an invisible mark before the digits.
    let is_digit = |c: &char| c.is_ascii() && !matches!(c, ':' | ' ' | '-');
    let digits = text.chars().filter(is_digit).collect::<String>().to_ascii_lowercase();
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    match digits.len() {
        40 | 64 if is_hex => Ok(digits),
        _ => Err("40 hex digits (SHA-1) or 64 (SHA-256) are expected".to_owned()),
    }
}

/// A file for a picture.
pub(crate) fn picture(text: &str) -> Result<PathBuf, String> {
    match text {
        _ if !cfg!(feature = "screenshot") => {
            Err("this build of rdptrace lacks the feature `screenshot`, which decodes drawings".to_owned())
        }
        "" | "-" => Err("a file is expected; standard output is for the report".to_owned()),
        file => Ok(file.into()),
    }
}

/// A host name or an address, without a port.
pub(crate) fn server_name(text: &str) -> Result<String, String> {
    let target: Target = text.parse().map_err(|_| "a host name or an address is expected".to_owned())?;
    if target.endpoint.host == text {
        Ok(text.to_owned())
    } else {
        Err("a name without a port is expected".to_owned())
    }
}

/// An account with one separator at most.
pub(crate) fn account_name(text: &str) -> Result<String, String> {
    let user = text.rsplit('\\').next().unwrap_or_default();
    let one_separator = text.matches('\\').count() <= 1;
    if user.is_empty() || !one_separator {
        Err("USER, DOMAIN\\USER or a UPN is expected".to_owned())
    } else {
        Ok(text.to_owned())
    }
}
