//! The pauses between tries: growing, bounded, and not the same for everyone who waits for a host.
//!
//! Pauses double from 1 s to 15 s, less up to a quarter by jitter. The last try begins two seconds before the end, or
//! a tenth of a short wait.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(15);
const FACTOR: u32 = 2;

/// The part of a pause that jitter may take away.
const JITTER: f64 = 0.25;

/// A number from 0 to 1, from the system's random bytes.
pub fn random() -> f64 {
    // A system without random bytes only loses the jitter.
    getrandom::u32().map_or(0.0, |number| f64::from(number) / f64::from(u32::MAX))
}

/// The pauses, each twice the one before up to fifteen seconds, less up to a quarter by jitter.
#[derive(Debug)]
pub(super) struct Backoff {
    pause: Duration,
    jitter: fn() -> f64,
}

impl Backoff {
    /// Begins with a pause of a second.
    pub(super) fn new(jitter: fn() -> f64) -> Self {
        Self { pause: FIRST, jitter }
    }

    /// The next pause.
    pub(super) fn next(&mut self) -> Duration {
        let pause = self.pause.mul_f64(1.0 - JITTER * (self.jitter)().clamp(0.0, 1.0));
        self.pause = (self.pause * FACTOR).min(LONGEST);
        pause
    }
}
