//! The end of a run that could not do what was asked, after its sentence was said.

use std::{env, process::ExitCode};

use super::sink;
use crate::{
    cli::exit::COULD_NOT_RUN,
    render::{self, State},
};

/// The exit code. A monitoring system reads standard output, and takes 2 for the host's fault.
pub(crate) fn code(why: &str) -> ExitCode {
    if !is_monitored() {
        return ExitCode::from(COULD_NOT_RUN);
    }
    let mut line = Vec::new();
    // Memory takes everything, and nobody else is there to be told.
    drop(render::nagios_unknown(why, &mut line).map(|()| sink::print(&line)));
    ExitCode::from(State::Unknown.exit_code())
}

/// Whether the arguments ask for a plug-in, also if they are wrong otherwise.
fn is_monitored() -> bool {
    let given: Vec<_> = env::args_os().collect();
    given.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "nagios")
        || given.iter().any(|word| word == "--format=nagios")
}
