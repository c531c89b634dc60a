//! What a server says after the activation as long as its bytes are kept: why it ends the session, or where it sends the client.

use super::talk::{Halt, Talk};
use crate::{
    flow::{Flow, Side, millis},
    net::Framing,
    pdu::{
        mcs::Mcs,
        share::{self, IoPdu},
        x224::TPKT_VERSION,
    },
    phase::{ending, redirect},
    report::{Failure, FailureKind, Millis, Session},
};

/// Looks through what is kept; none if nothing says how the session ends.
pub(super) fn run(talk: &mut Talk<'_>, io: Option<u16>) -> Option<Session> {
    let begin = talk.now;
    let mut seen = Session::default();
    while let Some(side) = talk.next() {
        match (side, talk.take_secret(side, Framing::TpktOrFastPath)) {
            (Side::Server, Ok(frame)) if frame.first() == Some(&TPKT_VERSION) => {
                if let Err(failure) = server(&frame, io, &mut seen) {
                    seen.failure = Some(failure).filter(|failure| !talk.is_goodbye(failure));
                    break;
                }
            }
            (_, Ok(_)) => {}
            (_, Err(Halt::Failed(_) | Halt::Stopped(_) | Halt::Unseen(_))) => break,
        }
        if seen.stopped.is_some() {
            break;
        }
    }
    if talk.next().is_none() {
        let on_the_way = talk.on_the_way().map(|(failure, _)| failure);
        let ended = on_the_way.or_else(|| if is_whole(talk.flow) { cut(talk) } else { None });
        seen.failure = seen.failure.or(ended);
    }
    seen.elapsed_ms = Millis::rounded(millis(begin, talk.now));
    (seen.failure.is_some() || seen.redirection.is_some()).then_some(seen)
}

/// Whether all that the server sent is kept, so that it would show a farewell.
fn is_whole(flow: &Flow) -> bool {
    flow.from_server.total == flow.from_server.bytes.len() as u64 && !flow.from_server.has_gaps()
}

/// The end of a session that the server, or the way to it, ended without saying why.
fn cut(talk: &mut Talk<'_>) -> Option<Failure> {
    match talk.missing(Side::Server, 0) {
        // A session may well be quiet.
        Halt::Failed(failure) if failure.kind != FailureKind::Timeout => Some(failure),
        _ => None,
    }
}

fn server(frame: &[u8], io: Option<u16>, seen: &mut Session) -> Result<(), Failure> {
    let Mcs::Data { channel, user_data } = ending::read(frame)? else { return Ok(()) };
    let mut rest = if Some(channel) == io { user_data } else { &[] };
    while !rest.is_empty() {
        let (pdu, after) = share::first(rest);
        rest = after;
        match share::session_pdu(pdu) {
            IoPdu::SetErrorInfo { code } if code != 0 => return Err(ending::error_info(code)),
            IoPdu::Redirection => seen.stopped = redirect::take(pdu, &mut seen.redirection)?,
            _ => {}
        }
    }
    Ok(())
}
