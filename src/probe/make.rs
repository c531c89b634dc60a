//! A connection from its first phase to its close, also where it is given up in between.

use super::{
    Observer, Plan, Probe,
    connection::{Walk, Way},
};
use crate::{
    net::{Ends, Record, SharedRemarks},
    phase::{attribution, gateway},
    report::{Connection, Phases, Purpose, Timestamp},
};

impl Probe<'_> {
    /// Makes the connection, phase after phase.
    pub(super) async fn make(&self, plan: &Plan) -> Connection {
        let (walk, started) = (Walk { probe: self, plan }, Some(Timestamp(self.network.now())));
        let (mut session, remarks) = (None, SharedRemarks::default());
        let mut kept = Kept {
            observer: self.observer,
            purpose: &plan.purpose,
            started,
            phases: Some(Phases::default()),
        };
        let phases = kept.phases.get_or_insert_default();
        // On the heap: together the phases would be too much for the stack of a thread.
        let opened = match &self.settings.route.gateway {
            None => Box::pin(walk.open(phases)).await,
            Some(gateway) => Box::pin(walk.cross(gateway, &remarks, phases)).await,
        };
        let Record { frames, frames_omitted, ends: Ends { local, peer }, tcp, idle } = match opened {
            Way::Open(mut wire) => {
                let farewell = Box::pin(walk.phases(&mut wire, phases, &mut session)).await;
                wire.close(farewell).await
            }
            Way::Ended(wire) => wire.close(None).await,
            Way::Nothing => Record::default(),
        };
        let mut phases = kept.phases.take().unwrap_or_default();
        gateway::remember(&mut phases, &remarks);
        attribution::assign_failures(&mut phases, &frames);
        attribution::leave_out_listening(&mut phases, &idle);
        let (purpose, hop) = (plan.purpose.clone(), None);
        Connection {
            purpose,
            hop,
            phases,
            session,
            started,
            local,
            peer,
            tcp,
            ended_by: None,
            watched: None,
            client: None,
            frames,
            frames_omitted,
        }
    }
}

/// The phases of a connection under way, which are told when it is given up.
struct Kept<'a> {
    observer: &'a dyn Observer,
    purpose: &'a Purpose,
    started: Option<Timestamp>,
    phases: Option<Phases>,
}

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        let Some(phases) = self.phases.take() else { return };
        self.observer.given_up(Connection {
            purpose: self.purpose.clone(),
            hop: None,
            phases,
            session: None,
            started: self.started,
            local: None,
            peer: None,
            tcp: None,
            ended_by: None,
            watched: None,
            client: None,
            frames: Vec::new(),
            frames_omitted: 0,
        });
    }
}
