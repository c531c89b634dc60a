//! The program: reads its arguments, runs the command, and ends with its exit code.

use std::process::ExitCode;

use super::{
    Error,
    arguments::program::Command,
    commands::{
        completions, demo, diff, explain, judge, listen, local, man, posture, read, relay, scan, schema,
        trace,
    },
    exit::INTERRUPTED,
    out::{could_not_run, stderr, usage},
};

/// Runs the program and returns its exit code.
pub fn main() -> ExitCode {
    let cli = match usage::arguments() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let result = match cli.command {
        Command::Trace(arguments) => trace::run(&arguments),
        Command::Posture(arguments) => posture::run(&arguments),
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Local(arguments) => local::run(&arguments),
        Command::Judge(arguments) => judge::run(&arguments),
        Command::Read(arguments) => read::run(&arguments),
        Command::Relay(arguments) => relay::run(&arguments),
        Command::Listen(arguments) => listen::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Schema { of } => schema::run(of),
        Command::Completions { shell } => completions::run(shell),
        Command::Man { command } => man::run(command.as_deref()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(Error::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            stderr::say(&error);
            could_not_run::code(&error.to_string())
        }
    }
}
