//! `rdptrace listen`: shows what clients offer.

use crate::{
    cli::{
        Error,
        arguments::listen::ListenArguments,
        out::stderr,
        running::Running,
        start::{begin_logging, runtime},
    },
    net::{Door, Network as _, System, interrupted},
    relay::{Listener, Until},
    report::Report,
};

/// Listens until interrupted, or until the first client has left; the exit code is that of the worst report.
///
/// # Errors
/// The address is not free, or a report cannot be written.
pub(crate) fn run(arguments: &ListenArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    let listener = Listener::new(arguments.selects(), System.now()).map_err(Error::new)?;
    let mut running = Running::open(&arguments.output, &[], None)?;
    let runtime = runtime()?;
    let served = runtime.block_on(serve(&listener, arguments, &mut running));
    runtime.shutdown_background();
    let code = running.end();
    served.map(|()| code)
}

async fn serve(listener: &Listener, arguments: &ListenArguments, running: &mut Running) -> Result<(), Error> {
    let refused = |error| Error::new(format!("cannot listen on {}: {error}", arguments.address));
    let door = Door::open(arguments.address).await.map_err(refused)?;
    let bound = door.address().map_err(refused)?;
    if !arguments.output.telling.quiet {
        stderr::line(format_args!("listening on {bound}; Ctrl-C ends it"));
    }
    let mut failed = None;
    let mut hand_out = |report: Report| {
        if let Err(error) = running.write(report) {
            failed.get_or_insert(error);
        }
    };
    let until = if arguments.output.once { Until::FirstEnded } else { Until::Interrupted };
    listener.serve(&door, &System, until, interrupted(), &mut hand_out).await.map_err(refused)?;
    failed.map_or(Ok(()), Err)
}
