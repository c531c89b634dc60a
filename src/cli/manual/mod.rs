//! The manual: what `--help` says after the options, and a page for `man` for each command.

mod roff;
mod texts;

use clap::Command;

use super::{Error, command_line};
use texts::MANUALS;

/// A word or a line, and what it means.
pub type Pairs = &'static [(&'static str, &'static str)];

/// What is said of a command beside its options.
#[derive(Clone, Copy, Debug)]
pub struct Manual {
    /// Its name.
    pub command: &'static str,
    /// Command lines.
    pub examples: Pairs,
    /// A paragraph after them.
    pub notes: &'static str,
    /// Exit codes.
    pub exit: Pairs,
    /// Variables of the environment.
    pub environment: Pairs,
    /// Files that are read or named.
    pub files: Pairs,
}

/// Where what an example does begins, in its line.
const COLUMN: usize = 43;
/// Columns of help.
const WIDTH: usize = 80;

impl Manual {
    /// The manual of this command.
    pub fn of(command: &str) -> Option<&'static Self> {
        MANUALS.iter().find(|manual| manual.command == command)
    }

    /// Examples, notes and exit codes, as help ends with them.
    pub fn after_help(&self) -> String {
        let mut parts = vec![self.example_lines()];
        if !self.notes.is_empty() {
            parts.push(textwrap::fill(self.notes, WIDTH));
        }
        if !self.exit.is_empty() {
            parts.push(format!("Exit codes:\n{}", listed(self.exit)));
        }
        parts.join("\n\n")
    }

    /// The examples, as short help ends with them where there is room.
    pub fn example_lines(&self) -> String {
        let lines = self.examples.iter().map(|(line, what)| match line.len() + 2 < COLUMN {
            true => format!("\n  {line:<width$}{what}", width = COLUMN - 2),
            false => format!("\n  {line}\n{:COLUMN$}{what}", ""),
        });
        format!("Examples:{}", lines.collect::<String>())
    }
}

/// Words of a few letters in a column, and what they mean beside it; longer ones stand above it.
fn listed(pairs: Pairs) -> String {
    let entry = |(word, what): &(&str, &str)| {
        let options = textwrap::Options::new(WIDTH).initial_indent("      ").subsequent_indent("      ");
        let what = textwrap::fill(what, options);
        match word.len() {
            0..=3 => format!("  {word:<3} {}", what.trim_start()),
            _ => format!("  {word}\n{what}"),
        }
    };
    pairs.iter().map(entry).collect::<Vec<_>>().join("\n")
}

/// The page of a command for `man`; of all, when none is named.
///
/// # Errors
/// There is no such command.
pub fn page(name: Option<&str>) -> Result<Vec<u8>, Error> {
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

/// The names of the pages.
pub fn names() -> Vec<&'static str> {
    MANUALS.iter().map(|manual| manual.command).collect()
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
