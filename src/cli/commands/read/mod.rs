//! `rdptrace read`: where the connections in a capture ended, by whom and why. Nothing is sent.

mod conversations;
mod files;
mod input;
mod lacking;
mod one;
mod redacted;

use input::Keys;
use redacted::Shown;

use crate::{
    cli::{Error, apart::Input, arguments::read::ReadArguments, exit, output::Output, start::begin_logging},
    report::Report,
};

/// Reads the captures and writes what they show; the exit code is that of the worst conversation.
///
/// # Errors
/// Nothing could be read, or there is no such conversation.
pub(crate) fn run(arguments: &ReadArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    let inputs: Vec<Input> = input::inputs(arguments);
    arguments.output.apart(&inputs, None)?;
    // What cannot be used is told before a file is made.
    let (log, servers) = (input::key_log(arguments)?, arguments.keys.read()?);
    let keys = Keys { log, servers: &servers };
    let output = Output::open(&arguments.output, None)?;
    match arguments.conversation {
        None => all(arguments, keys, output),
        Some(number) => {
            match one::find(arguments, keys, number).and_then(|found| Shown::new(arguments).report(found)) {
                Ok(report) => single(arguments, output, &report),
                Err(error) => {
                    output.abandon();
                    Err(error)
                }
            }
        }
    }
}

fn all(arguments: &ReadArguments, keys: Keys<'_>, output: Output) -> Result<u8, Error> {
    let mut several = output.several();
    let (mut shown, mut refused) = (Shown::new(arguments), None);
    let mut add = |report| match shown.report(report) {
        Ok(report) => several.add(report),
        Err(error) => refused = Some(error),
    };
    match input::read(arguments, keys, &mut add).and_then(|lacking| refused.map_or(Ok(lacking), Err)) {
        Ok(lacking) => {
            lacking.say(arguments, !several.is_empty());
            several.finish()?.ok_or_else(|| lacking.nothing())
        }
        Err(error) => {
            several.abandon();
            Err(error)
        }
    }
}

fn single(arguments: &ReadArguments, output: Output, report: &Report) -> Result<u8, Error> {
    output.write(report, None)?;
    Ok(exit::of(report, &arguments.output))
}
