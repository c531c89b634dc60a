//! What the experiments showed: those that ended alike share a line, and so do the repetitions.

use super::cells;
use crate::{
    codes::Phase,
    plain,
    report::{Connection, ExperimentKind, Purpose, Report, Status, Summary},
};

/// Names and outcome of the experiments, by the first one of each outcome; the repetitions last.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let (mut single, mut repeated) = (Vec::new(), Vec::new());
    for connection in &report.trace.connections {
        let Purpose::Experiment(name) = &connection.purpose else { continue };
        let group = if name.is(ExperimentKind::Repeat) { &mut repeated } else { &mut single };
        add(group, name.first().to_string(), outcome(connection));
    }
    let mut lines: Vec<String> =
        single.iter().map(|(outcome, names)| format!("{}: {outcome}", counted(names))).collect();
    let times: usize = repeated.iter().map(|(_, names)| names.len()).sum();
    let told = repeated.iter().map(|(outcome, names)| format!("{outcome}, {} of {times}", names.len()));
    if times > 0 {
        lines.push(format!("again, {}: {}", plain::times(times as u64), told.collect::<Vec<_>>().join("; ")));
    }
    lines
}

/// Each name once, with how often it was made.
fn counted(names: &[String]) -> String {
    let mut told: Vec<String> = Vec::new();
    for (at, name) in names.iter().enumerate().filter(|(at, name)| !names[..*at].contains(name)) {
        let times = names[at..].iter().filter(|other| *other == name).count();
        told.push(if times == 1 { name.clone() } else { format!("{name} ({})", plain::times(times as u64)) });
    }
    told.join(", ")
}

fn add(group: &mut Vec<(String, Vec<String>)>, name: String, outcome: String) {
    match group.iter_mut().find(|(same, _)| *same == outcome) {
        Some((_, names)) => names.push(name),
        None => group.push((outcome, vec![name])),
    }
}

fn outcome(connection: &Connection) -> String {
    let summaries = connection.phases.summaries();
    let Some(last) = summaries.last() else {
        return "nothing was sent: the time of the run was over".to_owned();
    };
    let http =
        matches!(&connection.purpose, Purpose::Experiment(name) if name.is(ExperimentKind::HttpRequest));
    let speaks = connection.phases.negotiate.as_ref().and_then(|made| made.evidence.speaks.as_ref());
    match (last.status, last.failure) {
        (_, Some(_)) if http && speaks.is_some() => {
            format!("answered with {}", speaks.map_or("", |speaks| speaks))
        }
        (_, Some(failure)) => match &failure.name {
            Some(name) => format!("{} {name} in {}", failure.kind.name(), last.phase),
            None => format!("{} in {}", failure.kind.name(), last.phase),
        },
        (Status::Passed, None) => passed(connection, last),
        _ if last.phase == Phase::Negotiate => last.stopped.unwrap_or("stopped in negotiate").to_owned(),
        _ => first_words(connection).unwrap_or_else(|| format!("stopped in {}", last.phase)),
    }
}

/// The protocol that was selected, and what the server said first with it.
fn first_words(connection: &Connection) -> Option<String> {
    let evidence = &connection.phases.credssp.as_ref()?.evidence;
    let selected = connection.phases.negotiate.as_ref()?.evidence.selected?;
    let said = cells::first_words(evidence.rdstls, evidence.rdsaad)?;
    Some(format!("selected {}, {said}", selected.name()))
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
            let parts = parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            // A hello of our own is answered with a ServerHello; the handshake is not finished.
            match record.evidence.signature {
                Some(_) => format!("passed {parts}"),
                None => format!("ServerHello {parts}"),
            }
        }),
        _ => None,
    };
    said.unwrap_or_else(|| format!("passed {}", last.phase))
}
