//! A report as its part of the page shows it.

use std::io;

use super::{
    causes::{CauseView, causes},
    connection::{ConnectionView, connections},
    json::Json,
    section::Section,
    sections::sections,
    shown::Shown,
    verdict::Verdict,
};
use crate::{plain, render::target::target, report::Report};

/// A report.
pub(super) struct View {
    /// What its anchors begin with.
    pub(super) id: String,
    /// The level of its own heading.
    pub(super) level: u8,
    pub(super) target: Shown,
    pub(super) verdict: Verdict,
    pub(super) connections: Vec<ConnectionView>,
    pub(super) omitted: Option<String>,
    pub(super) causes: Vec<CauseView>,
    pub(super) sections: Vec<Section>,
    pub(super) json: Option<Json>,
}

impl View {
    /// The only one on a page, with its JSON if that is not too long.
    ///
    /// # Errors
    /// The report cannot be written as JSON.
    pub(super) fn alone(report: &Report) -> io::Result<Self> {
        Ok(Self { json: Json::of(report)?, ..Self::of(report, String::new(), 1) })
    }

    /// One of several.
    pub(super) fn one_of_many(report: &Report, number: usize) -> Self {
        Self::of(report, format!("c{number}-"), 2)
    }

    fn of(report: &Report, id: String, level: u8) -> Self {
        let omitted = report.trace.connections_omitted;
        let omitted = (omitted > 0).then(|| format!("{} left out", plain::plural(omitted, "connection")));
        Self {
            id,
            level,
            target: Shown::new(target(report)),
            verdict: Verdict::of(report),
            connections: connections(report),
            omitted,
            causes: causes(&report.causes),
            sections: sections(report),
            json: None,
        }
    }

    /// Whether it is the only one on its page.
    pub(super) fn is_alone(&self) -> bool {
        self.level == 1
    }
}
