//! What every connection of a run shares.

use std::rc::Rc;

use super::{Observer, Probe, Roots, Unobserved, rdp_file, request::request, roots};
use crate::{
    destination::Target,
    endpoint::Endpoint,
    net::{Instant, Limits, Network},
    report::{Connection, TargetRecord, Timestamp, Trace},
    settings::Settings,
};

/// Traces one target under the same settings, on the same network, with trust anchors that are read once.
pub struct Tracer<'a> {
    pub(crate) target: &'a Target,
    pub(crate) settings: &'a Settings,
    pub(crate) network: &'a dyn Network,
    pub(crate) observer: &'a dyn Observer,
    roots: Rc<Roots<'a>>,
}

impl<'a> Tracer<'a> {
    /// Nothing is sent or read yet, and nobody is told what happens.
    pub fn new(target: &'a Target, settings: &'a Settings, network: &'a dyn Network) -> Self {
        let roots = Rc::new(roots(settings, network));
        Self { target, settings, network, observer: &Unobserved, roots }
    }

    /// The same, which tells `observer` what happens.
    #[must_use]
    pub fn observed_by(self, observer: &'a dyn Observer) -> Self {
        Self { observer, ..self }
    }

    /// The same under other settings, with the same trust anchors.
    #[must_use]
    pub(crate) fn under<'b>(&'b self, settings: &'b Settings) -> Tracer<'b> {
        let Self { target, network, observer, .. } = *self;
        Tracer { target, settings, network, observer, roots: Rc::clone(&self.roots) }
    }

    /// The same for another target under its own settings, with the same trust anchors.
    #[must_use]
    pub(crate) fn toward<'b>(&'b self, target: &'b Target, settings: &'b Settings) -> Tracer<'b> {
        Tracer { target, ..self.under(settings) }
    }

    /// Makes connections to this place under these settings until the run ends.
    pub(crate) fn probe<'b>(
        &'b self,
        target: &'b Endpoint,
        settings: &'b Settings,
        end: Instant,
    ) -> Probe<'b> {
        let limits = Limits { phase: settings.limits.timeout, run: end };
        let Self { network, observer, .. } = *self;
        Probe { target, settings, network, observer, limits, roots: &self.roots }
    }

    /// What is known of a run that the user ended.
    pub(crate) fn unfinished(
        &self,
        begin: Instant,
        started: Timestamp,
        connections: Vec<Connection>,
    ) -> Trace {
        Trace { interrupted: true, ..self.seen(begin, started, connections) }
    }

    /// What is known of a run that began then, when these connections were made.
    pub(crate) fn seen(&self, begin: Instant, started: Timestamp, connections: Vec<Connection>) -> Trace {
        Trace {
            target: Some(self.target_record(started)),
            request: request(self.target, self.settings),
            connections,
            ..Trace::begun(started, begin.elapsed().into())
        }
    }

    fn target_record(&self, now: Timestamp) -> TargetRecord {
        let Target { input, endpoint, file } = self.target;
        let server_name = self.settings.trust.server_name.as_ref().unwrap_or(&endpoint.host);
        TargetRecord {
            input: input.clone(),
            host: endpoint.host.clone(),
            port: endpoint.port,
            server_name: server_name.clone(),
            rdp_file: file.as_ref().map(|file| rdp_file(file, now, &self.roots)),
        }
    }
}
