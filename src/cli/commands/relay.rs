//! `rdptrace relay`: passes a client's connections through to a server and reports on each.

use std::{io::BufWriter, path::Path, sync::Arc};

use crate::{
    capture::learn_keys,
    cli::{
        Error,
        apart::{Input, Written},
        arguments::relay::RelayArguments,
        exit, files,
        out::stderr,
        running::Running,
        start::{begin_logging, runtime},
    },
    flow::KeyLog,
    local::writable_in_private,
    net::{Door, System, interrupted},
    relay::{Keys, Record, Relay, Until},
    report::Report,
};

/// The largest key log that is read, in bytes.
const LARGEST_KEYLOG: u64 = 64 << 20;

/// Relays until interrupted, or until the first client has left; the exit code is that of the worst report.
///
/// # Errors
/// The address is not free, the target is the relay itself, or something cannot be written.
pub(crate) fn run(arguments: &RelayArguments) -> Result<u8, Error> {
    begin_logging(&arguments.output.telling, &arguments.output.place);
    let target = arguments.target.read()?;
    let capture = arguments.capture.as_deref().map(|path| Written { what: "--capture", path });
    let keylogs = arguments.keylogs.iter().map(|path| Input::file("--keylog", path));
    let inputs = arguments.target.input().into_iter().chain(keylogs).chain(arguments.keys.inputs());
    let inputs: Vec<_> = inputs.collect();
    // What cannot be used is told before a file is made.
    let server_keys = arguments.keys.read()?;
    let mut running = Running::open(&arguments.output, &inputs, capture)?;
    let record = arguments.capture.as_deref().map(record).transpose()?.unwrap_or_default();
    let relay = Relay::new(&target, &System, arguments.timeout)
        .with_keys(keys(arguments))
        .with_server_keys(server_keys)
        .recorded(record);
    let runtime = runtime()?;
    let served = runtime.block_on(serve(&relay, arguments, &mut running));
    runtime.shutdown_background();
    match served {
        Ok(is_recorded) => {
            let code = running.end();
            Ok(if is_recorded { code } else { exit::COULD_NOT_RUN })
        }
        Err(error) => {
            running.end();
            Err(error)
        }
    }
}

/// Whether what was to be recorded was.
async fn serve(relay: &Relay<'_>, arguments: &RelayArguments, running: &mut Running) -> Result<bool, Error> {
    let refused = |error| Error::new(format!("cannot listen on {}: {error}", arguments.listen));
    let door = Door::open(arguments.listen).await.map_err(refused)?;
    let bound = door.address().map_err(refused)?;
    // A name that cannot be resolved now may be later, and each report says so.
    if relay.leads_to(bound).await.unwrap_or_default() {
        return Err(Error::new(format!("the target is {bound}, where this relay listens itself")));
    }
    if !arguments.output.telling.quiet {
        let target = relay.target();
        stderr::line(format_args!("relaying {bound} to {target}; Ctrl-C ends it"));
    }
    let (mut failed, mut is_recorded) = (None, true);
    let mut hand_out = |report: Report| {
        if let Some(why) = relay.unrecorded() {
            stderr::say(format_args!("--capture is given up: {why}"));
            is_recorded = false;
        }
        if let Err(error) = running.write(report) {
            failed.get_or_insert(error);
        }
    };
    let until = if arguments.output.once { Until::FirstEnded } else { Until::Interrupted };
    relay.serve(&door, until, interrupted(), &mut hand_out).await;
    failed.map_or(Ok(is_recorded), Err)
}

fn record(path: &Path) -> Result<Record, Error> {
    let unwritable = |error| Error::new(format!("cannot write {}: {error}", path.display()));
    let file = writable_in_private(path).map_err(unwritable)?;
    if file.metadata().is_ok_and(|about| about.is_file()) {
        file.set_len(0).map_err(unwritable)?;
    }
    Record::to(Box::new(BufWriter::new(file))).map_err(unwritable)
}

/// The key logs as they are when a connection has ended; one that is not there yet holds nothing.
fn keys(arguments: &RelayArguments) -> Keys {
    let paths = arguments.keylogs.clone();
    Arc::new(move || {
        let mut keys = KeyLog::default();
        for path in &paths {
            match files::bytes(path, LARGEST_KEYLOG) {
                Ok(bytes) => drop(learn_keys(&bytes, &mut keys)),
                Err(error) => tracing::info!(path = %path.display(), %error, "the key log cannot be read"),
            }
        }
        keys
    })
}
