//! Values of arguments that have a form of their own.

use std::path::PathBuf;

use clap::ValueEnum as _;

use super::args::Format;

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
