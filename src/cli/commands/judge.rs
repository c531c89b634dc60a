//! `rdptrace judge`: judges a stored report again, with the rules of this version.

use crate::{
    cli::{
        Error,
        apart::Input,
        arguments::judge::JudgeArguments,
        exit, files,
        output::Output,
        promised::Promised,
        start::begin_logging,
        stored::{self, LARGEST},
    },
    diagnose,
    report::Trace,
};

/// Reads the file, judges its trace and writes the report.
///
/// # Errors
/// The file cannot be read or holds no report of a known version; nothing was sent in any case.
pub(crate) fn run(arguments: &JudgeArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    let input = match arguments.is_standard_input() {
        true => Input::standard(),
        false => Input::file("the report to judge", &arguments.file),
    };
    let inputs: Vec<_> = [input].into_iter().chain(arguments.promises.input()).collect();
    arguments.output.apart(&inputs, arguments.promises.written())?;
    let promised = Promised::read(&arguments.promises, &arguments.output.telling)?;
    let stored = stored(arguments)?;
    let output = Output::open(&arguments.output, None)?;
    let report = promised.judge(diagnose(stored));
    output.write(&report, None)?;
    promised.finish(Some(&report))?;
    Ok(exit::of(&report, &arguments.output))
}

fn stored(arguments: &JudgeArguments) -> Result<Trace, Error> {
    let (name, bytes) = match arguments.is_standard_input() {
        true => ("standard input".to_owned(), files::input(LARGEST)),
        false => (arguments.file.display().to_string(), files::bytes(&arguments.file, LARGEST)),
    };
    let bytes = bytes.map_err(|error| Error::new(format!("cannot read {name}: {error}")))?;
    stored::trace(&bytes).map_err(|why| Error::new(format!("{name} {why}")))
}
