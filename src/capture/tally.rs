//! Which value is the usual one, of the first few that differ.

/// How many values are told apart.
const MOST: usize = 4;

/// Values with how often they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally<T>(Vec<(T, u32)>);

impl<T: Copy + PartialEq> Tally<T> {
    pub(super) fn add(&mut self, value: T) {
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| *known == value) {
            *count = count.saturating_add(1);
        } else if self.0.len() < MOST {
            self.0.push((value, 1));
        }
    }

    /// Whether there is more than one.
    pub(super) fn varies(&self) -> bool {
        self.0.len() > 1
    }

    /// The value that came most often; of several the first.
    pub(super) fn usual(&self) -> Option<T> {
        self.0.iter().rev().max_by_key(|(_, count)| *count).map(|(value, _)| *value)
    }
}
