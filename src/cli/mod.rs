//! The command line: the only place that reads arguments, prints and sets the exit code.

mod apart;
mod arguments;
mod beside;
mod capturing;
mod command_line;
mod commands;
mod error;
mod exit;
mod files;
mod first_word;
mod manual;
mod out;
mod output;
mod password;
mod progress;
mod promised;
mod run;
mod running;
mod screenshot;
mod several;
mod start;
mod stored;

pub(crate) use error::Error;
pub use run::main;

/// Whether these words, the first of which is the program's name, are a command line of this program.
///
/// # Errors
/// What is wrong with them.
#[doc(hidden)]
pub fn reads(words: &[std::ffi::OsString]) -> Result<(), String> {
    first_word::read(words).map(drop).map_err(|error| error.to_string())
}
