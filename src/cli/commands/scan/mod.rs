//! `rdptrace scan`: the same trace of many hosts, several at once, each without an account.

mod asked;
mod outputs;
mod pace;
mod progress;
mod results;
mod sources;
mod state;
mod stop;

use std::borrow::Cow;

use crate::{
    Tracer,
    cli::{
        Error,
        arguments::scan::ScanArguments,
        promised::Promised,
        start::{begin_logging, runtime},
    },
    destination::Target,
    net::System,
    report::Report,
    scan::{Order, Pace, Stopped, Targets, run as run_queue},
    settings::Settings,
};
use results::Results;

/// Probes the hosts, writes what they showed and returns the exit code of the worst one.
///
/// # Errors
/// Something could not be read or written; nothing was sent if it was read before the first connection.
pub(crate) fn run(arguments: &ScanArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    asked::refuse(arguments)?;
    arguments.output.apart(&arguments.inputs())?;
    let promised = Promised::read(&arguments.promises, &arguments.output.telling)?;
    let settings = asked::settings(arguments)?;
    let targets = sources::targets(arguments)?;
    let mut results = Results::open(arguments, &targets, &promised)?;
    let pace = pace::pace(&arguments.pace, &targets, &arguments.output.telling);
    let stopped = scan(arguments, &settings, pace, &targets, &mut results)?;
    results.finish(stopped)
}

fn scan(
    arguments: &ScanArguments,
    settings: &Settings,
    pace: Pace,
    targets: &Targets,
    results: &mut Results<'_>,
) -> Result<Option<Stopped>, Error> {
    let Some(any) = targets.get(0) else { return Ok(None) };
    let tracer = &Tracer::new(&any, settings, &System);
    let probe = |index| {
        let target = targets.get(index).expect("the order has the indices of the targets");
        async move { report(arguments, tracer, &target, settings).await }
    };
    let left = Order::of(targets.count()).indices().filter(results.left()).collect::<Vec<_>>();
    let stop = stop::stop(arguments.pace.deadline, arguments.output.telling.quiet);
    let runtime = runtime()?;
    let stopped = runtime.block_on(run_queue(pace, left.into_iter(), probe, results, stop));
    // A look-up that hangs in the system's resolver must not keep the program.
    runtime.shutdown_background();
    Ok(stopped)
}

async fn report(
    arguments: &ScanArguments,
    tracer: &Tracer<'_>,
    target: &Target,
    settings: &Settings,
) -> Report {
    let settings = match &target.file {
        Some(file) => Cow::Owned(asked::honoured(file, settings, &arguments.asked)),
        None => Cow::Borrowed(settings),
    };
    let tracer = tracer.toward(target, &settings);
    match arguments.asked.posture {
        true => Box::pin(tracer.posture()).await,
        false => Box::pin(tracer.run()).await,
    }
}
