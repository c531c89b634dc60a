//! The timer for what is done again after a while.

use std::time::Duration;

/// Waits this long.
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
