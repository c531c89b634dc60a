//! What is answered beside the activation: transports, auto-detection and dynamic channels (MS-RDPBCGR 2.2.14, 2.2.15).
//!
//! If activation is asked for, the graphics pipeline is announced with its channel: gnome-remote-desktop and krdp end
//! the session of a client without it. A screenshot is made without it, because we do not decode it and xrdp 0.10 and
//! FreeRDP 3 would draw nothing else. The version of dynamic channels is agreed on and every channel is refused. The
//! joins go out together, so one more channel costs no round trip.

use super::{Channels, count};
use crate::{
    net::Wire,
    pdu::{
        drdynvc, mcs,
        message_channel::{self, Message},
    },
    phase::{AutoDetect, Secured},
    report::{ActivateEvidence, Failure, MultitransportRequest},
};

/// How many transports a server may ask for (MS-RDPBCGR 2.2.15.1).
const MAX_MULTITRANSPORT_REQUESTS: u32 = 2;

/// Answers what comes on the message channel: a transport is declined, what is measured gets its answer, anything else is passed
/// over.
///
/// # Errors
/// As [`Wire::send`].
pub(crate) async fn message(
    wire: &mut Wire,
    secured: &mut Secured,
    channels: Channels,
    auto_detect: &mut AutoDetect,
    user_data: &[u8],
    evidence: &mut ActivateEvidence,
) -> Result<(), Failure> {
    let answer = match noted(user_data, evidence) {
        Some(Message::Multitransport { request_id, .. }) => Some(message_channel::decline(request_id)),
        Some(request) => auto_detect.answer(request),
        None => None,
    };
    let (Some(channel), Some(answer)) = (channels.message, answer) else { return Ok(()) };
    let frame = mcs::request(channels.user, channel, &answer).expect("a few bytes fit a frame");
    secured.send_headed(wire, &frame).await
}

/// Notes what came on the message channel; none of what nobody answers.
pub(crate) fn noted(user_data: &[u8], evidence: &mut ActivateEvidence) -> Option<Message> {
    match message_channel::message(user_data) {
        request @ Message::Multitransport { request_id, requested_protocol }
            if evidence.multitransport_requests < MAX_MULTITRANSPORT_REQUESTS =>
        {
            evidence.multitransport_requests += 1;
            evidence.multitransport.push(MultitransportRequest { request_id, requested_protocol });
            Some(request)
        }
        Message::Multitransport { .. } | Message::Other => {
            count(&mut evidence.ignored_pdus);
            None
        }
        request => {
            count(&mut evidence.auto_detect_requests);
            Some(request)
        }
    }
}

/// Answers what comes on the channel of dynamic virtual channels: none is opened.
///
/// # Errors
/// As [`Wire::send`].
pub(crate) async fn dynamic(
    wire: &mut Wire,
    secured: &mut Secured,
    channels: Channels,
    user_data: &[u8],
) -> Result<(), Failure> {
    let (Some(channel), Some(answer)) = (channels.dynamic, drdynvc::answer(user_data)) else { return Ok(()) };
    let frame = mcs::request(channels.user, channel, &answer).expect("a few bytes fit a frame");
    secured.send(wire, &frame).await
}
