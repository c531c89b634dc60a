//! The system's and rustls' errors as failures of the report.
//!
//! A reset is reported once: if a write meets it, only that write knows, and a later read finds an orderly end. A
//! connection that is reset before connect returns is `reset` in connect, not `refused`, because something accepted
//! it.

use std::{io, time::Duration};

use tokio_rustls::rustls;

use super::tunnel::Ended;
use crate::{
    codes,
    pdu::words::{spaced, words},
    report::{Failure, FailureKind, Speaker},
};

/// The peer ended the stream in order; `pending` bytes of an unfinished message had come.
pub(super) fn closed(speaker: Speaker, pending: usize) -> Failure {
    let who = speaker.title();
    let detail = match pending {
        0 => format!("{who} closed the connection"),
        count => format!("{who} closed the connection in the middle of a message, after {count} B"),
    };
    Failure::new(FailureKind::Closed, detail).of(speaker)
}

/// A connection that its watcher saw end with a FIN, or a RST.
pub(crate) fn ended(speaker: Speaker, by_reset: bool, pending: usize) -> Failure {
    match by_reset {
        true => reset(speaker),
        false => closed(speaker, pending),
    }
}

fn reset(speaker: Speaker) -> Failure {
    Failure::new(FailureKind::Reset, format!("{} reset the connection", speaker.title())).of(speaker)
}

/// Whose time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// That of the phase.
    Phase,
    /// That of the whole run.
    Run,
}

/// What had come of a phase when its time was over.
pub(super) struct Unfinished {
    /// Whole messages, none of which ended it.
    pub messages: u64,
    /// Bytes of a message after them.
    pub pending: u64,
}

/// The phase was not finished in time.
pub(super) fn timeout(speaker: Speaker, waited: Duration, seen: &Unfinished, limit: Limit) -> Failure {
    let seconds = waited.as_secs_f64();
    let detail = match (seen.messages, seen.pending) {
        (0, 0) => format!("{} sent nothing for {seconds:.1} s", speaker.title()),
        (0, count) => format!("only part of a message came in {seconds:.1} s: {count} B"),
        (1, _) => format!("one message came and no other that was awaited in {seconds:.1} s"),
        (count, _) => format!("{count} messages came and no other that was awaited in {seconds:.1} s"),
    };
    limited(speaker, &detail, limit).with_partial(seen.pending)
}

/// TLS was not agreed on in time.
pub(super) fn unfinished_handshake(speaker: Speaker, waited: Duration, limit: Limit) -> Failure {
    let detail = format!("the handshake was not finished in {:.1} s", waited.as_secs_f64());
    limited(speaker, &detail, limit)
}

fn limited(speaker: Speaker, detail: &str, limit: Limit) -> Failure {
    let whose = match limit {
        Limit::Phase => "",
        Limit::Run => "; the deadline of the whole run was reached",
    };
    Failure::new(FailureKind::Timeout, format!("{detail}{whose}")).of(speaker)
}

/// An error of reading or writing an open connection.
pub(super) fn broken(speaker: Speaker, error: &io::Error, pending: usize) -> Failure {
    let who = speaker.title();
    if let Some(Ended(failure)) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return failure.clone();
    }
    if let Some(tls) = tls_error(error) {
        return from_tls(speaker, tls);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::WriteZero => {
            closed(speaker, pending)
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => reset(speaker),
        io::ErrorKind::TimedOut => {
            Failure::new(FailureKind::Timeout, "the system gave up: the peer no longer acknowledges anything")
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => lost(speaker, error),
        // Of the many codes of a system std knows few; none of them is about what the server sends.
        _ if error.raw_os_error().is_some() => lost(speaker, error),
        _ => {
            let detail = format!("what {who} sends cannot be taken: {}", words(error));
            Failure::new(FailureKind::Malformed, detail).of(speaker)
        }
    }
}

fn lost(speaker: Speaker, error: &io::Error) -> Failure {
    let detail = format!("the way to {} was lost: {}", speaker.title(), words(error));
    Failure::new(FailureKind::Unreachable, detail).of(speaker)
}

/// The rustls error inside an I/O error.
pub(super) fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// A rustls error: an alert of the server, something this build cannot speak, or a malformed message.
pub(super) fn from_tls(speaker: Speaker, error: &rustls::Error) -> Failure {
    match error {
        rustls::Error::AlertReceived(description) => alert(speaker, u8::from(*description)),
        rustls::Error::PeerIncompatible(why) => {
            let detail = format!("{}'s TLS cannot be spoken here: {}", speaker.title(), reason(why));
            Failure::new(FailureKind::TlsUnsupported, detail).of(speaker)
        }
        rustls::Error::InvalidMessage(why) => malformed(speaker, &reason(why)),
        rustls::Error::PeerMisbehaved(why) => malformed(speaker, &reason(why)),
        other => malformed(speaker, &words(other)),
    }
}

fn malformed(speaker: Speaker, why: &str) -> Failure {
    let detail = format!("{}'s TLS cannot be followed: {why}", speaker.title());
    Failure::new(FailureKind::Malformed, detail).of(speaker)
}

/// rustls names its reasons like `HandshakePayloadTooLarge`, some with what it is about in brackets.
fn reason(reason: &impl std::fmt::Debug) -> String {
    let text = format!("{reason:?}");
    let (name, about) = text.split_once('(').unwrap_or((&text, ""));
    let about = about.trim_matches(['(', ')', '"']);
    let named = about.chars().all(|letter| letter.is_ascii_alphanumeric()) && !about.is_empty();
    if named { format!("{}, {}", spaced(name), spaced(about)) } else { spaced(name) }
}

/// A TLS alert that the server sent.
pub(crate) fn alert(speaker: Speaker, code: u8) -> Failure {
    let name = codes::TLS_ALERT.symbol(code.into());
    let what = name.unwrap_or("unknown");
    let detail = format!("{} sent the TLS alert {code} ({what})", speaker.title());
    Failure::new(FailureKind::TlsAlert, detail).of(speaker).with_code(code, name)
}
