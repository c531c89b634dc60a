//! The command line: the only place that reads arguments, prints and sets the exit code.

mod apart;
mod args;
mod choices;
mod connection;
mod demo;
mod demo_arguments;
mod demo_gateway;
mod exit;
mod explain;
mod farm;
mod files;
mod gateway;
mod json_place;
mod judge;
mod kerberos;
mod local;
mod out;
mod output;
mod password;
mod posture;
mod progress;
mod proxy;
mod proxy_url;
mod screenshot;
mod stored;
mod target;
mod trace;
mod values;

use std::{fmt, process::ExitCode};

use clap::CommandFactory as _;

use args::{Cli, Command};
use exit::{COULD_NOT_RUN, INTERRUPTED};
use out::{sink::print, stderr, usage};

/// Why there is no report.
#[derive(Debug)]
pub enum Error {
    /// The program could not run; one sentence for the user.
    CouldNotRun(String),
    /// The user pressed Ctrl-C, and knows.
    Interrupted,
}

impl Error {
    fn new(text: impl Into<String>) -> Self {
        Self::CouldNotRun(text.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CouldNotRun(sentence) => f.write_str(sentence),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
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
        Command::Completions { shell } => print(&completions(shell)),
        Command::Man => man().and_then(|page| print(&page)),
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

fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "rdptrace", &mut script);
    script
}

fn man() -> Result<Vec<u8>, Error> {
    let mut page = Vec::new();
    let command = Cli::command();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Error::new(error.to_string()))?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let named = sub.clone().name(format!("rdptrace-{}", sub.get_name()));
        clap_mangen::Man::new(named).render(&mut page).map_err(|error| Error::new(error.to_string()))?;
    }
    Ok(page)
}
