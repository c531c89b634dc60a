//! A list that keeps its first and its last entries, however many there are.

use std::collections::VecDeque;

const KEPT_FIRST: usize = 32;
const KEPT_LAST: usize = 16;

/// The first 32 and the last 16 entries.
#[derive(Clone, Debug)]
pub struct Kept<T> {
    first: Vec<T>,
    last: VecDeque<T>,
    omitted: u64,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { first: Vec::new(), last: VecDeque::new(), omitted: 0 }
    }
}

impl<T> Kept<T> {
    /// Adds an entry.
    pub fn push(&mut self, entry: T) {
        if self.first.len() < KEPT_FIRST {
            self.first.push(entry);
            return;
        }
        if self.last.len() == KEPT_LAST {
            self.last.pop_front();
            self.omitted += 1;
        }
        self.last.push_back(entry);
    }

    /// The kept entries in order, and how many were left out between them.
    pub fn finish(self) -> (Vec<T>, u64) {
        let mut entries = self.first;
        entries.extend(self.last);
        (entries, self.omitted)
    }
}
