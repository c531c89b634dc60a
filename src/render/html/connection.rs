//! A connection: the picture, and a table with the same facts.

use super::{
    end::{capital, end},
    section::Row,
    shown::Shown,
    timeline::{Timeline, timeline},
    tone::Tone,
};
use crate::{
    codes::Phase,
    endpoint::place,
    plain,
    render::{cells, client, connections, gateway, phases, session},
    report::{Answerer, Connection, Direction, Purpose, Report, Status, Summary, Timestamp},
};

/// A connection.
pub(super) struct ConnectionView {
    pub(super) title: Shown,
    /// Names that did not answer, and what else is said before the picture.
    pub(super) notes: Vec<Shown>,
    pub(super) picture: Option<Timeline>,
    pub(super) ended: Option<(Tone, Shown)>,
    pub(super) phases: Vec<PhaseRow>,
    pub(super) gateway: Option<(Shown, Vec<PhaseRow>)>,
    pub(super) frames: Vec<FrameRow>,
    pub(super) frames_omitted: u64,
}

/// A phase, or a step of a gateway.
pub(super) struct PhaseRow {
    pub(super) row: Row,
    pub(super) time: Shown,
}

/// A frame.
pub(super) struct FrameRow {
    pub(super) at: String,
    pub(super) phase: &'static str,
    pub(super) way: &'static str,
    pub(super) length: usize,
    pub(super) tls: &'static str,
}

/// Every connection that was traced.
pub(super) fn connections(report: &Report) -> Vec<ConnectionView> {
    let traced: Vec<&Connection> = report.trace.traced().collect();
    let view = |(at, made): (usize, &&Connection)| {
        let again = at.checked_sub(1).map_or("", |before| connections::again(made, traced[before]));
        let purpose = match &made.purpose {
            Purpose::Main if made.watched.is_none() => "main connection".to_owned(),
            _ => connections::purpose(made),
        };
        let title = capital(&format!("{purpose}{again}"));
        view(made, if traced.len() > 1 { title } else { "Connection".to_owned() }, report)
    };
    traced.iter().enumerate().map(view).collect()
}

fn view(made: &Connection, title: String, report: &Report) -> ConnectionView {
    let tried = made.hop.iter().flat_map(|hop| &hop.tried).map(|tried| format!("tried before: {tried}"));
    let client = made.client.as_ref().and_then(client::line).map(|line| format!("client: {line}"));
    ConnectionView {
        title: Shown::new(title),
        notes: Shown::all(tried.chain(client)),
        picture: timeline(made),
        ended: end(made).map(|end| (end.tone, Shown::new(end.text))),
        phases: rows(made, report.answerer()),
        gateway: steps(made, report.trace.started),
        frames: made.frames.iter().map(frame).collect(),
        frames_omitted: made.frames_omitted,
    }
}

fn rows(made: &Connection, who: Answerer) -> Vec<PhaseRow> {
    let summaries = made.phases.summaries();
    let mut rows: Vec<PhaseRow> = summaries.iter().map(|summary| phase(made, summary, who)).collect();
    if let Some(seen) = &made.session {
        let failure = seen.failure.iter().map(|failure| failure.detail.clone());
        let row = Row::new("session", failure.chain(session::facts(seen)));
        let row = if seen.failure.is_some() { row.told(Tone::Bad, "ended") } else { row };
        rows.push(PhaseRow { row, time: time(seen.elapsed_ms) });
    }
    rows
}

fn phase(made: &Connection, summary: &Summary<'_>, who: Answerer) -> PhaseRow {
    let failure = summary.failure.map(|failure| format!("{}: {}", cells::failure(failure), failure.detail));
    let received = summary.failure.and_then(|failure| failure.received.as_deref());
    let received = received.map(|bytes| format!("received {}", cells::grouped(bytes)));
    let why = failure.into_iter().chain(received).chain(summary.stopped.map(str::to_owned));
    let inferred = summary.inferred.map(|inferred| format!("inferred: {inferred}"));
    let facts = phases::facts(made, summary.phase, who);
    let lines = why.chain(facts).chain(inferred).chain(frames(made, summary.phase));
    let row = Row::new(summary.phase.name(), lines).told(summary.status.into(), word(summary.status));
    let time = if summary.status == Status::Unseen { Shown::default() } else { time(summary.elapsed_ms) };
    PhaseRow { row, time }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Passed => "passed",
        Status::Failed => "failed",
        Status::Stopped => "stopped",
        Status::Unseen => "unseen",
    }
}

fn time(took: crate::report::Millis) -> Shown {
    Shown::new(cells::duration(took).trim())
}

/// How many frames of a phase are on the picture.
fn frames(made: &Connection, phase: Phase) -> Option<String> {
    let told = [(Direction::Sent, "sent"), (Direction::Received, "received")].map(|(way, word)| {
        let of = made.frames.iter().filter(|frame| frame.phase == phase && frame.direction == way);
        let (count, bytes) = of.fold((0_u64, 0), |(count, bytes), frame| (count + 1, bytes + frame.length));
        (count > 0).then(|| format!("{word} {} ({bytes} B)", plain::plural(count, "frame")))
    });
    let told: Vec<String> = told.into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(", "))
}

fn steps(made: &Connection, now: Timestamp) -> Option<(Shown, Vec<PhaseRow>)> {
    let through = &made.phases.gateway.as_ref()?.evidence;
    let rows = through.steps.summaries().into_iter().map(|step| {
        let failure = step.failure.map(|failure| format!("{}: {}", cells::failure(failure), failure.detail));
        let why = failure.into_iter().chain(step.stopped.map(str::to_owned));
        let facts = gateway::facts(&through.steps, step.step, now).unwrap_or_default();
        let row = Row::new(step.step.as_str(), why.chain(facts));
        PhaseRow { row: row.told(step.status.into(), word(step.status)), time: time(step.elapsed_ms) }
    });
    Some((Shown::new(format!("Gateway {}", place(&through.host, through.port))), rows.collect()))
}

fn frame(frame: &crate::report::Frame) -> FrameRow {
    FrameRow {
        at: format!("{:.2}", frame.at_ms.0),
        phase: frame.phase.name(),
        way: if frame.direction == Direction::Sent { "sent" } else { "received" },
        length: frame.length,
        tls: if frame.tls { "yes" } else { "no" },
    }
}
