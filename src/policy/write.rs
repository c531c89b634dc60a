//! A policy that is made from a report, for somebody to edit: it promises what was seen, as far as that should last.

use time::Duration;

use super::{
    hosts::named,
    promise::{Asked, Promise, Proposal},
    subject::{Answer, Subject},
    topics,
    wanted::{Wanted, quoted},
};
use crate::{
    plain,
    report::{Report, Severity},
};

/// Days for which an allowance is proposed.
const ALLOWED_DAYS: i64 = 90;

/// The policy, as TOML. What it promises is kept by this report; findings are listed to be accepted, and are not.
pub fn proposed(report: &Report) -> String {
    let subject = Subject::of(report);
    let name = report.trace.target.as_ref().map(named);
    let shown = name.as_deref().map_or("this machine".into(), plain::line);
    let day = report.trace.started.0.date();
    let mut lines = vec![
        format!("# Promises of {shown}, as it was on {day}: edit them, then check with --policy FILE."),
        "# What stands first is promised of every host, [groups.NAME] with hosts = [...] and".to_owned(),
        "# [hosts.\"NAME\"] say more of some. Every name: `rdptrace schema policy`.".to_owned(),
        String::new(),
    ];
    lines.extend(proposals(&subject, |proposal| match proposal {
        Proposal::Everywhere(value) => Some(value),
        _ => None,
    }));
    let Some(host) = name else { return lines.join("\n") + "\n" };
    lines.extend([String::new(), format!("[hosts.{}]", quoted(&host))]);
    lines.extend(proposals(&subject, |proposal| match proposal {
        Proposal::Here(value) => Some(value),
        _ => None,
    }));
    lines.extend(allowances(report, &host));
    lines.join("\n") + "\n"
}

/// What is seen of a host, as a value to promise.
type Value = fn(&Subject<'_>) -> Option<Wanted>;

fn proposals(subject: &Subject<'_>, pick: fn(Proposal) -> Option<Value>) -> Vec<String> {
    let line = |promise: &Promise| {
        let wanted = pick(promise.proposal)?(subject)?;
        let is_shown = wanted.texts().iter().all(|text| plain::line(text) == *text);
        let answer = (promise.check)(subject, &Asked { wanted: &wanted, part: "" });
        (is_shown && matches!(answer, Answer::Kept(_)))
            .then(|| format!("{} = {}", promise.name, wanted.written()))
    };
    topics::all().filter_map(line).collect()
}

/// What was found, as a comment: nobody accepts it by writing a policy.
fn allowances(report: &Report, host: &str) -> Vec<String> {
    let until = report.trace.started.0.date() + Duration::days(ALLOWED_DAYS);
    let found = report.findings.iter().filter(|found| found.severity > Severity::Info);
    let mut lines: Vec<String> = found
        .flat_map(|found| {
            [
                "#".to_owned(),
                format!("# [[hosts.{}.findings.allow]]", quoted(host)),
                format!("# code = \"{}\"", found.code),
                "# reason = \"\"".to_owned(),
                format!("# until = {until}"),
            ]
        })
        .collect();
    if !lines.is_empty() {
        let head = "# What was found. To accept it, take the marks away and give a reason:".to_owned();
        lines.splice(0..1, [String::new(), head]);
    }
    lines
}
