//! The order in which hosts are probed: neighbours in a list are far apart in time, so that no subnet gets all at once.
//!
//! Each step goes on by the golden section of the list, which spreads any stretch of the order over the whole of it. It takes
//! no memory, and the same list has the same order.

/// The order of so many things.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    count: u64,
    step: u64,
}

impl Order {
    /// That of a list of so many.
    pub fn of(count: u64) -> Self {
        let golden = (count as f64 * 0.618_033_988_749_894_9) as u64;
        let is_prime_to_it = |step: &u64| greatest_divisor(*step, count) == 1;
        Self { count, step: (golden.max(1)..).find(is_prime_to_it).unwrap_or(1) }
    }

    /// Every index once.
    pub fn indices(self) -> impl Iterator<Item = u64> {
        let place = move |turn: u64| u128::from(turn) * u128::from(self.step) % u128::from(self.count);
        (0..self.count).map(move |turn| place(turn) as u64)
    }
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_divisor(b, a % b) }
}
