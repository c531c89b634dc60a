//! The same of the command that asks many hosts.

use super::entry::Pairs;

pub(super) const SCAN: Pairs = &[
    ("rdptrace scan rdsh01 rdsh02 192.0.2.0/24", "names, addresses and ranges"),
    ("rdptrace scan --from hosts.txt", "a host a line, or CSV with a header"),
    ("rdptrace scan --from hosts.txt -o scan.ndjson", "a report a line; the same again goes on"),
    ("rdptrace scan --from hosts.txt --policy promises.toml", "held against what was promised"),
    ("rdptrace scan --from hosts.txt --report junit=scan.xml", "also for a CI system: a suite a host"),
    ("rdptrace scan 192.0.2.0/24 --exclude 192.0.2.5 --rate 20", "twenty new hosts a second"),
];

pub(super) const SCAN_EXIT: Pairs = &[
    ("any", "that of a trace, for the worst host; with --posture that of a posture"),
    ("2", "it could not run; if a list is wrong, nothing was sent"),
    ("3", "the --deadline was over before all hosts were tried"),
    ("130", "interrupted; what is known was written"),
];

pub(super) const SCAN_FILES: Pairs = &[
    ("*.txt, *.csv", "what --from reads: hosts and ranges, in UTF-8 or UTF-16"),
    ("*.ndjson", "what -o writes and goes on from: a report a line"),
    ("*.rdp", "targets, and what a folder of --from holds"),
];
