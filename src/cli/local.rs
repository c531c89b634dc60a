//! `rdptrace local`, and the checks beside a trace.

use std::thread;

use clap::Args;

use super::{
    Error, args::OutputArguments, choices::RoleArgument, exit, output::Output, target::TargetArgument,
    trace::begin_logging,
};
use crate::{
    checked,
    local::{Checked, RoleChoice, Subject, check, this_machine},
    target::Target,
};

#[derive(Args, Debug)]
pub struct LocalArguments {
    /// What to check the machine as
    #[arg(long, value_enum, default_value = "auto")]
    pub role: RoleArgument,

    /// Also look for what this machine says about this server
    #[arg(long, value_name = "TARGET")]
    pub target: Option<TargetArgument>,

    #[command(flatten)]
    pub output: OutputArguments,
}

/// Checks this machine, writes the report and returns the exit code.
///
/// # Errors
/// The report cannot be written.
pub fn run(arguments: &LocalArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output);
    let target = arguments.target.as_ref().map(TargetArgument::read).transpose()?;
    let output = Output::open(&arguments.output, None)?;
    let subject = target.as_ref().map(subject);
    let report = checked(&this_machine(), arguments.role.into(), subject.as_ref());
    output.write(&report, None)?;
    Ok(exit::code(&report, arguments.output.fail_on.threshold()))
}

/// The checks of this machine, made beside a trace.
pub struct Beside(thread::JoinHandle<Checked>);

impl Beside {
    /// Begins them.
    pub fn begin(target: &Target) -> Self {
        let subject = subject(target);
        Self(thread::spawn(move || check(&this_machine(), RoleChoice::Auto, Some(&subject))))
    }

    /// Waits for them; what they ask has deadlines of its own. None when a check failed to run.
    pub fn finish(self) -> Option<Checked> {
        self.0.join().ok()
    }
}

fn subject(target: &Target) -> Subject {
    Subject { host: target.host.clone(), port: target.port }
}
