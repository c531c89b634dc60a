//! `rdptrace man`.

mod roff;

use clap::Command;

use crate::cli::{
    Error, command_line,
    manual::{MANUALS, Manual},
    out::sink::print,
};

/// Prints the page of a command; those of all, when none is named.
///
/// # Errors
/// There is no such command, or standard output cannot be written.
pub(crate) fn run(name: Option<&str>) -> Result<u8, Error> {
    print(&page(name)?)
}

fn page(name: Option<&str>) -> Result<Vec<u8>, Error> {
    let command = command_line::command();
    let is_wanted = |manual: &&Manual| name.is_none_or(|name| manual.command == name);
    let wanted: Vec<_> = MANUALS.iter().filter(is_wanted).collect();
    if wanted.is_empty() {
        let name = name.unwrap_or_default();
        return Err(Error::new(format!("no command is called {name:?}; rdptrace --help lists them")));
    }
    let mut page = Vec::new();
    for manual in wanted {
        let written = roff::page(&of(&command, manual), manual, &mut page);
        written.map_err(|error| Error::new(format!("the page cannot be written: {error}")))?;
    }
    Ok(page)
}

/// The command that the manual is about, under the name of its page.
fn of(program: &Command, manual: &Manual) -> Command {
    match program.find_subcommand(manual.command) {
        None => program.clone(),
        Some(command) => {
            let name = format!("rdptrace-{}", manual.command);
            command
                .clone()
                .name(name.clone())
                .display_name(name)
                .bin_name(format!("rdptrace {}", manual.command))
        }
    }
}
