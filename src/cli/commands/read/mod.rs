//! `rdptrace read`: where the connections in a capture ended, by whom and why. Nothing is sent.

mod conversations;
mod input;

use conversations::Conversations;

use crate::{
    capture::Capture,
    cli::{
        Error, apart::Input, arguments::read::ReadArguments, exit, out::stderr, output::Output,
        start::begin_logging,
    },
    passive::is_wanted,
    report::Report,
};

/// Reads the captures and writes what they show; the exit code is that of the worst conversation.
///
/// # Errors
/// Nothing could be read, or there is no such conversation.
pub(crate) fn run(arguments: &ReadArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output);
    let inputs: Vec<Input> = input::inputs(arguments);
    arguments.output.apart(&inputs, None)?;
    let keys = input::keys(arguments)?;
    let mut conversations = Conversations::new(arguments.server_name.clone());
    let mut capture = Capture::new(is_wanted, keys);
    let read = input::read(arguments, &mut capture, &mut conversations)?;
    let (seen, _) = capture.end(&mut |found, keys| conversations.take(found, keys));
    if !arguments.output.quiet {
        read.iter().for_each(stderr::say);
        input::told(&seen).iter().for_each(stderr::say);
    }
    let found = conversations.finish();
    let output = Output::open(&arguments.output, None)?;
    write(arguments, output, found)
}

fn write(arguments: &ReadArguments, output: Output, mut found: Vec<Report>) -> Result<u8, Error> {
    let count = found.len() as u64;
    if count == 0 {
        output.abandon();
        return Err(Error::new("no connection of Remote Desktop is in the capture"));
    }
    if let Some(number) = arguments.conversation {
        let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
        if index >= found.len() {
            output.abandon();
            return Err(Error::new(format!("there is no conversation {number}: the capture has {count}")));
        }
        found = vec![found.swap_remove(index)];
    }
    let threshold = arguments.output.fail_on.threshold();
    let worst = exit::worst(found.iter().map(|report| exit::code(report, threshold)));
    match found.as_slice() {
        [one] => output.write(one, None)?,
        many if output.takes_many() => output.write_many(many)?,
        _ => {
            output.abandon();
            return Err(Error::new(format!(
                "the capture has {count} conversations: --format ndjson writes all of them, --conversation N one"
            )));
        }
    }
    Ok(worst.unwrap_or_default())
}
