//! When a time is news: networks are never equally fast.

use std::time::Duration;

/// From when on a phase is told to be faster or slower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// How many times as long it has to take.
    pub factor: f64,
    /// How much longer it has to take besides: 1 ms that became 3 ms is no news.
    pub floor: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { factor: 3.0, floor: Duration::from_millis(100) }
    }
}

impl Times {
    /// Whether these two, in milliseconds, differ enough.
    pub(super) fn differ(&self, before: f64, after: f64) -> bool {
        let (short, long) = if before < after { (before, after) } else { (after, before) };
        long >= short * self.factor && long - short >= self.floor.as_secs_f64() * 1000.0
    }
}
