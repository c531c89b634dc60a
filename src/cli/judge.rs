//! `rdptrace judge`: judges a stored report again, with the rules of this version.

use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use super::{Error, args::OutputArguments, exit, files, output::Output, trace::begin_logging};
use crate::{
    diagnose,
    report::{SCHEMA_VERSION, Trace},
};

/// The largest report that is read, in bytes; a trace writes a few hundred thousand.
const LARGEST: u64 = 16 << 20;

/// What is read of a report first; everything else is passed over.
#[derive(Deserialize)]
struct Version {
    schema_version: Option<serde_json::Number>,
}

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
    let report = diagnose(stored);
    output.write(&report, None)?;
    Ok(exit::code(&report, arguments.output.fail_on.threshold()))
}

/// The trace alone: what the report says of it is judged anew.
fn stored(arguments: &JudgeArguments) -> Result<Trace, Error> {
    let (name, bytes) = match arguments.file.as_os_str() == "-" {
        true => ("standard input".to_owned(), files::input(LARGEST)),
        false => (arguments.file.display().to_string(), files::bytes(&arguments.file, LARGEST)),
    };
    let bytes = bytes.map_err(|error| Error::new(format!("cannot read {name}: {error}")))?;
    let version: Version = serde_json::from_slice(&bytes).map_err(|error| {
        Error::new(match error.is_data() {
            true => format!("{name} is no report of rdptrace: {error}"),
            false => format!("{name} is no JSON, so no report of rdptrace: {error}"),
        })
    })?;
    match version.schema_version {
        Some(version) if version.as_u64() == Some(u64::from(SCHEMA_VERSION)) => {}
        Some(version) => {
            return Err(Error::new(format!(
                "{name} has schema version {version}; this program reads version {SCHEMA_VERSION}"
            )));
        }
        None => return Err(Error::new(format!("{name} is no report of rdptrace: it has no schema_version"))),
    }
    let trace: Trace = serde_json::from_slice(&bytes)
        .map_err(|error| Error::new(format!("{name} is no whole report: {error}")))?;
    if trace.traced().next().is_none() && trace.machine.is_none() {
        return Err(Error::new(format!("{name} holds no connection and no machine that could be judged")));
    }
    Ok(trace)
}
