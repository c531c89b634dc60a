//! How a system asks a program to end, other than by Ctrl-C.

/// Ends at the next SIGTERM, which from its first poll on does nothing else.
#[cfg(unix)]
pub(in crate::net) async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut asked) = signal(SignalKind::terminate()) else {
        // The system takes no handler, so the signal ends the program as ever.
        return std::future::pending().await;
    };
    asked.recv().await;
}

/// Never ends: no signal asks for that here.
#[cfg(not(unix))]
pub(in crate::net) async fn terminated() {
    std::future::pending().await
}
