//! `rdptrace explain`: what a code means.
//!
//! What can be read is explained. Words that are no code are left out with a sentence on standard error; if one has
//! more than letters, it may have been meant as a code, and the exit code is 1.

use crate::{
    cli::{
        Error,
        arguments::explain::{ExplainArguments, ExplanationFormat},
        out::{sink::Sink, stderr},
    },
    explain, render,
};

const UNKNOWN: u8 = 1;

/// Explains the codes and returns 1 when no table has one of them.
///
/// # Errors
/// An argument is no code, or the explanation cannot be written.
pub(crate) fn run(arguments: &ExplainArguments) -> Result<u8, Error> {
    let explanation = explain::explain(&arguments.codes).map_err(|error| Error::new(error.to_string()))?;
    arguments.place.apart()?;
    let sink = Sink::main(&arguments.place)?;
    let mut bytes = Vec::new();
    let written = match arguments.format {
        ExplanationFormat::Text => render::explanation_within(&explanation, sink.columns(), &mut bytes),
        ExplanationFormat::Json => render::json(&explanation, &mut bytes),
    };
    written.map_err(|error| Error::new(format!("cannot write the explanation: {error}")))?;
    sink.write(&bytes)?;
    if let Some(sentence) = explanation.left_out() {
        stderr::say(sentence);
    }
    Ok(if explanation.is_complete() { 0 } else { UNKNOWN })
}
