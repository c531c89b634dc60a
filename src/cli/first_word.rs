//! The first word: a command, or what is traced without the word `trace`.

use std::ffi::{OsStr, OsString};

use clap::{
    Error, FromArgMatches as _,
    error::{ContextKind, ContextValue, ErrorKind},
};
use strsim::osa_distance;

use super::{arguments::program::Cli, command_line};

/// What is said to who asks for the version by a word.
const VERSION: &str = "version";

/// Reads the arguments of the program, the first of which is its name.
///
/// # Errors
/// They are wrong, or ask for help.
pub(super) fn read(given: &[OsString]) -> Result<Cli, Error> {
    let commands = commands();
    let is_command = |word: &OsString| commands.iter().any(|name| word == name.as_str());
    match given.get(1) {
        Some(word) if is_command(word) => parse(given),
        Some(word) if word.as_encoded_bytes().starts_with(b"-") && word != "--" => {
            // Options of a trace before its target; a command after them is none's target.
            let as_given = parse(given);
            match as_given {
                Err(error) if error.kind() == ErrorKind::UnknownArgument && !given.iter().any(is_command) => {
                    traced(given).map_err(|other| if other.kind() == error.kind() { error } else { other })
                }
                as_given => as_given,
            }
        }
        Some(word) => match nearest(word, &commands) {
            Some(name) => parse(given).map_err(|error| pointed(error, name, word)),
            // Two words, of which the first is a name, were meant as a command and its argument; options show a trace.
            None => traced(given).or_else(|error| {
                match is_second_word(&error) && is_word(word) && !has_options(given) {
                    true => parse(given),
                    false => Err(error),
                }
            }),
        },
        None => parse(given),
    }
}

fn parse(given: &[OsString]) -> Result<Cli, Error> {
    let mut command = command_line::command();
    let matches = command.try_get_matches_from_mut(given);
    matches.and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| error.format(&mut command))
}

fn traced(given: &[OsString]) -> Result<Cli, Error> {
    let (program, rest) = given.split_at(1);
    parse(&[program, &["trace".into()], rest].concat())
}

fn commands() -> Vec<String> {
    let command = command_line::command();
    let names = command.get_subcommands().map(|command| command.get_name().to_owned());
    names.chain(["help".to_owned()]).collect()
}

fn has_options(given: &[OsString]) -> bool {
    given.iter().any(|word| word.as_encoded_bytes().starts_with(b"-"))
}

/// Whether it is written as a command is: a host has mostly a dot or a digit.
fn is_word(word: &OsStr) -> bool {
    word.to_str().is_some_and(|word| word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_')))
}

/// The command that was meant, unless a file is called so.
fn nearest<'a>(word: &OsStr, commands: &'a [String]) -> Option<&'a str> {
    if !is_word(word) || std::path::Path::new(word).is_file() {
        return None;
    }
    let word = word.to_str()?.to_ascii_lowercase();
    if word == VERSION {
        return Some("--version");
    }
    let near = commands.iter().map(|name| (osa_distance(&word, name), name));
    let near = near.filter(|(far, name)| match name.len() {
        // A letter more makes another name of so short a one.
        0..=3 => *far == 0 || *far == 1 && word.len() == name.len() && has_same_letters(&word, name),
        4..=6 => *far <= 1,
        _ => *far <= 2,
    });
    near.min_by_key(|(far, _)| *far).map(|(_, name)| name.as_str())
}

fn has_same_letters(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters = text.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    sorted(one) == sorted(other)
}

/// The same error with the command that was meant, and how a host of that name is traced.
fn pointed(mut error: Error, name: &str, word: &OsStr) -> Error {
    if error.kind() == ErrorKind::InvalidSubcommand {
        let word = word.to_string_lossy();
        let host = format!("a host of that name is traced with 'rdptrace trace {word}'");
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![name.to_owned()]));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![host.into()]));
    }
    error
}

/// Whether a word too many was given, not an unknown option.
fn is_second_word(error: &Error) -> bool {
    let unknown = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => return false,
    };
    error.kind() == ErrorKind::UnknownArgument && !unknown.starts_with('-')
}
