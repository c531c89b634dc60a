//! Which hosts a scan has: ranges, duplicates and exclusions.

use std::collections::BTreeSet;

use rdptrace::{
    Endpoint,
    internal::scan::{Exclusion, Listed, Targets, place},
};

/// The hosts that these entries name, without the others.
fn targets(entries: &[&str], without: &[&str]) -> Targets {
    let mut listed = Listed::default();
    for entry in entries {
        listed.add(place(entry, None).unwrap_or_else(|why| panic!("{entry}: {why}")));
    }
    let without: Vec<_> = without.iter().map(|text| Exclusion::read(text).expect("a host")).collect();
    listed.without(&without)
}

/// How they were written, in the order of the list.
fn inputs(targets: &Targets) -> Vec<String> {
    let all = (0..targets.count()).map(|index| targets.get(index).expect("as many as are counted").input);
    all.collect()
}

#[test]
fn a_range_is_every_address_from_its_first_to_its_last() {
    assert_eq!(inputs(&targets(&["10.0.0.0/30"], &[])), ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    assert_eq!(targets(&["10.0.0.77/24"], &[]).count(), 256);
    assert_eq!(inputs(&targets(&["10.0.0.9-11"], &[])), ["10.0.0.9", "10.0.0.10", "10.0.0.11"]);
    let over_two_subnets = targets(&["10.0.0.1-10.0.1.20"], &[]);
    assert_eq!(over_two_subnets.count(), 276);
    assert_eq!(over_two_subnets.get(275).map(|last| last.input).as_deref(), Some("10.0.1.20"));
    assert_eq!(inputs(&targets(&["10.0.0.1-2:3390"], &[])), ["10.0.0.1:3390", "10.0.0.2:3390"]);
    assert_eq!(inputs(&targets(&["10.0.0.8/31:3390"], &[])), ["10.0.0.8:3390", "10.0.0.9:3390"]);
    assert_eq!(inputs(&targets(&["2001:db8::e/127"], &[])), ["2001:db8::e", "2001:db8::f"]);
    assert_eq!(targets(&["::/0"], &[]).count(), u64::MAX);
    assert_eq!(targets(&["0.0.0.0/0"], &[]).count(), 1 << 32);
    assert_eq!(inputs(&targets(&["255.255.255.254-255"], &[])), ["255.255.255.254", "255.255.255.255"]);
}

#[test]
fn what_is_no_range_is_refused_or_a_name() {
    for wrong in
        ["10.0.0.0/33", "10.0.0.5-4", "10.0.0.1-256", "10.0.0.1-::1", "10.0.0.1-2:0", "10.0.0.1-", "rdsh/24"]
    {
        assert!(place(wrong, None).is_err(), "{wrong}");
    }
    assert_eq!(
        inputs(&targets(&["rd-01", "10-0-0-1.corp.example"], &[])),
        ["rd-01", "10-0-0-1.corp.example"]
    );
}

#[test]
fn a_host_is_scanned_once_as_it_was_written_first() {
    let entries = ["RDSH01", "rdsh01:3389", "rdsh01:3390", "10.0.0.2:3389", "10.0.0.0/30", "10.0.0.1-6"];
    let expected = [
        "RDSH01",
        "rdsh01:3390",
        "10.0.0.2:3389",
        "10.0.0.0",
        "10.0.0.1",
        "10.0.0.3",
        "10.0.0.4",
        "10.0.0.5",
        "10.0.0.6",
    ];
    assert_eq!(inputs(&targets(&entries, &[])), expected);
}

#[test]
fn what_is_excluded_is_left_out_wherever_it_stands() {
    let entries = ["rdsh01", "rdsh01:3390", "10.0.0.2", "10.0.0.0/29"];
    let left = |without: &[&str]| inputs(&targets(&entries, without));
    assert_eq!(left(&["RDSH01", "10.0.0.0/30"]), ["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7"]);
    assert_eq!(left(&["rdsh01:3390", "10.0.0.1-7"]), ["rdsh01", "10.0.0.0"]);
    assert_eq!(left(&["10.0.0.3", "10.0.0.5:3390", "10.0.0.7"]).len(), 8, "another port is not left out");
    assert_eq!(targets(&["10.0.0.0/24"], &["0.0.0.0/0"]).count(), 0);
    assert_eq!(targets(&["10.0.0.0-9", "10.0.0.20-29"], &["10.0.0.5-24"]).count(), 10);
}

/// The index of a report is that of the host that it is about, and no other has one.
#[test]
fn a_report_is_found_by_what_it_says_of_its_target() {
    let targets =
        targets(&["rdsh01", "10.0.0.2", "10.0.0.0/29", "192.0.2.1-3:3390", "2001:db8::/126"], &["10.0.0.4"]);
    let mut seen = BTreeSet::new();
    for index in 0..targets.count() {
        let target = targets.get(index).expect("as many as are counted");
        assert_eq!(targets.index_of(&target.input, &target.endpoint), Some(index), "{}", target.input);
        seen.insert(target.endpoint.to_string());
    }
    assert_eq!(seen.len() as u64, targets.count());
    assert_eq!(targets.get(targets.count()), None);
    for (host, port) in
        [("10.0.0.4", 3389), ("10.0.0.8", 3389), ("192.0.2.1", 3389), ("rdsh02", 3389), ("2001:db8::4", 3389)]
    {
        assert_eq!(targets.index_of(host, &Endpoint::new(host, port)), None, "{host}:{port}");
    }
}
