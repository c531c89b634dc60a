//! The phases from Client Info on, the session after them, and its end.

use ironrdp_connector::ClientConnectorState;

use super::{connection::Walk, set_up::SetUp};
use crate::{
    codes::Phase,
    net::Wire,
    phase::{
        Secured, Step,
        activate::{self, Active, Awaits, Channels},
        licensing::{self, Entrusted, InfoAccount, Licensing},
        mcs::Joined,
        redirect, session,
    },
    report::{Failure, FailureKind, Phases, Purpose, Session},
    settings::Account,
};

const WITHOUT_TAKE_SESSION: &str =
    "it may take over the account's session on the server, which --take-session allows";
const WITHOUT_TLS: &str =
    "the server selected Standard RDP Security, and the password is only sent over TLS to a known server";
const USED_ONCE: &str =
    "the password is sent in the first connection only, and the server did not take that one";

/// Who the rest of a connection is for.
pub(super) struct Ahead<'a> {
    /// The account that CredSSP has verified.
    pub account: Option<&'a Account>,
    /// What Client Info says of an account.
    pub info: InfoAccount<'a>,
}

impl Walk<'_> {
    /// The account for Client Info. It goes in the main connection alone, and a hop goes on without it.
    pub(super) fn in_client_info<'b>(&'b self, set_up: &'b SetUp<'_>) -> InfoAccount<'b> {
        let wanted = self.probe.settings.depth.log_on;
        let Some(account) = self.plan.account.as_ref().filter(|_| wanted) else { return InfoAccount::Nobody };
        match (set_up, &self.plan.purpose) {
            (SetUp::Ended | SetUp::LoggedOn(_), _) | (_, Purpose::Hop(_)) => InfoAccount::Nobody,
            (SetUp::Anonymous, _) => InfoAccount::Withheld(WITHOUT_TLS.to_owned()),
            (SetUp::Sheltered(peer), Purpose::Main) => match peer.known() {
                Ok(known) => InfoAccount::Given(Entrusted::new(account, known)),
                Err(why) => InfoAccount::Withheld(why.reason("the server")),
            },
            (SetUp::Sheltered(_), _) => InfoAccount::Withheld(USED_ONCE.to_owned()),
        }
    }

    /// Licensing, the activation, and what is to be seen of the session.
    pub(super) async fn session(
        &self,
        wire: &mut Wire,
        joined: &mut Joined,
        ahead: Ahead<'_>,
        phases: &mut Phases,
        session: &mut Option<Session>,
    ) -> Option<()> {
        let channels = self.licensing(wire, joined, &ahead.info, phases).await?;
        self.goes_on(Phase::Licensing)?;
        let secured = &mut joined.secured;
        let is_given = matches!(ahead.info, InfoAccount::Given(_));
        let active = self.activate(wire, secured, channels, &ahead, phases).await;
        if let Some(active) = active {
            wire.enter(Phase::Activate);
            if self.probe.settings.depth.screenshot {
                if is_given {
                    // What was drawn while its word on the account was awaited is gone.
                    session::draw_again(wire, secured, channels, active).await;
                }
                let seen = session.get_or_insert_default();
                let picture = session::watch(wire, secured, channels, active, seen).await;
                picture.into_iter().for_each(|picture| self.probe.observer.picture(picture));
            } else if !is_given {
                *session = redirect::after_activation(wire, secured, channels.io).await;
            }
        }
        // Who has ended the session needs no request for it.
        let goes_on = |failure: &Failure| failure.kind == FailureKind::NtStatus;
        let record = phases.activate.as_mut().filter(|record| record.failure.as_ref().is_none_or(goes_on));
        if let Some(record) = record.filter(|_| is_given) {
            wire.enter(Phase::Activate);
            activate::log_off(wire, secured, channels, &mut record.evidence).await;
        }
        Some(())
    }

    async fn licensing(
        &self,
        wire: &mut Wire,
        joined: &mut Joined,
        account: &InfoAccount<'_>,
        phases: &mut Phases,
    ) -> Option<Channels> {
        let ClientConnectorState::SecureSettingsExchange { io_channel_id, user_channel_id } =
            joined.connector.state
        else {
            return None;
        };
        self.enter(wire, Phase::Licensing);
        let message = joined.connector.message_channel_id;
        let licensing = Licensing {
            policy: self.probe.settings.depth.license,
            hardware_id: self.probe.settings.depth.hardware_id,
            io_channel: io_channel_id,
            message_channel: message,
            user_channel: user_channel_id,
        };
        let run = async |e: &mut _| licensing::run(wire, joined, licensing, account, e).await;
        self.record(Phase::Licensing, &mut phases.licensing, run).await?;
        let dynamic = joined.dynamic_channel;
        Some(Channels { io: io_channel_id, message, dynamic, user: user_channel_id })
    }

    /// An account that CredSSP has verified may have a session on the server, which activation takes over.
    async fn activate(
        &self,
        wire: &mut Wire,
        secured: &mut Secured,
        channels: Channels,
        ahead: &Ahead<'_>,
        phases: &mut Phases,
    ) -> Option<Active> {
        self.enter(wire, Phase::Activate);
        let may_take = ahead.account.is_none() || self.probe.settings.depth.take_session;
        let awaits = match ahead.info {
            InfoAccount::Given(_) => Awaits::Logon,
            InfoAccount::Nobody | InfoAccount::Withheld(_) => Awaits::FontMap,
        };
        let run = async |e: &mut _| match may_take {
            true => activate::run(wire, secured, channels, awaits, e).await,
            false => Ok(Step::Stopped(WITHOUT_TAKE_SESSION.into())),
        };
        self.record(Phase::Activate, &mut phases.activate, run).await
    }
}
