//! The report as JUnit XML: a test case a phase, a step of the gateway, a finding and a promise, as Jenkins, GitLab and GitHub's
//! reporters read it.
//!
//! The `--fail-on` threshold is not part of the report: the caller passes it here as it does to `cli::exit`, so a red
//! test report and the exit code agree. Findings below it pass and are listed in system-out. Stopped phases are
//! skipped, and so are a failure that a retry answers and a phase that does not occur. What the user interrupted is an
//! error: nobody knows whether it would have passed.

mod cases;

use std::io::{self, Write};

use quick_xml::{
    events::{BytesDecl, BytesText, Event},
    writer::{ElementWriter, Writer},
};

use super::case::{Case, Ending};
use super::wait;
use crate::{
    endpoint::place,
    plain,
    report::{Millis, Report, Severity},
};
use cases::cases;

/// Writes one suite; findings from `threshold` on are failures, as they are for the exit code.
///
/// # Errors
/// Those of the writer.
pub fn junit(report: &Report, threshold: Option<Severity>, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(report, threshold);
    let totals = totals(report, &cases, suite_name(report));
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = xml.create_element("testsuites").with_attributes(attributes(&totals));
    all.write_inner_content(|xml| suite(xml, report, &totals, &cases))?;
    writeln!(out)
}

/// Writes what comes before the suites of many reports, with the errors of the writer.
pub fn junit_head(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")
}

/// Writes what comes after them, with the same.
pub fn junit_foot(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</testsuites>")
}

/// Writes the suite of one of them. The name of a watched connection has both ends, because several go to one server.
///
/// # Errors
/// Those of the writer.
pub fn junit_suite(report: &Report, threshold: Option<Severity>, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(report, threshold);
    let watched = report.trace.described().filter(|described| described.watched.is_some());
    let client = watched.and_then(|described| described.local);
    let name = client.map(|client| format!("{} from {client}", suite_name(report)));
    let totals = totals(report, &cases, name.unwrap_or_else(|| suite_name(report)));
    suite(&mut Writer::new_with_indent(&mut *out, b' ', 2), report, &totals, &cases)?;
    writeln!(out)
}

/// Writes the suite of a host of which nothing is known, because it was left for this reason.
///
/// # Errors
/// Those of the writer.
pub fn junit_left(host: &str, why: &str, out: &mut dyn Write) -> io::Result<()> {
    let name = clean(&format!("rdptrace {host}"));
    let case = Case {
        group: "run".to_owned(),
        name: "whole".to_owned(),
        elapsed: Millis::default(),
        result: Ending::Interrupted { why: why.to_owned() },
    };
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    let totals = [("name", name.as_str()), ("tests", "1"), ("failures", "0"), ("errors", "1")];
    let element = xml.create_element("testsuite").with_attributes(totals);
    element.write_inner_content(|xml| write_case(xml, &name.replacen(' ', ".", 1), &case))?;
    writeln!(out)
}

fn suite<W: Write>(xml: &mut Writer<W>, report: &Report, totals: &Totals, cases: &[Case]) -> io::Result<()> {
    // Cases of two hosts must not have one name: GitLab shows one of them only.
    let class = totals[0].1.replacen(' ', ".", 1);
    let element = xml.create_element("testsuite").with_attributes(attributes(totals));
    element.write_inner_content(|xml| {
        cases.iter().try_for_each(|case| write_case(xml, &class, case))?;
        text(xml, "system-out", &summary(report))
    })?;
    Ok(())
}

/// What a suite says of all its cases.
type Totals = [(&'static str, String); 7];

fn totals(report: &Report, cases: &[Case], name: String) -> Totals {
    let count = |wanted: fn(&Ending) -> bool| cases.iter().filter(|case| wanted(&case.result)).count();
    [
        ("name", name),
        ("tests", cases.len().to_string()),
        ("failures", count(|result| matches!(result, Ending::Failed { .. })).to_string()),
        ("errors", count(|result| matches!(result, Ending::Interrupted { .. })).to_string()),
        ("skipped", count(|result| matches!(result, Ending::Skipped { .. })).to_string()),
        ("time", seconds(elapsed(report))),
        ("timestamp", report.trace.started.to_rfc3339().unwrap_or_default()),
    ]
}

fn attributes(totals: &Totals) -> impl Iterator<Item = (&str, &str)> {
    totals.iter().map(|(name, value)| (*name, value.as_str()))
}

fn suite_name(report: &Report) -> String {
    let Some(target) = &report.trace.target else { return "rdptrace local".to_owned() };
    clean(&format!("rdptrace {}", place(&target.host, target.port)))
}

/// The run, with the wait that was part of it.
fn elapsed(report: &Report) -> Millis {
    report.trace.wait.as_ref().map_or(report.trace.elapsed_ms, |wait| wait.elapsed_ms)
}

/// The verdict's sentence, and how the host was waited for.
fn summary(report: &Report) -> String {
    let mut lines = vec![report.verdict.summary.clone()];
    if let Some(waited) = &report.trace.wait {
        lines.push(format!("waited {}", wait::total(waited)));
        lines.extend(wait::stretches(waited));
    }
    lines.iter().map(|line| clean(line)).collect::<Vec<_>>().join("\n")
}

fn seconds(millis: Millis) -> String {
    format!("{:.5}", millis.0 / 1000.0)
}

fn write_case<W: Write>(xml: &mut Writer<W>, class: &str, case: &Case) -> io::Result<()> {
    let name = clean(&format!("{} {}", case.group, case.name));
    let time = seconds(case.elapsed);
    let attributes = [("classname", class), ("name", &name), ("time", &time)];
    let element = xml.create_element("testcase").with_attributes(attributes);
    match &case.result {
        Ending::Passed { said: None } => element.write_empty().map(|_| ()),
        Ending::Passed { said: Some(said) } => {
            element.write_inner_content(|xml| text(xml, "system-out", &clean(said))).map(|_| ())
        }
        Ending::Skipped { why } => element
            .write_inner_content(|xml| {
                let why = clean(why);
                xml.create_element("skipped")
                    .with_attribute(("message", why.as_str()))
                    .write_empty()
                    .map(|_| ())
            })
            .map(|_| ()),
        Ending::Failed { kind, message } => told(element, "failure", kind, message),
        Ending::Interrupted { why } => told(element, "error", "interrupted", why),
    }
}

/// A case with an element that says what is wrong.
fn told<W: Write>(case: ElementWriter<'_, W>, element: &str, kind: &str, message: &str) -> io::Result<()> {
    let (kind, message) = (clean(kind), clean(message));
    case.write_inner_content(|xml| {
        let attributes = [("type", kind.as_str()), ("message", &message)];
        let body = BytesText::new(&message);
        xml.create_element(element).with_attributes(attributes).write_text_content(body).map(|_| ())
    })
    .map(|_| ())
}

fn text<W: Write>(xml: &mut Writer<W>, element: &str, content: &str) -> io::Result<()> {
    xml.create_element(element).write_text_content(BytesText::new(content)).map(|_| ())
}

/// What must not be shown is replaced; what XML 1.0 cannot write (section 2.2) is among it.
fn clean(text: &str) -> String {
    plain::line(text).into_owned()
}
