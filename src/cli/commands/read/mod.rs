//! `rdptrace read`: where the connections in a capture ended, by whom and why. Nothing is sent.

mod clocks;
mod conversations;
mod files;
mod input;
mod lacking;
mod named;
mod one;
mod redacted;

use input::Keys;
use redacted::Shown;

use crate::{
    cli::{
        Error, apart::Input, arguments::read::ReadArguments, exit, output::Output, promised::Promised,
        start::begin_logging,
    },
    report::Report,
};

/// Reads the captures and writes what they show; the exit code is that of the worst conversation.
///
/// # Errors
/// Nothing could be read, or there is no such conversation.
pub(crate) fn run(arguments: &ReadArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    let inputs: Vec<Input> = input::inputs(arguments).into_iter().chain(arguments.promises.input()).collect();
    arguments.output.apart(&inputs, arguments.promises.written())?;
    let promised = Promised::read(&arguments.promises, &arguments.output.telling)?;
    if promised.writes() && arguments.redact {
        return Err(Error::new("--write-policy needs the names that --redact replaces"));
    }
    // What cannot be used is told before a file is made.
    let (log, servers) = (input::key_log(arguments)?, arguments.keys.read()?);
    let keys = Keys { log, servers: &servers };
    let output = Output::open(&arguments.output, None)?;
    match arguments.conversation {
        None => all(arguments, keys, output, &promised),
        Some(number) => {
            let found = one::find(arguments, keys, number).map(|report| promised.judge(report));
            match found.and_then(|found| Shown::new(arguments).report(found)) {
                Ok(report) => single(arguments, output, &report, &promised),
                Err(error) => {
                    output.abandon();
                    Err(error)
                }
            }
        }
    }
}

fn all(arguments: &ReadArguments, keys: Keys<'_>, output: Output, promised: &Promised) -> Result<u8, Error> {
    let mut several = output.several();
    let (mut shown, mut refused) = (Shown::new(arguments), None);
    let (mut only, mut count) = (None, 0_u64);
    let mut add = |report| match shown.report(promised.judge(report)) {
        Ok(report) => {
            count += 1;
            only = (promised.writes() && count == 1).then(|| report.clone());
            several.add(report);
        }
        Err(error) => refused = Some(error),
    };
    match input::read(arguments, keys, &mut add).and_then(|lacking| refused.map_or(Ok(lacking), Err)) {
        Ok(lacking) => {
            lacking.say(arguments, !several.is_empty());
            let code = several.finish()?.ok_or_else(|| lacking.nothing())?;
            if promised.writes() && count > 1 {
                return Err(Error::new(format!(
                    "the capture has {count} conversations: --conversation N picks the one to promise"
                )));
            }
            promised.finish(only.as_ref())?;
            Ok(code)
        }
        Err(error) => {
            several.abandon();
            Err(error)
        }
    }
}

fn single(
    arguments: &ReadArguments,
    output: Output,
    report: &Report,
    promised: &Promised,
) -> Result<u8, Error> {
    output.write(report, None)?;
    promised.finish(Some(report))?;
    Ok(exit::of(report, &arguments.output))
}
