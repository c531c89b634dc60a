//! Ctrl-C as an event: once it is listened for, it no longer ends the program by itself.

use futures_util::FutureExt as _;

/// Ends at the next Ctrl-C, which from its first poll on does nothing else.
pub async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // The system takes no handler, so Ctrl-C ends the program as ever.
        std::future::pending().await
    }
}

/// Takes from SIGINT that it ends the program, and nothing more.
///
/// Windows, which asks each time whether somebody listens, goes on ending it.
pub async fn outlive_interrupts() {
    let _ = interrupted().now_or_never();
}
