//! What the experiments showed, a line each.

use crate::{
    codes::Phase,
    report::{Connection, Purpose, Report, Status, Summary},
};

/// Name and outcome of each experiment; the numbered ones that showed the same share a line.
pub fn lines(report: &Report) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String, usize)> = Vec::new();
    for connection in &report.trace.connections {
        let Purpose::Experiment(name) = &connection.purpose else { continue };
        let (name, outcome) = (unnumbered(name), outcome(connection));
        match lines.last_mut() {
            Some((before, same, times)) if *before == name && *same == outcome => *times += 1,
            _ => lines.push((name.to_owned(), outcome, 1)),
        }
    }
    let told = |(name, outcome, times)| match times {
        1 => (name, outcome),
        times => (name, format!("{outcome}, {times} times")),
    };
    lines.into_iter().map(told).collect()
}

/// `repeat-2` is a `repeat`.
fn unnumbered(name: &str) -> &str {
    let is_number = |last: &str| last.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once('-') {
        Some((base, last)) if is_number(last) => base,
        _ => name,
    }
}

fn outcome(connection: &Connection) -> String {
    let summaries = connection.phases.summaries();
    let Some(last) = summaries.last() else {
        return "nothing was sent: the time of the run was over".to_owned();
    };
    match (last.status, last.failure) {
        (_, Some(failure)) => match &failure.name {
            Some(name) => format!("{} {name} in {}", failure.kind.name(), last.phase),
            None => format!("{} in {}", failure.kind.name(), last.phase),
        },
        (Status::Passed, None) => passed(connection, last),
        _ => format!("stopped in {}", last.phase),
    }
}

fn passed(connection: &Connection, last: &Summary<'_>) -> String {
    let phases = &connection.phases;
    let said = match last.phase {
        Phase::Negotiate => phases
            .negotiate
            .as_ref()
            .and_then(|record| record.evidence.selected)
            .map(|selected| format!("selected {}", selected.name())),
        Phase::Tls => phases.tls.as_ref().map(|record| {
            let parts = [&record.evidence.version, &record.evidence.cipher_suite];
            // A hello of our own is answered with a ServerHello; the handshake is not finished.
            let how = if record.evidence.signature.is_some() { "passed" } else { "ServerHello" };
            format!("{how} {}", parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" "))
        }),
        _ => None,
    };
    said.unwrap_or_else(|| format!("passed {}", last.phase))
}
