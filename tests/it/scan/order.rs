//! The order of a scan: everything once, and no subnet at once.

use std::collections::{BTreeMap, BTreeSet};

use rdptrace::internal::scan::Order;

#[test]
fn every_index_comes_once() {
    for count in (0..400).chain([1000, 65_536, 65_537, 99_991]) {
        let indices: BTreeSet<u64> = Order::of(count).indices().collect();
        assert_eq!((indices.len() as u64, indices.last().copied()), (count, count.checked_sub(1)));
    }
}

/// Of a /16 any 256 that follow one another are in nearly as many /24, at most three in one.
#[test]
fn neighbours_in_the_list_are_far_apart_in_time() {
    let indices: Vec<u64> = Order::of(65_536).indices().collect();
    for stretch in indices.chunks(256) {
        let mut subnets: BTreeMap<u64, usize> = BTreeMap::new();
        stretch.iter().for_each(|index| *subnets.entry(index / 256).or_default() += 1);
        assert!(subnets.len() > 190, "{} subnets", subnets.len());
        assert!(subnets.values().all(|count| *count <= 3), "{subnets:?}");
    }
}
