//! What a server says after the activation in the bytes that are kept, the first and the last: why it ends the session, or
//! where it sends the client.

use super::talk::{Halt, Talk};
use crate::{
    flow::{Flow, Side, Stream, millis},
    net::Framing,
    pdu::{
        mcs::Mcs,
        share::{self, IoPdu},
        x224::TPKT_VERSION,
    },
    phase::{ending, redirect},
    report::{Failure, FailureKind, Millis, Session},
};

/// ERRINFO_RPC_INITIATED_DISCONNECT_BY_USER and ERRINFO_LOGOFF_BY_USER (MS-RDPBCGR 2.2.5.1.1).
const BY_USER: [i64; 2] = [0xB, 0xC];

/// Looks through what is kept; none if nothing says how the session ends.
pub(super) fn run(talk: &mut Talk<'_>, io: Option<u16>) -> Option<Session> {
    let begin = talk.now;
    let mut seen = Session::default();
    loop {
        let Some(side) = talk.next() else {
            let resumed = [Side::Client, Side::Server].map(|side| talk.resume(side));
            if resumed.contains(&true) {
                continue;
            }
            break;
        };
        match (side, talk.take_secret(side, Framing::TpktOrFastPath)) {
            (Side::Server, Ok(frame)) if frame.first() == Some(&TPKT_VERSION) => {
                match server(&frame, io, &mut seen) {
                    Ok(()) => {}
                    Err(failure) if is_users_wish(talk.flow, &failure) => seen.stopped = Some(failure.detail),
                    Err(failure) => {
                        seen.failure = Some(failure).filter(|failure| !talk.is_goodbye(failure));
                        break;
                    }
                }
            }
            (_, Ok(_)) => {}
            (side, Err(Halt::Unseen(_))) if talk.resume(side) => {}
            (_, Err(Halt::Failed(_) | Halt::Stopped(_) | Halt::Unseen(_))) => break,
        }
        if seen.stopped.is_some() {
            break;
        }
    }
    if seen.failure.is_none() && seen.stopped.is_none() {
        let on_the_way = talk.on_the_way().map(|(failure, _)| failure);
        // What is missing of the client may have been its goodbye.
        let has_gap = talk.server.has_gap() || talk.client.has_gap();
        let is_read = talk.next().is_none() && !has_gap && has_end(&talk.flow.from_server);
        seen.failure =
            on_the_way.or_else(|| if is_read || talk.is_told_by_gateway() { cut(talk) } else { None });
    }
    seen.elapsed_ms = Millis::rounded(millis(begin, talk.now));
    (seen.failure.is_some() || seen.stopped.is_some() || seen.redirection.is_some()).then_some(seen)
}

/// Whether whoever used the session has ended it. Of a session that drew little nobody did: a server that lets nobody in says so too.
fn is_users_wish(flow: &Flow, failure: &Failure) -> bool {
    let is_told =
        failure.kind == FailureKind::ErrorInfo && failure.code.is_some_and(|code| BY_USER.contains(&code));
    is_told && flow.from_server.tail.is_some()
}

/// Whether the last bytes that were sent are there, so that they would show a farewell.
fn has_end(stream: &Stream) -> bool {
    stream.tail.is_some() || stream.total == stream.bytes.len() as u64
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
