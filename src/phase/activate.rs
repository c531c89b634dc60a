//! Multitransport bootstrap, capabilities exchange and finalization (MS-RDPBCGR 1.3.1.1, 1.3.1.3, 2.2.1.13 to 2.2.1.22).
//!
//! Nothing is left to IronRDP here. Our own reader takes what a Demand Active says, so one odd capability set does
//! not end the trace; the client's five PDUs are written from that, and everything that servers send beside it is
//! read and counted. The phase ends with the Font Map; where the account was sent in Client Info, with what the
//! server says of it, or with the time. Up to three Deactivate All PDUs are followed by another
//! exchange; a fourth is `malformed`.

use super::{AutoDetect, PhaseResult, Secured, Step, ending, redirect};
use crate::{
    codes::{self, Table},
    net::{Framing, Wire},
    pdu::{
        confirm_active::confirm_active,
        demand_active::{DemandActive, demand_active},
        finalization::finalization,
        mcs::Mcs,
        share::{self, IoPdu},
        x224::TPKT_VERSION,
    },
    report::{ActivateEvidence, Failure, FailureKind, Seen},
};

pub(crate) use log_off::log_off;
pub(crate) use message::{dynamic, message, noted};

mod log_off;
mod logon;
mod message;

/// How often a server may take back an activation and begin another.
pub(crate) const MAX_REACTIVATIONS: u32 = 3;
/// The most bytes that are read while the server's word on the account is awaited.
const MAX_AWAITED: usize = 32 << 20;
/// How many different numbers of one kind are recorded.
const MAX_SEEN: usize = 64;

/// The channels of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Channels {
    /// The I/O channel.
    pub io: u16,
    /// The message channel.
    pub message: Option<u16>,
    /// The channel of dynamic virtual channels.
    pub dynamic: Option<u16>,
    /// Our user channel.
    pub user: u16,
}

/// What both sides have agreed on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Active {
    /// shareId.
    pub share_id: u32,
    /// Width and height of the desktop, where the server names them.
    pub desktop: Option<(u16, u16)>,
}

/// What ends the phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaits {
    /// The Font Map.
    FontMap,
    /// What the server says of the account that Client Info had, once the session is active.
    Logon,
}

/// Answers the Demand Active and goes on until the server's Font Map, or until it speaks of the account. A server that does not
/// in the phase's time has passed too: nothing obliges it.
///
/// # Errors
/// `error_info`, `disconnect`, `malformed`, `mac_invalid`, `nt_status` of a logon, and what ends a connection.
pub(crate) async fn run(
    wire: &mut Wire,
    secured: &mut Secured,
    channels: Channels,
    awaits: Awaits,
    evidence: &mut ActivateEvidence,
) -> PhaseResult<Active> {
    let mut activation =
        Activation { wire, secured, channels, awaits, demands: 0, active: None, is_mapped: false };
    let mut auto_detect = AutoDetect::default();
    let mut awaited = 0;
    loop {
        let frame = match (activation.receive().await, activation.session()) {
            (Err(failure), Some(active)) if failure.kind == FailureKind::Timeout => {
                return Ok(Step::Passed(active));
            }
            (Err(failure), Some(_)) => return Err(logon::silent_end(failure)),
            (received, _) => received?,
        };
        if let Some(active) = activation.session() {
            awaited += frame.len();
            if awaited > MAX_AWAITED {
                return Ok(Step::Passed(active));
            }
        }
        auto_detect.received(&frame);
        if frame.first() != Some(&TPKT_VERSION) {
            count(&mut evidence.fast_path_pdus);
            continue;
        }
        let read = ending::read(&frame).map_err(|failure| activation.explained(failure))?;
        let Mcs::Data { channel, user_data } = read else {
            let detail = "an MCS PDU without data where the activation goes on";
            return Err(Failure::new(FailureKind::Malformed, detail).with_received(&frame));
        };
        if Some(channel) == channels.message {
            let Activation { wire, secured, .. } = &mut activation;
            message(wire, secured, channels, &mut auto_detect, user_data, evidence).await?;
        } else if Some(channel) == channels.dynamic {
            let Activation { wire, secured, .. } = &mut activation;
            dynamic(wire, secured, channels, user_data).await?;
        } else if channel != channels.io {
            count(&mut evidence.ignored_pdus);
        } else if let Some(step) = activation.share(user_data, evidence).await? {
            return Ok(step);
        }
    }
}

struct Activation<'a> {
    wire: &'a mut Wire,
    secured: &'a mut Secured,
    channels: Channels,
    awaits: Awaits,
    /// Demand Actives that were answered.
    demands: u32,
    /// What the last one agreed on, unless it was taken back.
    active: Option<Active>,
    /// Whether its Font Map has come.
    is_mapped: bool,
}

impl Activation<'_> {
    async fn receive(&mut self) -> Result<Vec<u8>, Failure> {
        self.secured.receive(self.wire, Framing::TpktOrFastPath).await
    }

    /// The session, once it is active.
    fn session(&self) -> Option<Active> {
        self.active.filter(|_| self.is_mapped)
    }

    /// An end in a session is one in place of the server's word on the account.
    fn explained(&self, failure: Failure) -> Failure {
        if self.session().is_some() { logon::silent_end(failure) } else { failure }
    }

    /// The session, if there is nothing more to wait for.
    fn is_done(&self, evidence: &ActivateEvidence) -> Option<Active> {
        let answered = self.awaits == Awaits::FontMap || logon::is_logged_on(evidence);
        self.session().filter(|_| answered)
    }

    /// The PDUs of one message on the I/O channel; the end of the phase, if one of them is it.
    async fn share(
        &mut self,
        user_data: &[u8],
        evidence: &mut ActivateEvidence,
    ) -> Result<Option<Step<Active>>, Failure> {
        let mut rest = user_data;
        while !rest.is_empty() {
            let (pdu, after) = share::first(rest);
            rest = after;
            match share::session_pdu(pdu) {
                IoPdu::DemandActive => self.demand_active(pdu, evidence).await?,
                IoPdu::DeactivateAll => {
                    (self.active, self.is_mapped) = (None, false);
                    deactivated(evidence)?;
                }
                IoPdu::SetErrorInfo { code } if code != 0 => return Err(ending::error_info(code)),
                IoPdu::Redirection => {
                    if let Some(reason) = redirect::take(pdu, &mut evidence.redirection)? {
                        return Ok(Some(Step::Stopped(reason.into())));
                    }
                }
                IoPdu::ShareData { kind } => {
                    note_share_data(kind, pdu, evidence);
                    self.is_mapped |= kind == share::FONT_MAP && self.active.is_some();
                    if let (Awaits::Logon, Some(failure)) = (self.awaits, logon::failure(evidence)) {
                        return Err(failure);
                    }
                    if let Some(active) = self.is_done(evidence) {
                        return Ok(Some(Step::Passed(active)));
                    }
                }
                _ => count(&mut evidence.ignored_pdus),
            }
        }
        Ok(None)
    }

    /// Answers with a Confirm Active, and without waiting with what a client sends in the finalization.
    async fn demand_active(&mut self, pdu: &[u8], evidence: &mut ActivateEvidence) -> Result<(), Failure> {
        self.demands += 1;
        if self.demands > MAX_REACTIVATIONS + 1 {
            let detail = format!("the server demands the {}th activation", self.demands);
            return Err(Failure::new(FailureKind::Malformed, detail));
        }
        let seen = demanded(pdu, evidence)?;
        let Channels { io, user, .. } = self.channels;
        let confirm = confirm_active(&seen, user, io);
        let active = Active { share_id: seen.share_id, desktop: seen.desktop };
        self.secured.send(self.wire, &confirm).await?;
        for frame in finalization(active.share_id, user, io) {
            self.secured.send(self.wire, &frame).await?;
        }
        self.active = Some(active);
        Ok(())
    }
}

/// What a Demand Active says.
///
/// # Errors
/// `malformed`.
pub(crate) fn demanded(pdu: &[u8], evidence: &mut ActivateEvidence) -> Result<DemandActive, Failure> {
    let seen = demand_active(pdu)
        .map_err(|error| ending::malformed("the Demand Active cannot be read", &error, pdu))?;
    evidence.server_name = Some(seen.source.clone());
    evidence.share_id = Some(seen.share_id);
    evidence.desktop_width = seen.desktop.map(|(width, _)| width.into());
    evidence.desktop_height = seen.desktop.map(|(_, height)| height.into());
    evidence.capability_sets.clear();
    for kind in &seen.capability_sets {
        note(&mut evidence.capability_sets, &codes::CAPABILITY_SET, u32::from(*kind));
    }
    Ok(seen)
}

/// Counts that the server took the activation back.
///
/// # Errors
/// `malformed`, if it does so too often.
pub(crate) fn deactivated(evidence: &mut ActivateEvidence) -> Result<(), Failure> {
    evidence.reactivations += 1;
    if evidence.reactivations > MAX_REACTIVATIONS {
        let detail = format!("the server took back the activation {} times", evidence.reactivations);
        return Err(Failure::new(FailureKind::Malformed, detail));
    }
    Ok(())
}

pub(crate) fn note_share_data(kind: u8, pdu: &[u8], evidence: &mut ActivateEvidence) {
    note(&mut evidence.share_data, &codes::SHARE_DATA, kind.into());
    if kind == share::SAVE_SESSION_INFO
        && let Some(info) = share::session_info_type(pdu)
    {
        note(&mut evidence.save_session_info, &codes::SAVE_SESSION_INFO, info);
        logon::note(pdu, evidence);
    }
}

/// Counts a number; a server that invents many fills no memory.
fn note(list: &mut Vec<Seen>, table: &Table, code: u32) {
    if let Some(seen) = list.iter_mut().find(|seen| seen.code == code) {
        count(&mut seen.count);
    } else if list.len() < MAX_SEEN {
        list.push(Seen { code, name: table.symbol(code).map(str::to_owned), count: 1 });
    }
}

pub(crate) fn count(counter: &mut u32) {
    *counter = counter.saturating_add(1);
}
