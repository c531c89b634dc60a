//! What both demos do: name a fault, serve, or trace what the program serves itself.

use std::{net::SocketAddr, sync::Arc};

use super::next;
use crate::{
    Ended,
    cli::{
        Error,
        arguments::{choices::Format, demo::DemoArguments},
        exit,
        out::stderr,
        output::Output,
        progress::{Progress, Shows},
        promised::Promised,
        start::runtime,
    },
    demo::{self, Listener, Service},
};

/// What a trace says of a fault, by the finding or else by where it ends.
pub(super) fn says(finding: Option<&str>, (place, kind): (&str, &str), code: Option<u32>) -> String {
    let code = code.map(|code| format!(" {code}")).unwrap_or_default();
    match finding {
        Some(finding) => finding.to_owned(),
        None if place.is_empty() => "passes".to_owned(),
        None if kind.is_empty() => format!("stops in {place}"),
        None => format!("{place}: {kind}{code}"),
    }
}

/// The two lines of a fault.
pub(super) fn entry(name: &str, says: &str, about: &str) -> String {
    format!("{name:<33} {says}\n    {about}\n")
}

/// Listens there, and says where that is.
pub(super) async fn listen(address: SocketAddr) -> Result<(Listener, SocketAddr), Error> {
    let refused = |error| Error::new(format!("cannot listen on {address}: {error}"));
    let listener = demo::listen(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}

/// What is answered on the port beside TCP.
#[derive(Clone, Copy)]
pub(super) enum Beside {
    Nothing,
    /// The SYN of RDP-UDP.
    Udp,
}

/// Serves until interrupted.
pub(super) fn keep_serving<S: Service>(
    address: SocketAddr,
    server: Arc<S>,
    what: &str,
    beside: Beside,
) -> Result<u8, Error> {
    runtime()?.block_on(async {
        let (listener, bound) = listen(address).await?;
        stderr::line(format_args!(
            "serving {what} on {bound}, account {}, password {}; Ctrl-C ends it",
            demo::USER,
            demo::PASSWORD
        ));
        match beside {
            Beside::Udp => tokio::select! {
                () = demo::run(listener, server) => Ok(0),
                Err(error) = demo::answer_udp(bound) => {
                    Err(Error::new(format!("cannot listen on UDP {bound}: {error}")))
                }
            },
            Beside::Nothing => {
                demo::run(listener, server).await;
                Ok(0)
            }
        }
    })
}

/// Runs a trace of what the program serves itself, writes its report, and says what to try next.
pub(super) fn report(
    arguments: &DemoArguments,
    trace: impl AsyncFnOnce(&Progress) -> Result<Ended, Error>,
) -> Result<u8, Error> {
    let promised = Promised::read(&arguments.promises, &arguments.output.telling)?;
    let output = Output::open(&arguments.output, None)?;
    let progress = Progress::new(&arguments.output, Shows::Trace);
    let runtime = runtime()?;
    let ended = runtime.block_on(trace(&progress));
    drop(progress);
    runtime.shutdown_background();
    match ended {
        Ok(Ended::Whole(report)) => {
            let report = promised.judge(report);
            output.write(&report, None)?;
            promised.finish(Some(&report))?;
            if !arguments.output.telling.quiet && arguments.output.format == Format::Text {
                next::lines(arguments, &report).iter().for_each(stderr::line);
            }
            Ok(exit::of(&report, &arguments.output))
        }
        Ok(Ended::Interrupted(report)) => {
            output.write(&report, None)?;
            Ok(exit::of_interrupted(&report, &arguments.output))
        }
        Err(error) => {
            output.abandon();
            Err(error)
        }
    }
}
