//! From connections to reports.

use crate::{
    capture::Found,
    certificate::Roots,
    diagnose,
    flow::{Flow, KeyLog},
    passive::{Attempts, Known, Watched, is_relevant, walk},
    report::Report,
};

/// What was found so far.
pub(super) struct Conversations {
    roots: Roots<'static>,
    server_name: Option<String>,
    attempts: Attempts,
}

impl Conversations {
    /// None yet; certificates are to be for this name.
    pub(super) fn new(server_name: Option<String>) -> Self {
        // What the client trusts is not known, and what this machine trusts says nothing of it.
        let roots = Roots::new(Err("what the client trusts is not in the capture".to_owned()));
        let attempts = Attempts::new(server_name.clone());
        Self { roots, server_name, attempts }
    }

    /// Takes what a capture holds.
    pub(super) fn take(&mut self, found: Found<'_>, keys: &KeyLog) {
        if let Found::Flow(flow) = found {
            self.flow(&flow, keys);
        }
    }

    fn flow(&mut self, flow: &Flow, keys: &KeyLog) {
        let known = Known { keys, roots: &self.roots, server_name: self.server_name.as_deref() };
        let connection = walk(flow, &known);
        if !is_relevant(flow, &connection) {
            return;
        }
        let watched = Watched {
            connection,
            client: flow.client.ip(),
            server: flow.server,
            began: flow.began,
            last: flow.last,
        };
        self.attempts.add(watched);
    }

    /// All reports, by the time at which they begin.
    pub(super) fn finish(self) -> Vec<Report> {
        let mut reports: Vec<Report> = self.attempts.finish().into_iter().map(diagnose).collect();
        reports.sort_by_key(|report| report.trace.started);
        reports
    }
}
