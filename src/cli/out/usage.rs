//! The arguments of this run, and what clap says where they are wrong or ask for help.

use std::{ffi::OsString, io::Write as _, process::ExitCode};

use clap::Error;

use super::could_not_run;
use crate::{
    cli::{arguments::program::Cli, first_word},
    plain,
};

/// The arguments, or the exit code after help or an error was shown.
pub(crate) fn arguments() -> Result<Cli, ExitCode> {
    let given: Vec<OsString> = std::env::args_os().collect();
    first_word::read(&given).map_err(|error| {
        show(&error, &given);
        match error.use_stderr() {
            true => could_not_run::code(&sentence(&error)),
            false => ExitCode::SUCCESS,
        }
    })
}

/// The first paragraph of what clap says, on one line.
fn sentence(error: &Error) -> String {
    let said = error.render().to_string();
    let first = said.lines().take_while(|line| !line.is_empty()).map(str::trim).collect::<Vec<_>>().join(" ");
    first.strip_prefix("error: ").unwrap_or(&first).to_owned()
}

/// Clap repeats what was given, so it gets to repeat the same without what must not be shown.
fn show(error: &Error, given: &[OsString]) {
    let cleaned = given.iter().map(|text| plain::line(&text.to_string_lossy()).into_owned());
    let said = match cleaned.map(OsString::from).collect::<Vec<_>>() {
        cleaned if cleaned == given => error.print(),
        cleaned => match first_word::read(&cleaned) {
            Err(error) if error.use_stderr() => error.print(),
            _ => write!(std::io::stderr(), "{}", plain::lines(&error.render().to_string())),
        },
    };
    // Nobody is there to be told.
    drop(said);
}
