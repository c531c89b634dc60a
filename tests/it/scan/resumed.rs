//! The file of -o is the state of the scan: whatever cut it off, the lines that are complete are done.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::program::{inputs, written};
use crate::program::{Served, file, rdptrace, text};

/// A list of a demo server and of ports where nothing is; a file that is not there.
fn begun(server: &Served, name: &str) -> (String, PathBuf) {
    let mut list = format!("{}\n", server.1);
    (1..=9).for_each(|port| list += &format!("127.0.0.1:{port}\n"));
    let state = file(&format!("scan-{name}.ndjson"));
    let _ = fs::remove_file(&state);
    (written(&format!("{name}.txt"), list), state)
}

/// Scans on; the exit code, the table, and what is said beside it.
fn scan(list: &str, state: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let state = state.to_str().expect("a path of text");
    let output = rdptrace(&[&["scan", "--from", list, "-o", state], more].concat());
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Every host has one line, and the file ends with one.
fn is_whole(state: &Path) {
    let bytes = fs::read(state).expect("the file");
    let inputs = inputs(&bytes);
    assert_eq!((inputs.len(), inputs.iter().collect::<BTreeSet<_>>().len()), (10, 10), "{inputs:?}");
    assert_eq!(bytes.last(), Some(&b'\n'));
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_gone_on_with() {
    let server = Served::start(&[]);
    let (list, state) = begun(&server, "cut");
    let (code, table, said) = scan(&list, &state, &[]);
    assert_eq!((code, said.as_str()), (Some(11), ""), "{table}");
    is_whole(&state);
    let whole = fs::read(&state).expect("the file");
    for part in 0..8 {
        let length = whole.len() * part / 8 + part;
        fs::write(&state, &whole[..length]).expect("the file");
        let (code, again, _) = scan(&list, &state, &[]);
        assert_eq!((code, again.as_str()), (Some(11), table.as_str()), "cut off after {length} bytes");
        is_whole(&state);
        let complete = whole[..length].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        assert_eq!(
            fs::read(&state).expect("the file")[..complete],
            whole[..complete],
            "what was there stays"
        );
    }
}

#[test]
fn what_is_done_is_not_probed_again_and_counts() {
    let server = Served::start(&[]);
    let (list, state) = begun(&server, "done");
    let (_, table, _) = scan(&list, &state, &[]);
    let before = fs::read(&state).expect("the file");
    // Nobody answers there any more.
    drop(server);
    let junit = file("scan-done.xml");
    let report = format!("junit={}", junit.display());
    let (code, again, said) = scan(&list, &state, &["--report", &report]);
    assert_eq!((code, again), (Some(11), table));
    assert_eq!(said, "rdptrace: 10 hosts of 10 done before, and not probed again\n");
    assert_eq!(fs::read(&state).expect("the file"), before);
    let suites = fs::read_to_string(&junit).expect("the report").matches("<testsuite ").count();
    assert_eq!(suites, 10, "a suite of each, also of those that were done");
}

/// A policy that was not there before is held against what is done too.
#[test]
fn promises_are_held_against_what_was_done_before() {
    let server = Served::start(&[]);
    let state = file("scan-promised.ndjson");
    let _ = fs::remove_file(&state);
    let list = written("promised.txt", &server.1);
    assert_eq!(scan(&list, &state, &[]).0, Some(0));
    let policy = written("promised.toml", "certificate.days_left = 36500");
    assert_eq!(scan(&list, &state, &["--policy", &policy]).0, Some(1));
}

#[test]
fn a_file_of_something_else_is_left_as_it_is() {
    let server = Served::start(&[]);
    let list = written("foreign.txt", &server.1);
    let line = text(&rdptrace(&["scan", &server.1, "--format", "ndjson"]).stdout);
    let contents = [
        "notes\n".to_owned(),
        "notes".to_owned(),
        format!("{line}{{}}\n"),
        format!("{line}\n"),
        format!("{line}[1]"),
    ];
    for content in contents {
        let state = written("foreign.ndjson", &content);
        let (code, table, said) = scan(&list, Path::new(&state), &[]);
        assert_eq!((code, table.as_str()), (Some(2), ""), "{content:?}");
        assert!(said.contains("is no report of this version") && said.lines().count() == 1, "{said}");
        assert_eq!(fs::read_to_string(&state).expect("the file"), content);
    }
}

#[test]
fn reports_of_other_hosts_are_kept_and_not_counted() {
    let server = Served::start(&[]);
    let (list, state) = begun(&server, "other");
    scan(&list, &state, &[]);
    let one = written("one.txt", "127.0.0.1:3\n127.0.0.1:10\n");
    let (code, table, said) = scan(&one, &state, &[]);
    assert_eq!(code, Some(11));
    assert!(table.contains("\n2 hosts\n"), "{table}");
    assert!(
        said.contains("1 host of 2 done before") && said.contains("9 reports of hosts that are not"),
        "{said}"
    );
    assert_eq!(inputs(&fs::read(&state).expect("the file")).len(), 11);
}

#[test]
fn two_scans_do_not_share_a_file() {
    let state = written("shared.ndjson", "");
    let held = fs::File::options().write(true).open(&state).expect("the file");
    held.lock().expect("nobody else has it");
    let list = written("shared.txt", "127.0.0.1:1");
    let (code, table, said) = scan(&list, Path::new(&state), &[]);
    assert_eq!((code, table.as_str()), (Some(2), ""));
    assert!(said.starts_with("rdptrace: another scan is writing to "), "{said}");
}
