//! What ends a scan before its list: Ctrl-C, and the time. A second Ctrl-C ends the program at once.

use std::{future::pending, process, thread, time::Duration};

use crate::{
    cli::{exit::INTERRUPTED, out::stderr, start::runtime},
    net::{interrupted, pause},
    scan::Why,
};

/// Ends when the scan has to.
pub(super) async fn stop(deadline: Option<Duration>, quiet: bool) -> Why {
    tokio::select! {
        biased;
        () = interrupted() => {
            if !quiet {
                stderr::line("interrupted; this is what is known");
            }
            thread::spawn(end_at_the_next);
            Why::Interrupted
        }
        () = over(deadline) => Why::Deadline,
    }
}

async fn over(deadline: Option<Duration>) {
    match deadline {
        Some(deadline) => pause(deadline).await,
        None => pending().await,
    }
}

/// The output may be a pipe that nobody reads, so nothing else is waited for.
#[expect(clippy::disallowed_methods, reason = "main may be the one that waits")]
fn end_at_the_next() {
    if let Ok(runtime) = runtime() {
        runtime.block_on(interrupted());
        process::exit(i32::from(INTERRUPTED));
    }
}
