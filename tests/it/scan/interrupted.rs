//! Ctrl-C: what has ended is kept, what was under way is given up.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    net::TcpListener,
    process::{Command, Stdio},
};

use super::program::inputs;
use crate::program::{Served, command, file, text};

/// The second host takes the connection and says nothing, so the scan is under way whenever it is interrupted.
#[test]
fn what_has_ended_is_kept_and_the_rest_is_told() {
    let server = Served::start(&[]);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent = silent.local_addr().map(|address| (silent, address.to_string())).expect("an address");
    let junit = file("scan-interrupted.xml");
    let report = format!("junit={}", junit.display());
    let mut scan = command(&[
        "scan",
        &server.1,
        &silent.1,
        "--timeout",
        "600",
        "--format",
        "ndjson",
        "--report",
        &report,
    ]);
    let scan = scan.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = scan.spawn().expect("the program runs");
    let mut stdout = BufReader::new(child.stdout.take().expect("it was piped"));
    let mut lines = String::new();
    stdout.read_line(&mut lines).expect("the report of the first host");
    let sent = Command::new("sh").args(["-c", "kill -INT \"$0\"", &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()));
    stdout.read_to_string(&mut lines).expect("text");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "interrupted; this is what is known\n");
    assert_eq!(inputs(lines.as_bytes()), [server.1.as_str()]);
    let xml = fs::read_to_string(&junit).expect("the report");
    let xml = roxmltree::Document::parse(&xml).expect("XML");
    let error = xml.descendants().find(|node| node.has_tag_name("error")).expect("an error");
    assert_eq!(error.attribute("message").or(error.text()), Some("given up"), "{:?}", error.attributes());
}
