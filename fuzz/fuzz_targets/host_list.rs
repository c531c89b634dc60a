//! Lists of hosts: text and tables of inventories.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rdptrace::internal::scan::{Listed, lines};

fuzz_target!(|bytes: &[u8]| {
    let Ok(lines) = lines(bytes) else { return };
    let mut listed = Listed::default();
    lines.into_iter().for_each(|line| listed.add(line.place));
    let targets = listed.without(&[]);
    for index in [0, targets.count() / 2, targets.count().saturating_sub(1)] {
        let Some(target) = targets.get(index) else { continue };
        assert_eq!(targets.index_of(&target.input, &target.endpoint), Some(index), "{}", target.input);
    }
});
