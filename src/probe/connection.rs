//! One connection, phase after phase: the table of contents of the program.

use std::net::SocketAddr;

use super::{
    Added, Opening, Plan, Probe,
    offer::{agreed, offer},
    session::Ahead,
    set_up::SetUp,
};
use crate::{
    codes::{Phase, Protocols},
    net::{Segments, SharedRemarks, Wire},
    pdu::{mcs::USER_REQUESTED, preconnection::preconnection},
    phase::{
        PhaseResult, Step, connect, gateway, mcs,
        negotiate::{self, Negotiated},
        record, resolve,
    },
    report::{Failure, NegotiateEvidence, PhaseRecord, Phases, Session},
    settings::Gateway,
};

/// What the way to the server came to.
pub(super) enum Way {
    /// The phases go on over this wire.
    Open(Wire),
    /// The connection ends here, and is closed politely.
    Ended(Wire),
    /// There is nothing to close.
    Nothing,
}

/// A connection as it is made.
pub(super) struct Walk<'a> {
    pub(super) probe: &'a Probe<'a>,
    pub(super) plan: &'a Plan,
}

impl Walk<'_> {
    /// Runs a phase, records it, and tells how it ended.
    pub(super) async fn record<E: Default, T>(
        &self,
        phase: Phase,
        slot: &mut Option<PhaseRecord<E>>,
        run: impl AsyncFnOnce(&mut E) -> PhaseResult<T>,
    ) -> Option<T> {
        let value = record(slot, run).await;
        if let Some(ended) = slot {
            self.probe.observer.ended(&self.plan.purpose, &ended.summary(phase));
        }
        value
    }

    /// The way through the gateway.
    pub(super) async fn cross(&self, gateway: &Gateway, remarks: &SharedRemarks, phases: &mut Phases) -> Way {
        let Probe { network, target, limits, observer, roots, settings, .. } = self.probe;
        observer.phase(Phase::Gateway);
        let (proxy, now) = (settings.route.proxy.as_ref(), network.now());
        let access = gateway::Access { gateway, proxy, target, roots, now, limits: *limits, remarks };
        let mut wire = None;
        let run = async |e: &mut _| gateway::run(*network, &access, &mut wire, e).await;
        let crossed = self.record(Phase::Gateway, &mut phases.gateway, run).await.is_some();
        match wire {
            Some(wire) if crossed => self.opened(wire, Phase::Gateway),
            Some(wire) => Way::Ended(wire),
            None => Way::Nothing,
        }
    }

    /// Resolves, unless the addresses are known, and connects.
    pub(super) async fn open(&self, phases: &mut Phases) -> Way {
        let Some(addresses) = self.addresses(phases).await else { return Way::Nothing };
        let Probe { network, target, limits, observer, settings, .. } = *self.probe;
        let proxy = settings.route.proxy.as_ref();
        observer.phase(Phase::Connect);
        let network = &Segments { network, small: self.plan.small_segments, purpose: &self.plan.purpose };
        let run = async |e: &mut _| connect::by_way_of(network, &addresses, proxy, target, limits, e).await;
        match self.record(Phase::Connect, &mut phases.connect, run).await {
            Some(wire) => self.opened(wire, Phase::Connect),
            None => Way::Nothing,
        }
    }

    /// The addresses to connect to, if the connection is to be opened.
    async fn addresses(&self, phases: &mut Phases) -> Option<Vec<SocketAddr>> {
        let Probe { network, target, limits, observer, settings, .. } = *self.probe;
        if let Some(known) = &self.plan.addresses {
            return Some(known.clone());
        }
        let proxy = settings.route.proxy.as_ref();
        observer.phase(Phase::Resolve);
        let run =
            async |e: &mut _| resolve::of_first_peer(network, proxy, target, limits.phase_end(), e).await;
        let found = self.record(Phase::Resolve, &mut phases.resolve, run).await?;
        self.goes_on(Phase::Resolve)?;
        Some(found)
    }

    /// A connection that was opened is closed politely, even when nothing more was asked for than this phase.
    fn opened(&self, wire: Wire, phase: Phase) -> Way {
        match self.goes_on(phase) {
            Some(()) => Way::Open(wire),
            None => Way::Ended(wire),
        }
    }

    /// The phases on the wire. Returns the last message of a polite end, once there is one to send.
    pub(super) async fn phases(
        &self,
        wire: &mut Wire,
        phases: &mut Phases,
        session: &mut Option<Session>,
    ) -> Option<&'static [u8]> {
        if let Opening::Nothing(span) = self.plan.opening {
            self.enter(wire, Phase::Negotiate);
            let run = async |e: &mut _| negotiate::listen(wire, span, e).await;
            self.record(Phase::Negotiate, &mut phases.negotiate, run).await;
            return None;
        }
        self.announce(wire).await;
        let inside = self.plan.opening == Opening::Tls;
        let negotiated = if inside { agreed(self.plan) } else { self.negotiate(wire, phases).await? };
        let set_up = self.secure(wire, negotiated, phases).await;
        let account = match &set_up {
            SetUp::Ended => return None,
            SetUp::Anonymous | SetUp::Sheltered(_) => None,
            SetUp::LoggedOn(account) => Some(*account),
        };
        self.enter(wire, Phase::Mcs);
        let announced = self.plan.announced();
        let run = async |e: &mut _| {
            let extended =
                if inside { self.negotiate_inside(wire, negotiated).await? } else { negotiated.extended };
            let (negotiated, log) = (Negotiated { extended, ..negotiated }, self.probe.network.key_log());
            mcs::run(wire, negotiated, account, announced, log, e).await
        };
        if let Some(mut joined) = self.record(Phase::Mcs, &mut phases.mcs, run).await
            && self.goes_on(Phase::Mcs).is_some()
        {
            let info = self.in_client_info(&set_up);
            let ahead = Ahead { account, info };
            self.session(wire, &mut joined, ahead, phases, session).await;
        }
        Some(&USER_REQUESTED)
    }

    /// Sends the pre-connection PDU. Whether it arrives, the next phase will meet.
    async fn announce(&self, wire: &mut Wire) {
        let wanted = !self.plan.without.contains(&Added::Preconnection);
        let text = self.probe.settings.offer.preconnection.as_deref().filter(|_| wanted);
        if let Some(blob) = text.and_then(|text| preconnection(text).ok()) {
            let _ = wire.send_secret(&blob).await;
        }
    }

    /// The Connection Request inside TLS, which can change no protocol. Returns whether extended client data is supported.
    async fn negotiate_inside(&self, wire: &mut Wire, agreed: Negotiated) -> Result<bool, Failure> {
        let mut unseen = NegotiateEvidence::default();
        let offer = offer(self.plan, self.probe.settings, Protocols::from_bits(agreed.code));
        match negotiate::run(wire, offer, &mut unseen).await? {
            Step::Passed(confirmed) => Ok(confirmed.extended),
            Step::Stopped(_) => Ok(false),
        }
    }

    async fn negotiate(&self, wire: &mut Wire, phases: &mut Phases) -> Option<Negotiated> {
        self.enter(wire, Phase::Negotiate);
        let offer = offer(self.plan, self.probe.settings, self.plan.protocols);
        let run = async |e: &mut _| negotiate::run(wire, offer, e).await;
        let negotiated = self.record(Phase::Negotiate, &mut phases.negotiate, run).await?;
        self.goes_on(Phase::Negotiate)?;
        // Without TLS neither of these phases occurs.
        if negotiated.code == 0 {
            self.goes_on(Phase::Tls)?;
            self.goes_on(Phase::Credssp)?;
        }
        Some(negotiated)
    }

    pub(super) fn enter(&self, wire: &mut Wire, phase: Phase) {
        self.probe.observer.phase(phase);
        wire.enter(phase);
    }

    /// None when the connection is to end after this phase.
    pub(super) fn goes_on(&self, phase: Phase) -> Option<()> {
        (self.plan.until.unwrap_or(Phase::Licensing) > phase).then_some(())
    }
}
