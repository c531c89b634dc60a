//! Wall time in nanoseconds that never runs backwards.

use tokio::time::Instant;

use super::Network;
use crate::flow::At;

/// The wall time of one moment, and what has passed since.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
    at: At,
}

impl Clock {
    /// One that is right now, as the network says.
    pub(crate) fn of(network: &dyn Network) -> Self {
        let at = i64::try_from(network.now().unix_timestamp_nanos()).unwrap_or_default();
        Self { began: Instant::now(), at }
    }

    /// What time it is.
    pub(crate) fn now(self) -> At {
        let elapsed = i64::try_from(self.began.elapsed().as_nanos()).unwrap_or(At::MAX);
        self.at.saturating_add(elapsed)
    }
}
