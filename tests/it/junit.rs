//! What a CI system relies on in the JUnit report, read with a strict XML parser.

use rdptrace::{
    Report,
    codes::Phase,
    internal::demo::FAULTS,
    render,
    report::{Named, Outcome, Purpose, Severity, Status},
};
use roxmltree::{Document, Node};

use crate::{
    faults::{settings, told_of, trace},
    lab::fault,
};

pub(crate) fn junit(report: &Report, threshold: Option<Severity>) -> String {
    let mut bytes = Vec::new();
    render::junit(report, threshold, &mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("text")
}

/// The message of the one error, which is a run that was given up.
pub(crate) fn interrupted_case(report: &Report) -> Option<String> {
    let text = junit(report, Some(Severity::Error));
    let document = Document::parse(&text).expect("XML");
    assert_counts(&document, "interrupted");
    let errors = elements(&document, "error");
    assert!(errors.len() < 2, "{text}");
    errors.first().and_then(|error| error.parent()?.attribute("name").map(str::to_owned))
}

fn elements<'a>(document: &'a Document<'a>, name: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.has_tag_name(name)).collect()
}

/// The totals of both levels are those of the elements, and every case has a name, a class and a time.
pub(crate) fn assert_counts(document: &Document<'_>, about: &str) {
    let suites = [elements(document, "testsuites"), elements(document, "testsuite")].concat();
    assert_eq!(suites.len(), 2, "{about}");
    for suite in suites {
        for (attribute, element) in
            [("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped"), ("errors", "error")]
        {
            let counted = elements(document, element).len().to_string();
            assert_eq!(suite.attribute(attribute), Some(counted.as_str()), "{about}: {attribute}");
        }
        assert!(suite.attribute("time").is_some_and(|time| time.parse::<f64>().is_ok()), "{about}");
    }
    for case in elements(document, "testcase") {
        assert!(case.attribute("name").is_some_and(|name| !name.is_empty()), "{about}");
        assert!(
            case.attribute("classname").is_some_and(|name| name.starts_with("rdptrace.")
                && name.contains(':')
                || name == "rdptrace.local"),
            "{about}"
        );
        assert!(case.attribute("time").is_some_and(|time| time.parse::<f64>().is_ok()), "{about}");
        let verdicts = case
            .children()
            .filter(|n| ["failure", "skipped", "error"].iter().any(|name| n.has_tag_name(*name)));
        assert!(verdicts.count() <= 1, "{about}");
    }
}

/// A red report and an exit code other than 0 mean the same, but for what we chose to leave out.
#[tokio::test(start_paused = true)]
async fn every_fault_gives_a_report_that_counts_right() {
    for fault in FAULTS {
        let report = told_of(Some(fault)).await;
        let text = junit(&report, Some(Severity::Error));
        let document =
            Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", fault.name));
        assert_counts(&document, fault.name);
        assert!(elements(&document, "error").is_empty(), "{}: nobody interrupted it", fault.name);
        let serious = report.findings.iter().any(|finding| finding.severity == Severity::Error);
        let red = report.verdict.outcome == Outcome::Aborted || serious;
        assert_eq!(!elements(&document, "failure").is_empty(), red, "{}\n{text}", fault.name);
        let told =
            elements(&document, "failure").iter().map(|node| node.attribute("message")).collect::<Vec<_>>();
        assert!((1..told.len()).all(|at| !told[..at].contains(&told[at])), "{}\n{text}", fault.name);
        let last = report.trace.described().expect("a connection").phases.summaries();
        let stopped = last.iter().any(|summary| summary.status == Status::Stopped);
        assert!(!stopped || !elements(&document, "skipped").is_empty(), "{}", fault.name);
    }
}

#[tokio::test(start_paused = true)]
async fn findings_fail_from_the_threshold_on() {
    let report = trace(Some(fault("certificate-untrusted")), &settings()).await;
    for (threshold, red) in [(None, false), (Some(Severity::Error), false), (Some(Severity::Warning), true)] {
        let text = junit(&report, threshold);
        let document = Document::parse(&text).expect("XML");
        let failed: Vec<_> =
            elements(&document, "failure").iter().filter_map(|n| n.attribute("type")).collect();
        assert_eq!(failed, if red { vec!["warning"] } else { vec![] });
        let told = elements(&document, "system-out")
            .iter()
            .any(|n| n.text().is_some_and(|t| t.starts_with("warning: ")));
        assert_eq!(told, !red);
    }
}

/// The refusal that a retry answers is no failure of the host.
#[tokio::test(start_paused = true)]
async fn the_phases_of_the_retry_are_cases_of_their_own() {
    let report = trace(Some(fault("standard-security-only")), &settings()).await;
    let text = junit(&report, Some(Severity::Error));
    let document = Document::parse(&text).expect("XML");
    let result = |purpose: Purpose, name: &str| {
        let name = format!("{purpose} {name}");
        let case = elements(&document, "testcase").into_iter().find(|n| n.attribute("name") == Some(&name));
        case.expect("the case").first_element_child().map(|n| n.tag_name().name().to_owned())
    };
    assert_eq!(result(Purpose::Main, "negotiate").as_deref(), Some("skipped"));
    assert_eq!(result(Purpose::Retry, "negotiate"), None);
}

/// A phase that was asked for and does not occur is skipped, not forgotten.
#[tokio::test(start_paused = true)]
async fn a_phase_that_does_not_occur_is_skipped() {
    let settings =
        settings().account(None).until(Some(Phase::Credssp)).security(rdptrace::settings::Security::Tls);
    let text = junit(&trace(None, &settings).await, Some(Severity::Error));
    let document = Document::parse(&text).expect("XML");
    let skipped = elements(&document, "skipped");
    assert_eq!(skipped.len(), 1, "{text}");
    assert_eq!(skipped[0].parent().and_then(|n| n.attribute("name")), Some("main credssp"));
}

/// Whatever a server puts into a name or a message, the file stays XML and says no more than it should.
#[tokio::test(start_paused = true)]
async fn hostile_text_stays_text() {
    let mut report = trace(Some(fault("certificate-expired")), &settings()).await;
    let hostile =
        "\u{0}\u{1b}[31m\u{8}]]></failure><testcase name=\"x\"/>&lt;&#0;\u{fffe}\u{85}'\"\r\n\u{1f600}";
    report.trace.target.as_mut().expect("a target").host = hostile.to_owned();
    report.verdict.summary = hostile.to_owned();
    for finding in &mut report.findings {
        finding.code = Named::of(hostile);
        finding.message = hostile.to_owned();
    }
    let text = junit(&report, Some(Severity::Error));
    let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_counts(&document, "hostile");
    let kept = "??[31m?]]></failure><testcase name=\"x\"/>&lt;&#0;??'\"??\u{1f600}";
    assert_eq!(elements(&document, "failure")[0].text(), Some(kept));
}
