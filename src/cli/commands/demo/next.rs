//! What to try after a demo.

use crate::{
    cli::arguments::demo::DemoArguments,
    demo::{self, gateway},
    report::{Report, Severity},
};

/// A line each: what was found, a fault to look at, and the user's own server.
pub(super) fn lines(arguments: &DemoArguments, report: &Report) -> Vec<String> {
    let (way, count) = match arguments.gateway {
        true => (" --gateway", gateway::all().count()),
        false => ("", demo::FAULTS.len()),
    };
    let mut next = Vec::new();
    if let Some(code) = worth_a_look(report) {
        next.push((format!("rdptrace explain {code}"), "what that means".to_owned()));
    }
    if arguments.fault.is_none() {
        let shown = if arguments.gateway { "gateway-refused" } else { "mcs-reset" };
        next.push((format!("rdptrace demo{way} --fault {shown}"), "a connection that fails".to_owned()));
    }
    next.push((format!("rdptrace demo{way} --list"), format!("{count} faults to look at")));
    if !arguments.gateway {
        next.push(("rdptrace demo --gateway".to_owned(), "through an RD Gateway".to_owned()));
    }
    next.push(("rdptrace HOST".to_owned(), "a server of your own".to_owned()));
    let column = next.iter().map(|(line, _)| line.len()).max().unwrap_or_default();
    let line = |(line, what)| format!("  {line:<column$}  {what}");
    ["".to_owned(), "Try next:".to_owned()].into_iter().chain(next.into_iter().map(line)).collect()
}

/// The best cause, or the worst finding that is more than a remark.
fn worth_a_look(report: &Report) -> Option<String> {
    let cause = report.causes.first().map(|cause| cause.code.to_string());
    let finding = || {
        let worst = report.findings.iter().filter(|found| found.severity > Severity::Info);
        worst.max_by_key(|found| found.severity).map(|found| found.code.to_string())
    };
    cause.or_else(finding)
}
