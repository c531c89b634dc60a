//! The system's and rustls' errors as failures of the report.

use std::{io, time::Duration};

use tokio_rustls::rustls;

use super::tunnel::Ended;
use crate::{
    codes,
    pdu::words::{spaced, words},
    report::{Failure, FailureKind},
};

/// The server ended the stream in order; `pending` bytes of an unfinished message had come.
pub fn closed(pending: usize) -> Failure {
    let detail = match pending {
        0 => "the server closed the connection".to_owned(),
        count => format!("the server closed the connection in the middle of a message, after {count} B"),
    };
    Failure::new(FailureKind::Closed, detail)
}

/// The phase was not finished in time: nothing came, or `pending` bytes of a message, or messages that did not end it.
pub fn timeout(waited: Duration, pending: u64, messages: u64, run: bool) -> Failure {
    let seconds = waited.as_secs_f64();
    let detail = match (messages, pending) {
        (0, 0) => format!("the server sent nothing for {seconds:.1} s"),
        (0, count) => format!("only part of a message came in {seconds:.1} s: {count} B"),
        (1, _) => format!("one message came and no other that was awaited in {seconds:.1} s"),
        (count, _) => format!("{count} messages came and no other that was awaited in {seconds:.1} s"),
    };
    let limit = if run { "; the deadline of the whole run was reached" } else { "" };
    Failure::new(FailureKind::Timeout, format!("{detail}{limit}")).with_partial(pending)
}

/// An error of reading or writing an open connection.
pub fn broken(error: &io::Error, pending: usize) -> Failure {
    if let Some(Ended(failure)) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return failure.clone();
    }
    if let Some(tls) = tls_error(error) {
        return from_tls(tls);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::WriteZero => {
            closed(pending)
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            Failure::new(FailureKind::Reset, "the server reset the connection")
        }
        io::ErrorKind::TimedOut => {
            Failure::new(FailureKind::Timeout, "the system gave up: the peer no longer acknowledges anything")
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => lost(error),
        // Of the many codes of a system std knows few; none of them is about what the server sends.
        _ if error.raw_os_error().is_some() => lost(error),
        _ => Failure::new(
            FailureKind::Malformed,
            format!("what the server sends cannot be taken: {}", words(error)),
        ),
    }
}

fn lost(error: &io::Error) -> Failure {
    Failure::new(FailureKind::Unreachable, format!("the way to the server was lost: {}", words(error)))
}

/// The rustls error inside an I/O error.
pub fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// A rustls error: an alert of the server, something this build cannot speak, or a malformed message.
pub fn from_tls(error: &rustls::Error) -> Failure {
    match error {
        rustls::Error::AlertReceived(description) => alert(u8::from(*description)),
        rustls::Error::PeerIncompatible(why) => Failure::new(
            FailureKind::TlsUnsupported,
            format!("the server's TLS cannot be spoken here: {}", reason(why)),
        ),
        rustls::Error::InvalidMessage(why) => malformed(&reason(why)),
        rustls::Error::PeerMisbehaved(why) => malformed(&reason(why)),
        other => malformed(&words(other)),
    }
}

fn malformed(why: &str) -> Failure {
    Failure::new(FailureKind::Malformed, format!("the server's TLS cannot be followed: {why}"))
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
pub fn alert(code: u8) -> Failure {
    let name = codes::TLS_ALERT.symbol(code.into());
    let what = name.unwrap_or("unknown");
    Failure::new(FailureKind::TlsAlert, format!("the server sent the TLS alert {code} ({what})"))
        .with_code(code, name)
}
