//! The security of a connection: TLS and CredSSP, as far as the negotiation selected them.

use super::{Added, Hello, Probe, Withheld, connection::Walk, offer::restricted_admin};
use crate::{
    certificate::Expectation,
    codes::{Phase, Protocols},
    net::{Upgrade, Wire},
    phase::{
        credssp::{self, Access},
        kdc::Asking,
        negotiate::Negotiated,
        tls,
    },
    report::{Phases, Purpose, Timestamp},
    settings::{Account, Logon},
};

/// How the security that was negotiated was set up.
pub(super) enum SetUp<'a> {
    /// The connection ends here.
    Ended,
    /// Nobody has logged on.
    Anonymous,
    /// The same, over TLS to this peer.
    Sheltered(tls::Secured),
    /// CredSSP has verified this account.
    LoggedOn(&'a Account),
}

impl Walk<'_> {
    /// TLS and CredSSP, as far as they were selected.
    pub(super) async fn secure(
        &self,
        wire: &mut Wire,
        negotiated: Negotiated,
        phases: &mut Phases,
    ) -> SetUp<'_> {
        if negotiated.code == Protocols::RDP.bits() {
            return SetUp::Anonymous;
        }
        let Some(secured) = self.tls(wire, phases).await else { return SetUp::Ended };
        if self.goes_on(Phase::Tls).is_none() || self.plan.keeps_to_old_suites(phases).is_none() {
            return SetUp::Ended;
        }
        if negotiated.code != Protocols::SSL.bits() {
            return self.log_on(wire, negotiated, &secured, phases).await;
        }
        match self.goes_on(Phase::Credssp) {
            Some(()) => SetUp::Sheltered(secured),
            None => SetUp::Ended,
        }
    }

    async fn tls(&self, wire: &mut Wire, phases: &mut Phases) -> Option<tls::Secured> {
        self.enter(wire, Phase::Tls);
        let own = self.plan.without.contains(&Added::ServerName);
        let name = if own { &self.probe.target.host } else { self.probe.server_name() };
        let now = Timestamp(self.probe.network.now());
        let pin = self.probe.settings.trust.expected_thumbprint.as_deref();
        let expectation = Expectation { name, now, roots: self.probe.roots, pin };
        match &self.plan.hello {
            Hello::Handshake(versions) => {
                self.handshake(
                    wire,
                    &Upgrade::new(name, *versions).logged(self.probe.network.key_log()),
                    &expectation,
                    phases,
                )
                .await
            }
            Hello::Nameless(versions) => {
                self.handshake(
                    wire,
                    &Upgrade::nameless(*versions).logged(self.probe.network.key_log()),
                    &expectation,
                    phases,
                )
                .await
            }
            Hello::Own(profile, like) => {
                let like = like.as_ref();
                let run = async |e: &mut _| tls::hello(wire, profile, like, &expectation, e).await;
                self.record(Phase::Tls, &mut phases.tls, run).await;
                None
            }
        }
    }

    async fn handshake(
        &self,
        wire: &mut Wire,
        offer: &Upgrade,
        expectation: &Expectation<'_>,
        phases: &mut Phases,
    ) -> Option<tls::Secured> {
        let run = async |e: &mut _| tls::run(wire, offer, expectation, e).await;
        self.record(Phase::Tls, &mut phases.tls, run).await
    }

    async fn log_on(
        &self,
        wire: &mut Wire,
        negotiated: Negotiated,
        peer: &tls::Secured,
        phases: &mut Phases,
    ) -> SetUp<'_> {
        self.enter(wire, Phase::Credssp);
        let account = self.plan.account.as_ref();
        let logon = self.probe.settings.logon.as_ref();
        let access = Access {
            protocol: negotiated.protocol,
            peer,
            account,
            withheld: self.plan.withheld.map(Withheld::reason),
            redirected: matches!(self.plan.purpose, Purpose::Hop(_)),
            restricted_admin: restricted_admin(self.plan, self.probe.settings)
                .then_some(negotiated.restricted_admin),
            allow_unpatched: logon.is_some_and(|logon| logon.allow_unpatched),
            server_name: self.probe.server_name(),
            now: self.probe.network.now(),
        };
        let run = async |e: &mut _| match (logon.and_then(Logon::kerberos), account) {
            (Some(kerberos), Some(account)) => {
                let Probe { network, limits, settings, roots, .. } = *self.probe;
                let (proxy, gateway) = (settings.route.proxy.as_ref(), settings.route.gateway.as_ref());
                let asking = Asking { network, kerberos, proxy, gateway, roots, limits };
                credssp::kerberos::run(wire, asking, &access, account, e).await
            }
            _ => credssp::run(wire, &access, e).await,
        };
        let passed = self.record(Phase::Credssp, &mut phases.credssp, run).await;
        // Going on with a verified account is asked for explicitly.
        let goes_on = self.plan.until.and_then(|_| self.goes_on(Phase::Credssp));
        match (passed, goes_on, account) {
            (Some(()), Some(()), Some(account)) => SetUp::LoggedOn(account),
            (Some(()), Some(()), None) => SetUp::Anonymous,
            _ => SetUp::Ended,
        }
    }
}
