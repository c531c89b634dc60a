//! When something came.

/// Nanoseconds since 1970, as captures count; negative before.
pub type At = i64;

/// Milliseconds from one time to a later one; none are negative.
pub fn millis(from: At, to: At) -> f64 {
    (to.saturating_sub(from).max(0) as f64) / 1e6
}
