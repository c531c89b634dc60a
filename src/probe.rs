//! The phases in order: the table of contents of the program.

use std::net::SocketAddr;

use ironrdp_connector::ClientConnectorState;
use record::record;
use request::request;

use crate::{
    certificate::{Expectation, Roots},
    codes::Phase,
    net::{Instant, Limits, Network, Wire},
    pdu::{canvas::Picture, mcs::USER_REQUESTED},
    phase::{
        Secured, Step,
        activate::{self, Active, Channels},
        connect,
        credssp::{self, Access},
        late,
        licensing::{self, Licensing},
        mcs::{self, Joined},
        negotiate::{self, Negotiated},
        resolve, session, tls,
    },
    report::{Connection, FailureKind, Phases, Purpose, Session, TargetRecord, Timestamp, Trace},
    settings::{Account, Security, Settings},
    target::Target,
};

mod record;
mod request;

/// The negotiation failure that demands Standard RDP Security (MS-RDPBCGR 2.2.1.2.2).
const SSL_NOT_ALLOWED_BY_SERVER: i64 = 2;

/// Why an account goes no further than licensing.
const WITHOUT_TAKE_SESSION: &str =
    "it may take over the account's session on the server, which --take-session allows";

/// Is told which phase begins, and given the picture.
pub trait Observer: Sync {
    /// A phase begins.
    fn phase(&self, phase: Phase);

    /// This is what the server drew in the session, when that was asked for.
    fn picture(&self, _picture: Picture) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn phase(&self, _phase: Phase) {}
}

/// Traces one target: the main connection and, where the server demands another offer that can be met, a retry.
pub async fn probe<N: Network>(
    target: &Target,
    settings: &Settings,
    network: &N,
    observer: &dyn Observer,
) -> Trace {
    let begin = Instant::now();
    let started = Timestamp(network.now());
    let limits = Limits { phase: settings.timeout, run: begin + settings.deadline };
    let roots = roots(settings, network);
    let mut probe = Probe { target, settings, network, observer, limits, roots, addresses: Vec::new() };
    let main = probe.connection(Purpose::Main, settings.security.protocols()).await;
    let again = settings.security == Security::Auto && demands_standard_security(&main.phases);
    let mut connections = vec![main];
    if again {
        connections.push(probe.connection(Purpose::Retry, Security::Rdp.protocols()).await);
    }
    Trace {
        started,
        elapsed_ms: begin.elapsed().into(),
        target: probe.target_record(),
        request: request(target, settings),
        connections,
        wait: None,
    }
}

struct Probe<'a, N> {
    target: &'a Target,
    settings: &'a Settings,
    network: &'a N,
    observer: &'a dyn Observer,
    limits: Limits,
    roots: Roots,
    addresses: Vec<SocketAddr>,
}

impl<N: Network> Probe<'_, N> {
    async fn connection(&mut self, purpose: Purpose, protocols: u32) -> Connection {
        let (mut phases, mut session) = (Phases::default(), None);
        let (frames, frames_omitted) = match self.open(purpose, &mut phases).await {
            Some(mut wire) => {
                let farewell = self.walk(&mut wire, protocols, &mut phases, &mut session).await;
                wire.close(farewell).await
            }
            None => (Vec::new(), 0),
        };
        late::reassign(&mut phases, &frames);
        Connection { purpose, phases, session, frames, frames_omitted }
    }

    /// Resolves, once for all connections, and connects.
    async fn open(&mut self, purpose: Purpose, phases: &mut Phases) -> Option<Wire> {
        let (network, target, limits) = (self.network, self.target, self.limits);
        if purpose == Purpose::Main {
            self.observer.phase(Phase::Resolve);
            let run = async |e: &mut _| resolve::run(network, target, limits.phase_end(), e).await;
            self.addresses = record(&mut phases.resolve, run).await?;
            self.goes_on(Phase::Resolve)?;
        }
        self.observer.phase(Phase::Connect);
        let addresses = &self.addresses;
        let run = async |e: &mut _| connect::run(network, addresses, limits, e).await;
        let wire = record(&mut phases.connect, run).await?;
        // A connection that was opened is closed politely, even when nothing more was asked for.
        if self.goes_on(Phase::Connect).is_none() {
            wire.close(None).await;
            return None;
        }
        Some(wire)
    }

    /// The phases on the wire. Returns the last message of a polite end, once there is one to send.
    async fn walk(
        &self,
        wire: &mut Wire,
        protocols: u32,
        phases: &mut Phases,
        session: &mut Option<Session>,
    ) -> Option<&'static [u8]> {
        let negotiated = self.negotiate(wire, protocols, phases).await?;
        let account = if negotiated.code == 0 { None } else { self.secure(wire, negotiated, phases).await? };
        self.enter(wire, Phase::Mcs);
        let clipboard = self.settings.until == Some(Phase::Activate);
        let run = async |e: &mut _| mcs::run(wire, negotiated, account, clipboard, e).await;
        if let Some(mut joined) = record(&mut phases.mcs, run).await
            && self.goes_on(Phase::Mcs).is_some()
            && let Some(channels) = self.licensing(wire, &mut joined, phases).await
            && self.goes_on(Phase::Licensing).is_some()
            && let Some(active) = self.activate(wire, &mut joined.secured, channels, account, phases).await
            && self.settings.screenshot
        {
            wire.enter(Phase::Activate);
            let picture =
                session::watch(wire, &mut joined.secured, channels, active, session.get_or_insert_default())
                    .await;
            picture.into_iter().for_each(|picture| self.observer.picture(picture));
        }
        Some(&USER_REQUESTED)
    }

    async fn negotiate(&self, wire: &mut Wire, protocols: u32, phases: &mut Phases) -> Option<Negotiated> {
        self.enter(wire, Phase::Negotiate);
        let run = async |e: &mut _| negotiate::run(wire, protocols, e).await;
        let negotiated = record(&mut phases.negotiate, run).await?;
        self.goes_on(Phase::Negotiate)?;
        // Without TLS neither of these phases occurs.
        if negotiated.code == 0 {
            self.goes_on(Phase::Tls)?;
            self.goes_on(Phase::Credssp)?;
        }
        Some(negotiated)
    }

    /// TLS and, where it was selected, CredSSP. Returns the account that was verified.
    async fn secure(
        &self,
        wire: &mut Wire,
        negotiated: Negotiated,
        phases: &mut Phases,
    ) -> Option<Option<&Account>> {
        self.enter(wire, Phase::Tls);
        let server_name = self.server_name();
        let now = self.network.now();
        let expectation = Expectation { name: server_name, now: Timestamp(now), roots: &self.roots };
        let run = async |e: &mut _| tls::run(wire, server_name, &expectation, e).await;
        let secured = record(&mut phases.tls, run).await?;
        self.goes_on(Phase::Tls)?;
        if negotiated.code == Security::Tls.protocols() {
            self.goes_on(Phase::Credssp)?;
            return Some(None);
        }
        self.enter(wire, Phase::Credssp);
        let account = self.settings.account.as_ref();
        let access = Access {
            protocol: negotiated.protocol,
            public_key: secured.public_key,
            signature: secured.signature,
            account,
            allow_unpatched: self.settings.allow_unpatched,
            server_name,
            now,
        };
        let run = async |e: &mut _| credssp::run(wire, &access, e).await;
        record(&mut phases.credssp, run).await?;
        // Going on with a verified account is asked for explicitly.
        self.settings.until?;
        self.goes_on(Phase::Credssp)?;
        Some(account)
    }

    async fn licensing(&self, wire: &mut Wire, joined: &mut Joined, phases: &mut Phases) -> Option<Channels> {
        let ClientConnectorState::SecureSettingsExchange { io_channel_id, user_channel_id } =
            joined.connector.state
        else {
            return None;
        };
        self.enter(wire, Phase::Licensing);
        let licensing = Licensing {
            policy: self.settings.license,
            hardware_id: self.settings.hardware_id,
            io_channel: io_channel_id,
            message_channel: joined.connector.message_channel_id,
            user_channel: user_channel_id,
        };
        let message = joined.connector.message_channel_id;
        let run = async |e: &mut _| licensing::run(wire, joined, licensing, e).await;
        record(&mut phases.licensing, run).await?;
        Some(Channels { io: io_channel_id, message, user: user_channel_id })
    }

    /// An account that CredSSP has verified may have a session on the server, which activation takes over.
    async fn activate(
        &self,
        wire: &mut Wire,
        secured: &mut Secured,
        channels: Channels,
        account: Option<&Account>,
        phases: &mut Phases,
    ) -> Option<Active> {
        self.enter(wire, Phase::Activate);
        let may_take = account.is_none() || self.settings.take_session;
        let run = async |e: &mut _| match may_take {
            true => activate::run(wire, secured, channels, e).await,
            false => Ok(Step::Stopped(WITHOUT_TAKE_SESSION.into())),
        };
        record(&mut phases.activate, run).await
    }

    fn enter(&self, wire: &mut Wire, phase: Phase) {
        self.observer.phase(phase);
        wire.enter(phase);
    }

    /// None when the trace was asked to end after this phase.
    fn goes_on(&self, phase: Phase) -> Option<()> {
        (self.settings.until.unwrap_or(Phase::Licensing) > phase).then_some(())
    }

    fn server_name(&self) -> &str {
        self.settings.server_name.as_deref().unwrap_or(&self.target.host)
    }

    fn target_record(&self) -> TargetRecord {
        TargetRecord {
            input: self.target.input.clone(),
            host: self.target.host.clone(),
            port: self.target.port,
            server_name: self.server_name().to_owned(),
        }
    }
}

fn demands_standard_security(phases: &Phases) -> bool {
    let failure = phases.negotiate.as_ref().and_then(|record| record.failure.as_ref());
    failure.is_some_and(|f| {
        f.kind == FailureKind::NegotiationFailure && f.code == Some(SSL_NOT_ALLOWED_BY_SERVER)
    })
}

fn roots<N: Network>(settings: &Settings, network: &N) -> Roots {
    let mut found: Vec<_> = settings.anchors.given.iter().map(|der| der.clone().into()).collect();
    if settings.anchors.system {
        match network.system_roots() {
            Ok(system) => found.extend(system),
            Err(why) if found.is_empty() => return Roots::new(Err(why)),
            Err(_) => {}
        }
    }
    Roots::new(Ok(found))
}
