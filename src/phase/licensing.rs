//! Secure settings exchange, connect-time auto-detect and licensing (MS-RDPBCGR 1.3.1.1, 2.2.1.11, 2.2.14; MS-RDPELE).
//!
//! A Demand Active before licensing passes the phase with `outcome` null, because some servers do no licensing.
//! `Secured` keeps the opened PDU for the activation.

use super::{AutoDetect, PhaseResult, Step, ending, mcs::Joined, rdp_client, redirect};
use crate::{
    net::{Framing, Wire},
    pdu::{
        mcs::{self, Mcs},
        message_channel::{self, Message},
        share::{self, IoPdu},
    },
    report::{Failure, FailureKind, LicensingEvidence},
    settings::LicensePolicy,
};

mod account;
mod exchange;

pub(crate) use account::{Entrusted, InfoAccount};
pub(crate) use exchange::read_pdu;

/// How the license exchange is to be led.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Licensing {
    /// How far it may go.
    pub policy: LicensePolicy,
    /// This machine's hardware id.
    pub hardware_id: [u32; 4],
    /// The I/O channel.
    pub io_channel: u16,
    /// The message channel.
    pub message_channel: Option<u16>,
    /// Our user channel.
    pub user_channel: u16,
}

impl Licensing {
    /// User data on the I/O channel as a frame.
    fn frame(&self, user_data: &[u8]) -> Vec<u8> {
        mcs::request(self.user_channel, self.io_channel, user_data)
            .expect("user data of bounded size fits a frame")
    }
}

/// Sends the keys and Client Info, and leads the license exchange as far as the policy allows.
///
/// # Errors
/// `license_error`, `error_info`, `disconnect`, `malformed`, and what ends a connection.
pub(crate) async fn run(
    wire: &mut Wire,
    joined: &mut Joined,
    licensing: Licensing,
    account: &InfoAccount<'_>,
    evidence: &mut LicensingEvidence,
) -> PhaseResult<()> {
    if let InfoAccount::Withheld(reason) = account {
        return Ok(Step::Stopped(reason.clone().into()));
    }
    let Joined { connector, secured, .. } = joined;
    if let Some(exchange) = secured.exchange() {
        wire.send(&licensing.frame(exchange)).await?;
    }
    let info = rdp_client::step(connector, &[])?;
    if let stopped @ Step::Stopped(_) = account::send(wire, secured, &info, account, evidence).await? {
        return Ok(stopped);
    }
    let mut exchange = exchange::Exchange::new(licensing, secured.key().cloned());
    let mut measured = AutoDetect::default();
    loop {
        let frame = secured.receive(wire, Framing::Tpkt).await?;
        measured.received(&frame);
        let Mcs::Data { channel, user_data } = ending::read(&frame)? else {
            return Err(misplaced(&frame));
        };
        if Some(channel) == licensing.message_channel {
            if let Some(answer) = noted(user_data, evidence).and_then(|request| measured.answer(request)) {
                let frame = mcs::request(licensing.user_channel, channel, &answer);
                secured.send_headed(wire, &frame.expect("a few bytes fit a frame")).await?;
            }
            continue;
        }
        if channel != licensing.io_channel {
            evidence.ignored_pdus = evidence.ignored_pdus.saturating_add(1);
            continue;
        }
        match share::io_pdu(user_data) {
            IoPdu::License => match exchange.take(user_data, evidence)? {
                exchange::Next::Send(bytes) => wire.send(&bytes).await?,
                exchange::Next::Done(step) => return Ok(step),
            },
            // Some servers know no licensing at all and begin with the capabilities.
            IoPdu::DemandActive => {
                secured.give_back(frame);
                return Ok(Step::Passed(()));
            }
            IoPdu::Redirection => match redirect::take(user_data, &mut evidence.redirection)? {
                Some(reason) => return Ok(Step::Stopped(reason.into())),
                None => evidence.ignored_pdus = evidence.ignored_pdus.saturating_add(1),
            },
            _ => evidence.ignored_pdus = evidence.ignored_pdus.saturating_add(1),
        }
    }
}

/// Notes what came on the message channel; none of what is passed over.
pub(crate) fn noted(user_data: &[u8], evidence: &mut LicensingEvidence) -> Option<Message> {
    match message_channel::message(user_data) {
        Message::Multitransport { .. } | Message::Other => {
            evidence.ignored_pdus = evidence.ignored_pdus.saturating_add(1);
            None
        }
        request => {
            evidence.auto_detect_requests = evidence.auto_detect_requests.saturating_add(1);
            Some(request)
        }
    }
}

fn misplaced(frame: &[u8]) -> Failure {
    let detail = "an MCS PDU without data where the license PDU belongs";
    Failure::new(FailureKind::Malformed, detail).with_received(frame)
}
