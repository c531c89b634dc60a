//! Text from outside leaves the program by one way out: nothing in it moves a terminal, hides or turns text around.

use std::{fs, process::Output};

use rdptrace::Trace;
use serde_json::Value;

use crate::program::{file, rdptrace, text};

/// Every kind of character that must not leave, and an end of line that would forge a sentence.
const HOSTILE: &str = "a\u{1b}[31mred\u{1b}]0;title\u{7}\u{8}\r\t\u{7f}\u{85}\u{9b}2J\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
    \u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\u{fe0f}\u{e0001}\u{e0041}\u{e007f}\nforged";

/// Whether a character of the set stands here.
fn is_hostile(c: char) -> bool {
    let code = u32::from(c);
    match code {
        0x0A => false,
        0..=0x1F | 0x7F..=0x9F | 0x61C | 0x2028 | 0x2029 | 0xFEFF | 0xFE0F => true,
        0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2069 | 0xE0000..=0xE007F => true,
        _ => false,
    }
}

/// Holds that these bytes would do nothing to a terminal, and that no line of them is forged.
fn assert_plain(bytes: &[u8], what: &str) {
    let said = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let wrong = said.chars().find(|c| is_hostile(*c));
    assert!(wrong.is_none(), "{what}: {wrong:?} in {said:?}");
    assert!(!said.lines().any(|line| line.starts_with("forged")), "{what}: {said}");
}

fn assert_plain_output(output: &Output, what: &str) {
    assert_plain(&output.stdout, what);
    assert_plain(&output.stderr, what);
    assert!(!text(&output.stderr).contains("panicked"), "{what}");
}

/// A hostile name of a file that is there, where the system takes such names.
fn hostile_file(name: &str, content: &[u8]) -> Option<String> {
    let path = file(&format!("{}{name}", HOSTILE.replace('/', "")));
    fs::write(&path, content).ok()?;
    Some(path.to_str().expect("a path of text").to_owned())
}

#[test]
fn arguments() {
    let h = HOSTILE;
    let rdp = format!("{h}.rdp");
    let (report, address) = (format!("json={h}/x"), format!("rdp://{h}"));
    let cases: &[&[&str]] = &[
        &[h],
        &["trace", h],
        &["trace", &rdp],
        &["trace", &address],
        &["trace", "x", "--until", h],
        &["trace", "x", "--format", h],
        &["trace", "x", "--timeout", h],
        &["trace", "x", "--kdc", h],
        &["trace", "x", "--proxy", h],
        &["trace", "x", "--gateway", h],
        &["trace", "x", "--server-name", h],
        &["trace", "x", "--expect-thumbprint", h],
        &["trace", "x", "--ca-file", h],
        &["trace", "x", "--host-files", h],
        &["trace", "x", "-u", h],
        &["trace", "x", "-u", "u", "--password-file", h],
        &["trace", "x", "-o", &report],
        &["trace", "x", "--report", &report],
        &["trace", "x", h],
        &["posture", h],
        &["demo", "--fault", h],
        &["demo", "--serve", h],
        &["judge", h],
        &["local", "--collected", h],
        &["local", "--evtx", h],
        &["local", "--reg", h],
        &["local", "--hive", h],
        &["explain", h],
        &["explain", "0x904", h],
        &["explain", "0x904", h, "--format", "json"],
        &["completions", h],
        &["schema", h],
    ];
    for arguments in cases {
        assert_plain_output(&rdptrace(arguments), &format!("{arguments:?}"));
    }
}

#[test]
fn contents_and_names_of_files() {
    let quoted = serde_json::to_string(HOSTILE).expect("a string");
    let contents = [
        format!("{{\"schema_version\": 1, \"started\": {quoted}}}"),
        format!("{{\"schema_version\": {quoted}}}"),
        HOSTILE.to_owned(),
        format!("full address:s:{HOSTILE}\nserver port:i:{HOSTILE}"),
        format!("-----BEGIN {HOSTILE}-----"),
        format!("Windows Registry Editor Version 5.00\r\n\r\n[{HOSTILE}]\r\n"),
    ];
    for (number, content) in contents.iter().enumerate() {
        for ending in ["x", ".rdp", ".reg"] {
            let plain = file(&format!("hostile-content-{number}{ending}"));
            fs::write(&plain, content).expect("a file");
            let plain = plain.to_str().expect("a path of text").to_owned();
            for path in [Some(plain), hostile_file(ending, content.as_bytes())].into_iter().flatten() {
                let path = path.as_str();
                for arguments in [
                    &["judge", path][..],
                    &["trace", "x", "--ca-file", path],
                    &["trace", path, "--until", "resolve"],
                    &["local", "--collected", path],
                    &["local", "--evtx", path],
                    &["local", "--reg", path],
                    &["local", "--hive", path],
                ] {
                    assert_plain_output(&rdptrace(arguments), &format!("{arguments:?}"));
                }
            }
        }
    }
}

/// A redirection's name reaches the page, the reason why there is no screenshot, and the log.
#[test]
fn what_a_server_sends() {
    for format in ["text", "json", "junit"] {
        let arguments = ["demo", "--fault", "redirect-to-hostile-name", "--format", format];
        let output = rdptrace(&arguments);
        assert_plain_output(&output, format);
        assert!(text(&output.stdout).contains("31m"), "the name is shown: {}", text(&output.stdout));
        assert_plain_output(&rdptrace(&[&arguments[..], &["-vv"]].concat()), format);
    }
    let server = crate::program::Served::start(&["--fault", "redirect-to-hostile-name"]);
    let png = file("hostile.png");
    let png = png.to_str().expect("a path of text");
    let options = ["--security", "tls", "--experiments", "off", "--local", "off", "--screenshot", png];
    let output = rdptrace(&[&["trace", server.1.as_str()], &options[..]].concat());
    assert!(text(&output.stderr).contains("no screenshot"), "{}", text(&output.stderr));
    assert_plain_output(&output, "screenshot");
}

/// Every text of a report is hostile, as far as it can be; JSON says the same as before, escaped.
#[test]
fn whatever_a_report_holds() {
    let output = rdptrace(&["demo", "--fault", "certificate-expired", "--format", "json"]);
    let mut report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut paths = Vec::new();
    texts(&report, String::new(), &mut paths);
    let mut changed = 0;
    for path in paths {
        let place = report.pointer_mut(&path).expect("it is there");
        let before = std::mem::replace(place, Value::from(HOSTILE));
        match serde_json::from_value::<Trace>(report.clone()) {
            Ok(_) => changed += 1,
            Err(_) => *report.pointer_mut(&path).expect("it is there") = before,
        }
    }
    assert!(changed > 20, "{changed}");
    let stored = file("hostile.json");
    fs::write(&stored, report.to_string()).expect("a file");
    let stored = stored.to_str().expect("a path of text");
    let further = file("hostile-further");
    for format in ["text", "json", "junit"] {
        let report = format!("{format}={}", further.display());
        let output = rdptrace(&["judge", stored, "--format", format, "--report", &report]);
        assert!(!output.stdout.is_empty(), "{}", text(&output.stderr));
        assert_plain_output(&output, format);
        assert_plain(&fs::read(&further).expect("a report"), format);
        if format != "json" {
            assert_told_alike(&text(&output.stdout), format);
        }
    }
    let output = rdptrace(&["judge", stored, "--color", "always"]);
    assert_plain(without_colours(&text(&output.stdout)).as_bytes(), "colours");
    assert!(!text(&output.stdout).contains("[31mred\u{1b}"));
    let output = rdptrace(&["judge", stored, "--format", "json"]);
    let judged: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(judged["target"]["input"], HOSTILE);
}

/// Holds that what must not be shown is replaced one for one, and that no line of the report's is ended by a foreign one.
fn assert_told_alike(said: &str, format: &str) {
    let shown: String = HOSTILE.chars().map(|c| if is_hostile(c) || c == '\n' { '?' } else { c }).collect();
    let said: String = said.split_whitespace().collect();
    assert!(said.contains(&shown), "{format}: {shown} in {said}");
    assert!(!said.contains("&#"), "{format}: an end of line in an attribute: {said}");
}

/// JSON pointers to every text.
fn texts(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| texts(item, format!("{path}/{index}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| texts(field, format!("{path}/{name}"), found));
        }
        _ => {}
    }
}

/// The page without the colours of its own, which are the only sequences that it has.
fn without_colours(page: &str) -> String {
    ["\u{1b}[1m", "\u{1b}[0m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"]
        .iter()
        .fold(page.to_owned(), |page, sequence| page.replace(sequence, ""))
}
