//! `rdptrace judge`: judges a stored report again, with the rules of this version.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use clap::Args;

use super::{Error, args::OutputArguments, exit, output::Output, trace::begin_logging};
use crate::{
    diagnose,
    report::{Report, SCHEMA_VERSION},
};

/// The largest report that is read, in bytes; a trace writes a few hundred thousand.
const LARGEST: u64 = 64 << 20;

#[derive(Args, Debug)]
pub struct JudgeArguments {
    /// A report that --format json wrote; - is standard input
    pub file: PathBuf,

    #[command(flatten)]
    pub output: OutputArguments,
}

/// Reads the file, judges its trace and writes the report.
///
/// # Errors
/// The file cannot be read or holds no report of a known version; nothing was sent in any case.
pub fn run(arguments: &JudgeArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output);
    let stored = stored(arguments)?;
    let output = Output::open(&arguments.output, None)?;
    let report = diagnose(stored.trace);
    output.write(&report, None)?;
    Ok(exit::code(&report, arguments.output.fail_on.threshold()))
}

fn stored(arguments: &JudgeArguments) -> Result<Report, Error> {
    let (name, text) = match arguments.file.as_os_str() == "-" {
        true => ("standard input".to_owned(), text(io::stdin())),
        false => (arguments.file.display().to_string(), File::open(&arguments.file).and_then(text)),
    };
    let text = text.map_err(|error| Error::new(format!("cannot read {name}: {error}")))?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| Error::new(format!("{name} is no JSON, so no report of rdptrace: {error}")))?;
    match value.get("schema_version").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(SCHEMA_VERSION) => {}
        Some(version) => {
            return Err(Error::new(format!(
                "{name} has schema version {version}; this program reads version {SCHEMA_VERSION}"
            )));
        }
        None => return Err(Error::new(format!("{name} is no report of rdptrace: it has no schema_version"))),
    }
    let report: Report = serde_json::from_value(value)
        .map_err(|error| Error::new(format!("{name} is no whole report: {error}")))?;
    if report.trace.traced().next().is_none() && report.trace.machine.is_none() {
        return Err(Error::new(format!("{name} holds no connection and no machine that could be judged")));
    }
    Ok(report)
}

fn text(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}
