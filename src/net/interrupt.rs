//! Ctrl-C and SIGTERM as an event: once they are listened for, they no longer end the program by themselves.
//!
//! `cli` races it with the run and listens before anything is sent. A wait keeps its last whole try outside the
//! future that is dropped, so the report is written; a try that was cut off is not judged. A trace ends with 130 and
//! no report.

use futures_util::FutureExt as _;

use super::os::terminated;

/// Ends at the next Ctrl-C or SIGTERM, which from its first poll on do nothing else.
pub(crate) async fn interrupted() {
    tokio::select! {
        () = ctrl_c() => {}
        () = terminated() => {}
    }
}

async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // The system takes no handler, so Ctrl-C ends the program as ever.
        std::future::pending().await
    }
}

/// Takes from SIGINT that it ends the program, and nothing more.
///
/// Windows, which asks each time whether somebody listens, goes on ending it.
pub(crate) async fn outlive_interrupts() {
    let _ = ctrl_c().now_or_never();
}
