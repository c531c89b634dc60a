//! The page as it is seen: its width, its last line, what it does not repeat, and what a terminal shows while it is made.

use rdptrace::{Report, render};
use serde_json::{Value, json};

use crate::{
    faults::{settings_for, trace},
    lab::fault,
    program::{rdptrace, text},
};

async fn report_of(name: &str) -> Report {
    let fault = Some(fault(name));
    trace(fault, &settings_for(fault)).await
}

/// The page without colours in so many columns.
fn page(report: &Report, width: usize) -> String {
    let mut plain = anstream::StripStream::new(Vec::new());
    render::text_within(report, width, &mut plain).expect("memory takes everything");
    String::from_utf8(plain.into_inner()).expect("text")
}

fn widest(page: &str) -> usize {
    page.lines().map(|line| line.chars().count()).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_page_takes_the_width_that_there_is_from_60_to_120_columns() {
    let report = report_of("certificate-expired").await;
    let words = |page: &str| page.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let usual = words(&page(&report, 80));
    for (asked, most) in [(10, 60), (60, 60), (72, 72), (80, 80), (120, 120), (400, 120)] {
        let page = page(&report, asked);
        assert!(widest(&page) <= most, "{asked}: {}\n{page}", widest(&page));
        assert_eq!(words(&page), usual, "{asked}");
    }
    assert!(widest(&page(&report, 120)) > 80);
}

#[tokio::test(start_paused = true)]
async fn no_finding_only_points_to_a_phase() {
    for name in ["logon-failure", "negotiate-malformed", "mcs-refused", "tls-handshake-failure"] {
        let report = report_of(name).await;
        let page = page(&report, 80);
        let failure = report.verdict.failure.as_ref().expect("it fails").detail.clone();
        assert!(!page.contains(", see "), "{name}: {page}");
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        let same = report.findings.iter().filter(|found| found.phase.is_some() && found.message == failure);
        for found in same {
            assert!(page.contains(found.code.as_str()), "{name}: {} is named\n{page}", found.code);
            assert!(!page.contains(&format!("{}: ", found.code)), "{name}: {page}");
        }
    }
}

#[test]
fn a_page_ends_with_date_version_and_own_address() {
    let page = text(&rdptrace(&["demo"]).stdout);
    let last = page.lines().last().expect("a line");
    let (date, rest) = last.split_once(" UTC, ").unwrap_or_else(|| panic!("{last}"));
    assert!(date.len() == 19 && date.starts_with("20"), "{last}");
    assert_eq!(rest, concat!("rdptrace ", env!("CARGO_PKG_VERSION"), ", from 127.0.0.1"));
    let refused = text(&rdptrace(&["127.0.0.1:1", "--experiments", "off", "--local", "off"]).stdout);
    assert!(
        refused.lines().last().is_some_and(|last| last.ends_with(env!("CARGO_PKG_VERSION"))),
        "{refused}"
    );
    assert!(widest(&page) <= 80, "{page}");
}

/// A terminal of `script`, where there is one.
#[cfg(target_os = "linux")]
mod terminal {
    use std::process::{Command, Stdio};

    use super::{text, widest};

    fn on_terminal(columns: usize, arguments: &str) -> Option<String> {
        let line = format!("stty cols {columns} rows 40; {} {arguments}", env!("CARGO_BIN_EXE_rdptrace"));
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).env("TERM", "xterm").env_remove("NO_COLOR");
        command.stdin(Stdio::null()).output().ok().map(|output| text(&output.stdout))
    }

    #[test]
    fn phases_appear_as_they_end_and_experiments_are_counted() {
        let Some(seen) = on_terminal(80, "demo --fault negotiate-close") else { return };
        let shown = |what: &str| seen.find(what).unwrap_or_else(|| panic!("{what}: {seen:?}"));
        let (connect, failed) = (shown("  connect "), shown("ms  FAILED"));
        let (first, last) = (shown("  experiments: 1 of "), shown("Verdict"));
        assert!(connect < failed && failed < first && first < last, "{seen:?}");
        assert!(seen.contains("\u{1b}[J"), "the lines give way to the page: {seen:?}");
    }

    #[test]
    fn the_page_is_as_wide_as_the_terminal() {
        for (columns, most) in [(40, 60), (100, 100), (200, 120)] {
            let Some(seen) = on_terminal(columns, "demo --fault certificate-expired --color never") else {
                return;
            };
            let (_, page) = seen.split_once("\u{1b}[J").unwrap_or(("", &seen));
            let page = page.replace('\r', "");
            let (page, _) = page.split_once("Try next:").expect("what to try next");
            assert!(widest(page) <= most, "{columns}: {page}");
            assert!(columns < 80 || widest(page) > 80, "{columns}: {page}");
        }
    }
}

/// How a wait went is told by its first and its last endings; one line is not left out for another.
#[tokio::test(start_paused = true)]
async fn of_many_endings_of_a_wait_the_first_and_the_last_are_shown() {
    let seen = serde_json::to_value(report_of("certificate-expired").await).expect("JSON");
    for (endings, hidden) in [(2, 0), (6, 0), (7, 0), (8, 2), (20, 14)] {
        let mut report = seen.clone();
        let entry = |number: usize| json!({ "at_ms": 100 * number, "phase": "connect", "kind": "closed", "code": number });
        let timeline: Vec<Value> = (0..endings).map(entry).collect();
        report["wait"] = json!({ "tries": endings, "elapsed_ms": 5000, "timeline": timeline });
        let page = page(&serde_json::from_value(report).expect("a report"), 80);
        let shown = (0..endings)
            .filter(|number| page.contains(&format!("{:.1} s: connect closed", *number as f64 / 10.0)));
        assert_eq!(shown.count(), endings - hidden, "{endings}: {page}");
        let told = page.contains(&format!("and {hidden} other endings"));
        assert_eq!(told, hidden > 0, "{endings}: {page}");
    }
}
