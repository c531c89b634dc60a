//! Faults that only some ClientHellos meet, and the plain answer of a server that knows old TLS only (RFC 5246 7.4).

use std::io;

use super::action::Action;
use super::answer::Answer;
use super::stream::{Stream, drain, send};
use crate::pdu::hello::{SERVER_NAME, SUPPORTED_VERSIONS};

const TLS_1_2: [u8; 2] = [3, 3];
const TLS_1_3: [u8; 2] = [3, 4];
/// TLS_RSA_WITH_AES_128_CBC_SHA.
const OLD_SUITE: [u8; 2] = [0x00, 0x2F];
/// Those of TLS 1.2 with ECDHE, CBC and SHA-1 or SHA-256.
const CBC_SUITES: [[u8; 2]; 6] =
    [[0xC0, 0x09], [0xC0, 0x0A], [0xC0, 0x13], [0xC0, 0x14], [0xC0, 0x23], [0xC0, 0x27]];
const HANDSHAKE_FAILURE: u8 = 40;

/// Which ClientHello meets the fault; every other is answered as by a healthy server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disliked {
    /// One that offers TLS 1.3.
    Tls13,
    /// One that names the server.
    Named,
    /// One that does not name this server.
    NotNamed(&'static str),
    /// One whose record is longer than this many bytes.
    Above(usize),
    /// One whose record is not as long as this.
    Below(usize),
    /// One that offers TLS 1.2.
    Tls12,
    /// One without the older suites of TLS 1.2.
    Current,
}

impl Disliked {
    /// Whether this record is such a hello.
    pub(super) fn matches(self, record: &[u8]) -> bool {
        match self {
            Self::Above(length) => record.len() > length,
            Self::Below(length) => record.len() < length,
            Self::NotNamed(name) => {
                !extension(record, SERVER_NAME).is_some_and(|names| names.ends_with(name.as_bytes()))
            }
            Self::Current => {
                let offered = body(record).map_or(&[][..], |body| body.suites);
                !offered.chunks(2).any(|suite| CBC_SUITES.iter().any(|old| suite == old))
            }
            Self::Named => extension(record, SERVER_NAME).is_some(),
            Self::Tls13 => versions(record).is_some_and(|mut all| all.any(|version| version == TLS_1_3)),
            Self::Tls12 => versions(record).is_none_or(|mut all| all.any(|version| version == TLS_1_2)),
        }
    }
}

/// Answers a hello that offers the old suite with this version and certificate, and others with an alert.
pub(super) async fn old(
    version: u8,
    certificate: &[u8],
    hello: &[u8],
    stream: &mut dyn Stream,
) -> io::Result<()> {
    let offered = body(hello).map_or(&[][..], |body| body.suites);
    if !offered.chunks(2).any(|suite| suite == OLD_SUITE) {
        return Err(Action::Send(Answer::TlsAlert(HANDSHAKE_FAILURE)).act(stream, 0).await);
    }
    send(stream, &flight(version, certificate)).await?;
    drain(stream).await
}

/// ServerHello, Certificate and ServerHelloDone in one record.
fn flight(version: u8, certificate: &[u8]) -> Vec<u8> {
    let hello = [&[3, version][..], &[0x5A; 32], &[0], &OLD_SUITE, &[0]].concat();
    let list = sized(&sized(certificate));
    let messages = [message(2, &hello), message(11, &list), message(14, &[])].concat();
    let length = u16::try_from(messages.len()).expect("a certificate is small");
    [&[22, 3, version][..], &length.to_be_bytes(), &messages].concat()
}

fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind][..], &sized(content)].concat()
}

/// With three bytes of length.
fn sized(content: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(content.len()).expect("a message is small").to_be_bytes();
    [&length[..], content].concat()
}

/// What follows the random of a ClientHello.
struct Body<'a> {
    suites: &'a [u8],
    extensions: &'a [u8],
}

/// None for what is no whole ClientHello.
fn body(record: &[u8]) -> Option<Body<'_>> {
    // Record header, message header, version and random.
    let rest = record.get(5 + 4 + 2 + 32..)?;
    let (_session, rest) = short(rest)?;
    let (suites, rest) = long(rest)?;
    let (_compression, rest) = short(rest)?;
    Some(Body { suites, extensions: long(rest).map_or(&[], |(extensions, _)| extensions) })
}

/// What supported_versions lists.
fn versions(record: &[u8]) -> Option<std::slice::Chunks<'_, u8>> {
    Some(extension(record, SUPPORTED_VERSIONS)?.get(1..).unwrap_or_default().chunks(2))
}

/// The content of this extension.
fn extension(record: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut rest = body(record)?.extensions;
    while let Some((kind, after)) = rest.split_at_checked(2) {
        let (content, others) = long(after)?;
        if kind == wanted.to_be_bytes() {
            return Some(content);
        }
        rest = others;
    }
    None
}

/// A vector with one byte of length, and what follows it.
fn short(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

/// A vector with two bytes of length, and what follows it.
fn long(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(2)?;
    rest.split_at_checked(usize::from(u16::from_be_bytes([length[0], length[1]])))
}
