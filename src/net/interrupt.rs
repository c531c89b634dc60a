//! Ctrl-C as an event: once it is listened for, it no longer ends the program by itself.
//!
//! `cli` races it with the run and listens before anything is sent. A wait keeps its last whole try outside the
//! future that is dropped, so the report is written; a try that was cut off is not judged. A trace ends with 130 and
//! no report.

use futures_util::FutureExt as _;

/// Ends at the next Ctrl-C, which from its first poll on does nothing else.
pub(crate) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // The system takes no handler, so Ctrl-C ends the program as ever.
        std::future::pending().await
    }
}

/// Takes from SIGINT that it ends the program, and nothing more.
///
/// Windows, which asks each time whether somebody listens, goes on ending it.
pub(crate) async fn outlive_interrupts() {
    let _ = interrupted().now_or_never();
}
