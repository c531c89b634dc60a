//! The parts of the page that are tables: findings, promises, posture, certificate, experiments, client, UDP, machine.

use super::{
    section::{Fold, Row, Section},
    shown::Shown,
    tone::Tone,
};
use crate::{
    render::{cells, client, experiments, local, posture, promises, rdp_file, udp, wait, working},
    report::{Certificate, CheckStatus, PromiseStatus, Report},
};

/// Those that a report has, in the order of the page.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    let sections = [
        findings(report),
        promised(report),
        accepted(report),
        report.certificate.as_ref().and_then(|served| certificate(served, report)),
        list("experiments", "Experiments", experiments::lines(report)),
        offered(report),
        datagrams(report),
        waited(report),
        settings(report),
        list("file", "File", rdp_file::lines(report)),
        machine(report),
    ];
    sections.into_iter().flatten().collect()
}

fn findings(report: &Report) -> Option<Section> {
    let rows = report.findings.iter().map(|found| {
        Row::new(found.code.as_str(), [promises::decided(found)])
            .told(found.severity.into(), cells::severity(found.severity))
    });
    Section::of("findings", "Findings", Fold::Open, rows.collect())
}

fn promised(report: &Report) -> Option<Section> {
    let rows = promises::sorted(report).map(|one| {
        let tone = match one.status {
            PromiseStatus::Kept => Tone::Good,
            PromiseStatus::Broken => Tone::Bad,
            PromiseStatus::NotChecked => Tone::Caution,
        };
        Row::new(&one.name, [promises::said(one)]).told(tone, promises::word(one.status))
    });
    Section::of("promises", "Promises", Fold::Open, rows.collect())
}

fn accepted(report: &Report) -> Option<Section> {
    let seen = report.posture.as_ref()?;
    let mut rows: Vec<Row> = Vec::new();
    for line in posture::rows(report, seen) {
        match rows.last_mut() {
            Some(before) if line.lead.is_empty() => before.lines.push(Shown::new(line.text)),
            _ => {
                let row = Row::new(&line.lead, [line.text]);
                let (tone, word) = line.word;
                rows.push(if word.is_empty() { row } else { row.told(tone.into(), word) });
            }
        }
    }
    let section = Section::of("posture", "What the server accepts", Fold::Open, rows)?;
    Some(Section { lead: Shown::new(posture::connections(report, seen)), ..section })
}

fn settings(report: &Report) -> Option<Section> {
    let mut rows: Vec<Row> = Vec::new();
    for (client, line) in working::lines(report.working.as_ref()?) {
        match rows.last_mut() {
            Some(before) if client.is_empty() => before.lines.push(Shown::new(line)),
            _ => rows.push(Row::new(client, [line])),
        }
    }
    Section::of("settings", "Settings that work", Fold::Closed, rows)
}

fn certificate(served: &Certificate, report: &Report) -> Option<Section> {
    let chain =
        served.chain.iter().map(|one| one.subject.as_deref().unwrap_or("a certificate that cannot be read"));
    let rows = vec![
        Row::new("Subject", [&served.subject]),
        Row::new("Issuer", [cells::trust(served)]),
        Row::new("Valid", [cells::validity(served, report.trace.started)]),
        Row::new("Names", [cells::names(&served.names)]),
        Row::new("Key", [cells::key(served)]),
        Row::new("Signature", [&served.signature.algorithm]),
        Row::new("SHA-1", [&served.sha1]),
        Row::new("SHA-256", [&served.sha256]),
        Row::new("Chain", chain),
    ];
    let rows = rows.into_iter().filter(|row| !row.lines.is_empty()).collect();
    Section::of("certificate", "Certificate", Fold::Open, rows)
}

/// Lines without names.
fn list(id: &'static str, title: &str, lines: Vec<String>) -> Option<Section> {
    let rows = lines.iter().map(|line| match line.split_once(": ") {
        Some((name, text)) if id == "experiments" => Row::new(name, [text]),
        _ => Row::new("", [line]),
    });
    Section::of(id, title, Fold::Closed, rows.collect())
}

fn offered(report: &Report) -> Option<Section> {
    let client = report.trace.connections.iter().find_map(|made| made.client.as_ref())?;
    let rows = client::rows(client).into_iter().map(|(what, text)| Row::new(what, [text]));
    let fold = if report.trace.request.listen { Fold::Open } else { Fold::Closed };
    Section::of("client", "What the client offers", fold, rows.collect())
}

fn datagrams(report: &Report) -> Option<Section> {
    let rows = report.trace.udp.iter().map(|seen| Row::new("", udp::facts(seen)));
    Section::of("udp", "UDP", Fold::Open, rows.collect())
}

fn waited(report: &Report) -> Option<Section> {
    let wait = report.trace.wait.as_ref()?;
    let lines = std::iter::once(wait::total(wait)).chain(wait::stretches(wait));
    list("waited", "Waited", lines.collect())
}

/// What is wrong first; open where the machine is what the report is about.
fn machine(report: &Report) -> Option<Section> {
    let checks = local::ORDER.iter().flat_map(|status| local::of(report, *status));
    let rows = checks.map(|check| {
        let tone = match check.status {
            CheckStatus::Error => Tone::Bad,
            CheckStatus::Warning | CheckStatus::Unknown => Tone::Caution,
            CheckStatus::Ok | CheckStatus::NotApplicable => Tone::Good,
        };
        let lines = std::iter::once(&check.message).chain(&check.observed);
        Row::new(&check.code, lines).told(tone, check.status.name())
    });
    let fold = if report.trace.target.is_none() { Fold::Open } else { Fold::Closed };
    let section = Section::of("machine", "This machine", fold, rows.collect())?;
    let lead = report.trace.machine.as_ref().map(|_| local::name(report)).unwrap_or_default();
    Some(Section { lead: Shown::new(lead), ..section })
}
