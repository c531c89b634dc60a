//! The command line: the only place that reads arguments, prints and sets the exit code.

mod apart;
mod choices;
mod command_line;
mod commands;
mod completions;
mod connection;
mod demo;
mod demo_arguments;
mod demo_gateway;
mod demo_next;
mod demo_serving;
mod error;
mod exit;
mod explain;
mod farm;
mod files;
mod first_word;
mod gateway;
mod json_place;
mod judge;
mod kerberos;
mod local;
mod manual;
mod out;
mod output;
mod output_arguments;
mod password;
mod posture;
mod posture_arguments;
mod progress;
mod proxy;
mod proxy_url;
mod run;
mod screenshot;
mod stored;
mod target;
mod trace;
mod trace_arguments;
mod values;

use std::process::ExitCode;

use commands::Command;
pub use error::Error;
use exit::{COULD_NOT_RUN, INTERRUPTED};
use out::{sink::print, stderr, usage};

/// Whether these words, the first of which is the program's name, are a command line of this program.
///
/// # Errors
/// What is wrong with them.
#[doc(hidden)]
pub fn reads(words: &[std::ffi::OsString]) -> Result<(), String> {
    first_word::read(words).map(drop).map_err(|error| error.to_string())
}

/// Runs the program and returns its exit code.
pub fn main() -> ExitCode {
    let cli = match usage::arguments() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let result = match cli.command {
        Command::Trace(arguments) => trace::run(&arguments),
        Command::Posture(arguments) => posture::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Local(arguments) => local::run(&arguments),
        Command::Judge(arguments) => judge::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Schema => print(&schema()),
        Command::Completions { shell } => print(&completions::script(shell)),
        Command::Man { command } => manual::page(command.as_deref()).and_then(|page| print(&page)),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(Error::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            stderr::say(error);
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn schema() -> Vec<u8> {
    crate::report_schema().into_bytes()
}
