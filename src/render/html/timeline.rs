//! The picture of a connection: its phases to scale, a lane for each who takes part, an arrow a frame, and the end.
//!
//! Across, everything is a share of the width, so that text keeps its size on a telephone.

use std::fmt;

use super::{
    end::{End, end},
    lanes::{AXIS, BAND, Lane, Lanes},
    shown::Shown,
    tone::Tone,
};
use crate::{
    codes::Phase,
    render::cells,
    report::{Connection, Direction, Millis, Status},
};

/// Milliseconds that are drawn of one time at most: thirty years. Sums stay numbers.
const LONGEST: f64 = 1e12;
/// Shares of the width that are left free at both ends.
const MARGIN: f64 = 2.0;

/// The picture.
pub(super) struct Timeline {
    pub(super) height: u32,
    /// Where the lanes end.
    pub(super) floor: u32,
    pub(super) lanes: Vec<(&'static str, u32)>,
    pub(super) bars: Vec<Bar>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) spans: Vec<Span>,
    pub(super) end: Option<Mark>,
    pub(super) axis: Vec<(Percent, Shown)>,
}

/// A share of the width.
#[derive(Clone, Copy, Debug)]
pub(super) struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}%", self.0)
    }
}

/// A phase.
pub(super) struct Bar {
    pub(super) x: Percent,
    pub(super) width: Percent,
    pub(super) middle: Percent,
    pub(super) tone: Tone,
    pub(super) name: &'static str,
    /// How wide a page has to be for its name: `always`, `medium`, `wide` or `never`.
    pub(super) shown: &'static str,
}

/// A frame.
pub(super) struct Arrow {
    pub(super) x: Percent,
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) way: &'static str,
}

/// A time that somebody else took.
pub(super) struct Span {
    pub(super) x: Percent,
    pub(super) width: Percent,
    pub(super) y: u32,
}

/// The end.
pub(super) struct Mark {
    pub(super) x: Percent,
    pub(super) y: u32,
    pub(super) tone: Tone,
    pub(super) mark: &'static str,
}

/// When a phase began and ended, in milliseconds.
struct Spell {
    phase: Phase,
    from: f64,
    to: f64,
    status: Status,
}

/// Time as a share of the width.
struct Scale(f64);

impl Scale {
    fn at(&self, millis: f64) -> Percent {
        Percent(MARGIN + self.wide(millis).0)
    }

    fn wide(&self, millis: f64) -> Percent {
        Percent((millis / self.0).clamp(0.0, 1.0) * (100.0 - 2.0 * MARGIN))
    }
}

/// The picture of a connection; none of one without phases.
pub(super) fn timeline(made: &Connection) -> Option<Timeline> {
    let spells = spells(made);
    let whole = Some(spells.last()?.to).filter(|whole| whole.is_normal()).unwrap_or(1.0);
    let scale = &Scale(whole);
    let lanes = &Lanes::of(made);
    let titles = lanes.all().iter().map(|lane| (lane.title(), lanes.y(*lane)));
    Some(Timeline {
        height: lanes.height(),
        floor: lanes.height() - AXIS,
        lanes: titles.collect(),
        bars: spells.iter().map(|spell| bar(spell, scale)).collect(),
        arrows: arrows(made, &spells, scale, lanes),
        spans: spans(made, &spells, scale, lanes),
        end: end(made).map(|end| mark(&end, scale.at(whole), lanes)),
        axis: [0.0, 0.5, 1.0].map(|share| (scale.at(whole * share), time(whole * share))).into(),
    })
}

fn time(millis: f64) -> Shown {
    Shown::new(cells::duration(Millis::rounded(millis)).trim())
}

/// What is drawn of a time that a report claims.
fn bounded(time: Millis) -> f64 {
    time.0.min(LONGEST)
}

/// The phases one after the other.
fn spells(made: &Connection) -> Vec<Spell> {
    let mut to = 0.0;
    let spells = made.phases.summaries().into_iter().map(|summary| {
        let from = to;
        to += bounded(summary.elapsed_ms);
        Spell { phase: summary.phase, from, to, status: summary.status }
    });
    spells.collect()
}

fn bar(spell: &Spell, scale: &Scale) -> Bar {
    let (x, width) = (scale.at(spell.from), scale.wide(spell.to - spell.from));
    let name = spell.phase.name();
    // Bold characters are 8 pixels wide.
    let needs = name.len() as f64 * 8.0 + 6.0;
    let fits = |picture: f64| width.0 / 100.0 * picture >= needs;
    let pictures = [(250.0, "always"), (500.0, "medium"), (850.0, "wide")];
    let shown = pictures.iter().find(|(picture, _)| fits(*picture)).map_or("never", |(_, shown)| shown);
    Bar { x, width, middle: Percent(x.0 + width.0 / 2.0), tone: spell.status.into(), name, shown }
}

/// Frames are timed from when the connection was opened, and the picture begins with the look-up before that.
fn arrows(made: &Connection, spells: &[Spell], scale: &Scale, lanes: &Lanes) -> Vec<Arrow> {
    let spell = |phase: Phase| spells.iter().find(|spell| spell.phase == phase);
    let server = made.frames.iter().find(|frame| frame.phase != Phase::Gateway);
    let begun = server.and_then(|frame| Some(spell(frame.phase)?.from - bounded(frame.at_ms)));
    let last = made.frames.last().and_then(|frame| Some(spell(frame.phase)?.to - bounded(frame.at_ms)));
    let offset = begun.or(last).unwrap_or_default().max(0.0);
    let arrow = made.frames.iter().filter_map(|frame| {
        // A phase that ended with its first frame may have no record.
        let spell = spell(frame.phase).or(spells.last())?;
        let x = scale.at((bounded(frame.at_ms) + offset).clamp(spell.from, spell.to));
        let peer = if frame.phase == Phase::Gateway { Lane::Gateway } else { Lane::Server };
        let (near, far) = (lanes.y(Lane::Client), lanes.y(peer));
        Some(match frame.direction {
            Direction::Sent => Arrow { x, from: near, to: far, way: "sent" },
            Direction::Received => Arrow { x, from: far, to: near, way: "received" },
        })
    });
    arrow.collect()
}

/// What a proxy, the steps of a gateway and a KDC took. When within its phase that was is not recorded of a proxy and a KDC.
fn spans(made: &Connection, spells: &[Spell], scale: &Scale, lanes: &Lanes) -> Vec<Span> {
    let spell = |phase: Phase| spells.iter().find(|spell| spell.phase == phase);
    let span = |phase: Phase, lane: Lane, from: f64, took: f64| {
        let spell = spell(phase)?;
        let from = (spell.from + from).min(spell.to);
        let took = took.min(spell.to - from);
        Some(Span { x: scale.at(from), width: scale.wide(took), y: lanes.y(lane) })
    };
    let connect = made.phases.connect.as_ref();
    let proxy = connect.and_then(|record| record.evidence.proxy.as_ref()?.elapsed_ms);
    let proxy = proxy.and_then(|took| span(Phase::Connect, Lane::Proxy, 0.0, took.0));
    let credssp = made.phases.credssp.as_ref();
    let kdc = credssp.and_then(|record| record.evidence.kdc.as_ref()?.elapsed_ms);
    let kdc = kdc.and_then(|took| span(Phase::Credssp, Lane::Kdc, 0.0, took.0));
    let steps = made.phases.gateway.iter().flat_map(|record| record.evidence.steps.summaries());
    let mut from = 0.0;
    let steps = steps.filter_map(|step| {
        let begun = from;
        from += bounded(step.elapsed_ms);
        span(Phase::Gateway, Lane::Gateway, begun, step.elapsed_ms.0)
    });
    let steps: Vec<Span> = steps.collect();
    proxy.into_iter().chain(kdc).chain(steps).collect()
}

fn mark(end: &End, x: Percent, lanes: &Lanes) -> Mark {
    let y = end.lane.map_or_else(|| lanes.path(), |lane| lanes.y(lane));
    Mark { x, y: y.max(BAND), tone: end.tone, mark: end.mark }
}
