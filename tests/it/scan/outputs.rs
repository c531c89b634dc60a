//! The formats of a scan, and what is written of hosts that were left.

use std::fs;

use roxmltree::Document;

use super::program::{inputs, written};
use crate::program::{Served, file, rdptrace, text};

#[test]
fn junit_has_a_suite_a_host() {
    let server = Served::start(&[]);
    let output = rdptrace(&["scan", &server.1, "127.0.0.1:1", "--format", "junit"]);
    let xml = text(&output.stdout);
    let xml = Document::parse(&xml).expect("XML");
    let suites = xml.root_element().children().filter(|node| node.has_tag_name("testsuite"));
    let mut suites: Vec<_> =
        suites.map(|suite| (suite.attribute("name").expect("a name"), suite.attribute("failures"))).collect();
    suites.sort_unstable();
    // The same in every run, so that a job can tell what changed.
    let expected = ["127.0.0.1:1", server.1.as_str()].map(|host| format!("rdptrace {host}"));
    assert!(expected.iter().all(|name| suites.iter().any(|(other, _)| other == name)), "{suites:?}");
    assert_eq!(suites.iter().filter(|(_, failures)| *failures != Some("0")).count(), 1, "{suites:?}");
    assert_eq!(suites.len(), 2);
}

/// Two seconds pass between the first and the second host.
#[test]
fn at_the_deadline_the_rest_is_not_tried_and_the_code_is_3() {
    let server = Served::start(&[]);
    let xml = file("scan-deadline.xml");
    let state = file("scan-deadline.ndjson");
    let _ = fs::remove_file(&state);
    let report = format!("junit={}", xml.display());
    let place = state.to_str().expect("a path of text");
    let options = ["--deadline", "1", "--rate", "0.5", "-o", place, "--report", &report];
    let output = rdptrace(&[&["scan", &server.1, "127.0.0.1:1"], &options[..]].concat());
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}{}", text(&output.stderr));
    assert!(said.contains("127.0.0.1:1  ") && said.contains("  1  not tried"), "{said}");
    assert_eq!(
        inputs(&fs::read(&state).expect("the file")),
        [server.1.as_str()],
        "what was not tried is not done"
    );
    let xml = fs::read_to_string(&xml).expect("the report");
    let xml = Document::parse(&xml).expect("XML");
    let errors = xml.descendants().filter(|node| node.has_tag_name("error")).count();
    assert_eq!(errors, 1, "the host that was not tried is an error");
}

#[test]
fn nothing_foreign_reaches_the_terminal() {
    let list = written("hostile.txt", "rd\u{1b}[31msh\n");
    let output = rdptrace(&["scan", "--from", &list]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!text(&output.stderr).contains('\u{1b}'), "{}", text(&output.stderr));
}

/// Rows lead to the reports of hosts that answer; what hosts call themselves does nothing.
#[test]
fn a_page_has_the_table_and_the_reports_behind_it() {
    let (server, closed) = (Served::start(&["--fault", "certificate-expired"]), "127.0.0.1:1");
    let path = file("scan-page.html");
    let page = path.to_str().expect("text");
    let output = rdptrace(&["scan", &server.1, closed, "--report", &format!("html={page}")]);
    assert!(text(&output.stdout).contains("2 hosts"), "{}", text(&output.stderr));
    let page = fs::read_to_string(&path).expect("a page");
    assert!(page.contains("<h1>2 hosts</h1>") && page.contains("aria-label=\"Hosts\""), "{page}");
    assert!(page.contains("<th scope=\"row\">1</th><td>127.0.0.1:1</td><td>connect: refused</td>"), "{page}");
    assert!(page.contains(&format!("<a href=\"#c2-\">2</a></th><td>{}</td>", server.1)), "{page}");
    assert_eq!(page.matches("<article id=").count(), 1, "{page}");
    assert!(page.contains("<article id=\"c2-\"") && page.contains("certificate-expired"), "{page}");
    assert!(page.contains("1 connect: refused") && !page.contains("<script"), "{page}");
}
