//! Every finding and every cause has a page that is about it.

use std::collections::BTreeSet;

use rdptrace::internal::{
    demo::FAULTS,
    diagnose::{emitted, page, paged},
};

use crate::faults::told_of;

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let (emitted, paged): (BTreeSet<&str>, BTreeSet<&str>) = (emitted().collect(), paged().collect());
    let missing: Vec<_> = emitted.difference(&paged).collect();
    let unused: Vec<_> = paged.difference(&emitted).collect();
    assert!(missing.is_empty() && unused.is_empty(), "without a page: {missing:?}; never used: {unused:?}");
}

#[test]
fn no_code_has_two_pages() {
    let mut seen = BTreeSet::new();
    let twice: Vec<&str> = paged().filter(|code| !seen.insert(*code)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// How an entry goes on: for everybody, or for one system.
const WHOM: &[&str] = &[": ", " (Windows): ", " (xrdp): "];

/// Meaning, check and fix, short enough to be read under pressure and narrow enough for every terminal.
#[test]
fn every_page_says_what_it_means_how_to_check_and_how_to_fix() {
    for code in paged() {
        let page = page(code).expect("it is listed");
        let lines: Vec<&str> = page.lines().collect();
        assert!(lines[0].starts_with("# ") && lines[0].contains(code), "{code}: {}", lines[0]);
        assert!((8..=25).contains(&lines.len()), "{code} has {} lines", lines.len());
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{code} is wider than 80 columns");
        for part in ["Check", "Fix"] {
            let mut entries = lines.iter().filter(|line| line.starts_with(part)).peekable();
            assert!(entries.peek().is_some(), "{code} has no {part}");
            let begins = |line: &&str| {
                WHOM.iter().any(|whom| line.strip_prefix(part).is_some_and(|rest| rest.starts_with(whom)))
            };
            assert!(entries.all(begins), "{code} has advice for nobody");
        }
    }
}

#[test]
fn the_page_of_a_code_is_about_that_code() {
    let expired = page("certificate-expired").expect("a page");
    assert!(expired.starts_with("# certificate-expired\n"), "{expired}");
    assert!(!expired.contains("# certificate-not-yet-valid"), "{expired}");
    assert!(page("no-such-code").is_none());
    assert!(page("").is_none());
}

/// The list of codes is what reports really hold.
#[tokio::test(start_paused = true)]
async fn every_code_of_a_report_is_listed() {
    let listed: BTreeSet<&str> = emitted().collect();
    for fault in FAULTS {
        let report = told_of(Some(fault)).await;
        let found = report.findings.iter().map(|finding| finding.code.as_str());
        let causes = report.causes.iter().map(|cause| cause.code.as_str());
        for code in found.chain(causes) {
            assert!(listed.contains(code), "{}: {code} is in no list", fault.name);
        }
    }
}
