//! `rdptrace posture`.
//!
//! A posture takes from a file only the way there: address, token and blob. Everything else is what it asks about.

use crate::{
    Ended, Tracer,
    cli::{
        Error,
        arguments::{farm::explain_file, posture::PostureArguments},
        exit,
        output::Output,
        progress::{Progress, Shows},
        promised::Promised,
        start::{begin_logging, runtime},
    },
    honour_route,
    net::System,
    settings::LicensePolicy,
};

/// Asks the target what it accepts, writes the report and returns the exit code.
///
/// # Errors
/// Something could not be read or written; nothing was sent if it was read before the first connection.
pub(crate) fn run(arguments: &PostureArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    let inputs = arguments.target.input().into_iter().chain(arguments.connection.inputs());
    let inputs: Vec<_> = inputs.chain(arguments.promises.input()).collect();
    arguments.output.apart(&inputs, arguments.promises.written())?;
    let promised = Promised::read(&arguments.promises, &arguments.output.telling)?;
    let target = arguments.target.read()?;
    let given = arguments.connection.settings()?;
    // What the file offers does not matter here: everything is asked for, each alone.
    let given = match &target.file {
        Some(file) => honour_route(file, given),
        None => given,
    };
    let settings = given
        .proxy(arguments.connection.proxy.proxy(&target.endpoint)?)
        .license(LicensePolicy::Stop)
        .posture_connections(arguments.connections.map(usize::from));
    if !arguments.output.telling.quiet {
        explain_file(target.file.as_ref());
    }
    let output = Output::open(&arguments.output, None)?;
    let progress = Progress::new(&arguments.output, Shows::Trace);
    let runtime = runtime()?;
    let interrupt = progress.interrupt();
    let ended = runtime
        .block_on(Tracer::new(&target, &settings, &System).observed_by(&progress).posture_until(interrupt));
    drop(progress);
    runtime.shutdown_background();
    match ended {
        Ended::Whole(report) => {
            let report = promised.judge(report);
            output.write(&report, None)?;
            promised.finish(Some(&report))?;
            Ok(exit::of(&report, &arguments.output))
        }
        Ended::Interrupted(report) => {
            let report = promised.judge(report);
            output.write(&report, None)?;
            Ok(exit::of_interrupted(&report, &arguments.output))
        }
    }
}
