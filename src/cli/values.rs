//! Values of arguments that have a form of their own.

use std::{path::PathBuf, time::Duration};

use clap::ValueEnum as _;

use super::args::Format;

const LONGEST_WAIT: u64 = 7 * 24 * 3600;

/// A whole number of seconds, minutes or hours: `90`, `90s`, `5m`, `1h`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match &text[digits.len()..] {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let number: Option<u64> = digits.parse().ok().filter(|_| !digits.starts_with('+'));
    let seconds = number.zip(unit).ok_or("a duration is expected, such as 90, 90s, 5m or 1h")?;
    match seconds.0.checked_mul(seconds.1) {
        Some(seconds @ 1..=LONGEST_WAIT) => Ok(Duration::from_secs(seconds)),
        _ => Err("from 1 second to 168 hours".to_owned()),
    }
}

/// A format and a file: `junit=report.xml`.
pub fn further_report(text: &str) -> Result<(Format, PathBuf), String> {
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
