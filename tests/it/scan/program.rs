//! The program: what it takes, what it refuses before anything is sent, and its exit codes.

use std::{fs, io::Write as _, process::Stdio};

use crate::program::{Served, command, file, rdptrace, text};

/// A file of this test's own.
pub(super) fn written(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = file(&format!("scan-{name}"));
    fs::write(&path, bytes).expect("a file");
    path.to_str().expect("a path of text").to_owned()
}

/// What it says of these arguments when it refuses them.
fn refused(arguments: &[&str]) -> String {
    let output = rdptrace(&[&["scan"], arguments].concat());
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

/// The port of a demo server, on loopback.
fn port(server: &Served) -> &str {
    server.1.rsplit(':').next().expect("a port")
}

#[test]
fn the_table_has_the_worst_first_and_counts_them() {
    let server = Served::start(&[]);
    let (reached, closed) = (server.1.clone(), "127.0.0.1:1");
    let output = rdptrace(&["scan", &reached, closed]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(11), "{said}{}", text(&output.stderr));
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[1].starts_with("127.0.0.1:1 ") && lines[1].contains("connect: refused"), "{said}");
    assert!(lines[2].starts_with(&reached) && lines[2].contains("reached"), "{said}");
    assert!(
        lines[2].contains(" days ") && lines[2].contains(" yes ") && lines[2].contains("Windows"),
        "{said}"
    );
    assert!(said.contains("\n2 hosts\n  1  connect: refused\n"), "{said}");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn a_name_stands_beside_the_address_that_was_reached() {
    let server = Served::start(&[]);
    let host = format!("localhost:{}", port(&server));
    let said = text(&rdptrace(&["scan", &host]).stdout);
    assert!(said.contains(&format!("{host} (127.0.0.1)")), "{said}");
}

#[test]
fn a_list_comes_from_files_from_standard_input_and_from_a_folder() {
    let server = Served::start(&[]);
    let csv = written("list.csv", format!("name;port\nlocalhost;{}\n", port(&server)));
    let folder = file("scan-folder");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("a.RDP"), format!("full address:s:{}\n", server.1)).expect("a file");
    fs::write(folder.join("notes.txt"), "no host").expect("a file");
    let folder = folder.to_str().expect("a path of text");
    let mut scan = command(&["scan", "--from", "-", "--from", &csv, "--from", folder, "--format", "ndjson"]);
    let scan = scan.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = scan.spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("it was piped");
    writeln!(stdin, "# nothing listens there\n127.0.0.1:1").expect("it is read");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(11), "{}", text(&output.stderr));
    let inputs = inputs(&output.stdout);
    assert_eq!(inputs.len(), 3, "{inputs:?}");
    assert!(inputs.iter().any(|input| input.ends_with("a.RDP")), "{inputs:?}");
    assert!(inputs.contains(&format!("localhost:{}", port(&server))), "{inputs:?}");
}

/// The targets of the reports, as they were written.
pub(super) fn inputs(ndjson: &[u8]) -> Vec<String> {
    let lines = text(ndjson);
    let reports =
        lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a report"));
    reports.map(|report| report["target"]["input"].as_str().expect("a text").to_owned()).collect()
}

#[test]
fn what_is_wrong_is_one_sentence_and_nothing_is_sent() {
    let list = written("wrong.txt", "127.0.0.1:1\nrd sh\n");
    assert!(refused(&["--from", &list]).contains("scan-wrong.txt, line 2: \"rd sh\" is no host"));
    assert!(refused(&["--from", &written("empty.txt", "# none\n")]).contains("there is no host in"));
    assert!(refused(&["127.0.0.1", "--exclude", "127.0.0.0/8"]).contains("no host is left"));
    assert!(refused(&["10.0.0.0/15"]).contains("--large"));
    assert!(refused(&["10.0.0.0/8", "--large"]).contains("more than one scan takes"));
    assert!(refused(&["127.0.0.1", "--format", "json"]).contains("json is the report of one host"));
    assert!(refused(&["127.0.0.1", "--report", "nagios=x"]).contains("nagios is the report of one host"));
    assert!(refused(&["127.0.0.1", "--until", "activate"]).contains("begins no session"));
    assert!(refused(&["127.0.0.1", "--write-policy", "x"]).contains("--write-policy"));
    assert!(refused(&[&list]).contains(&format!("--from {list} reads a list")));
    assert!(refused(&["--from", &list, "-o", &list]).contains("would overwrite an input"));
    assert_eq!(fs::read_to_string(&list).expect("it is there"), "127.0.0.1:1\nrd sh\n");
}

#[test]
fn a_broken_promise_is_1_and_the_table_names_it() {
    let server = Served::start(&[]);
    let policy = written("policy.toml", "reached = \"tls\"\ncertificate.days_left = 36500\n");
    let output = rdptrace(&["scan", &server.1, "--policy", &policy]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("1 broken: certificate.days_left"), "{said}");
    assert!(said.contains("promises: 1 kept, 1 broken, 0 not checked"), "{said}");
}

#[test]
fn a_scan_asks_for_no_session_and_posture_asks_for_more() {
    let server = Served::start(&[]);
    let scan = |more: &[&str]| {
        let output = rdptrace(&[&["scan", &server.1, "--format", "ndjson"], more].concat());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one report");
        (report["connections"].as_array().expect("connections").len(), report["posture"]["nla"].clone())
    };
    assert_eq!(scan(&[]), (1, serde_json::Value::Null));
    let (connections, nla) = scan(&["--posture"]);
    assert_eq!(nla, "offered");
    assert!(connections > 5, "{connections} connections");
}

#[test]
fn addresses_of_a_range_without_an_answer_are_counted_and_not_listed() {
    let said = text(&rdptrace(&["scan", "127.0.0.1-9:1", "127.0.0.20:1", "--timeout", "2"]).stdout);
    assert!(said.contains("127.0.0.20:1"), "{said}");
    assert!(!said.contains("127.0.0.5"), "{said}");
    assert!(said.contains("10 hosts\n") && said.contains("without an answer are not listed: 9"), "{said}");
}

/// Every descriptor that a connection takes is counted: with few of them fewer hosts are probed at once, and none fails for it.
#[cfg(unix)]
#[test]
fn few_descriptors_mean_fewer_hosts_at_once_and_no_failure() {
    use std::process::Command;

    let script = "ulimit -n 64; exec \"$0\" scan 127.0.0.1-200:1 --format ndjson --concurrency 200";
    let limited = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_rdptrace")]).output();
    let output = limited.expect("a shell runs");
    let said = text(&output.stderr);
    assert!(said.contains("--concurrency is 12 in place of 200") && said.lines().count() == 1, "{said}");
    let lines = text(&output.stdout);
    assert_eq!(lines.lines().filter(|line| line.contains("\"kind\":\"refused\"")).count(), 200);
}
