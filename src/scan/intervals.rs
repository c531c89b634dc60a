//! Sets of numbers as intervals that are sorted and lie apart.

/// An interval, with both ends.
pub(super) type Interval = (u128, u128);

/// The same numbers as intervals that are sorted and lie apart.
pub(super) fn apart(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_unstable();
    let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
    for (first, last) in intervals {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

/// The numbers of one set that are not in the other; both are [`apart`].
pub(super) fn without(intervals: &[Interval], others: &[Interval]) -> Vec<Interval> {
    let mut left = Vec::new();
    let mut others = others.iter().peekable();
    for &(mut first, last) in intervals {
        while others.next_if(|(_, end)| *end < first).is_some() {}
        let mut is_used_up = false;
        while let Some(&&(begin, end)) = others.peek().filter(|(begin, _)| *begin <= last) {
            if begin > first {
                left.push((first, begin - 1));
            }
            if end >= last {
                // It may reach into the next interval too.
                is_used_up = true;
                break;
            }
            first = end + 1;
            others.next();
        }
        if !is_used_up {
            left.push((first, last));
        }
    }
    left
}
