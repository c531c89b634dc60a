//! The requests of HTTP until one of them opens the channel (MS-TSGU 3.3.5.1).

use super::{
    super::{
        record::part,
        talk::{Halt, Passing, Talk},
    },
    step::step,
};
use crate::{
    flow::Side,
    net::Framing,
    pdu::http::{BodyLength, MAX_HEAD, ResponseHead},
    phase::gateway::{noted, refused},
    report::{Failure, FailureKind, GatewayAuth, GatewayEvidence, GatewayHttp},
};

const OPENED: u16 = 101;
const UNAUTHORIZED: u16 = 401;
/// More requests than any way of logging on takes.
const MOST_REQUESTS: usize = 16;

/// A request and its answer.
struct Exchange {
    /// The scheme of Authorization; none without it.
    scheme: Option<String>,
    head: ResponseHead,
}

/// Reads until the gateway switches to WebSocket.
pub(super) fn run(talk: &mut Talk<'_>, evidence: &mut GatewayEvidence) -> Passing<()> {
    let made = part(talk, |talk, e: &mut GatewayHttp| {
        let first = exchange(talk)?;
        e.anonymous = first.scheme.is_none();
        noted(&first.head, e);
        match first.head.status {
            OPENED | UNAUTHORIZED => Ok(first),
            _ => Err(refused(&first.head, "").into()),
        }
    });
    let first = step(&mut evidence.steps.http, made)?;
    if first.head.status == OPENED && first.scheme.is_none() {
        return Ok(());
    }
    evidence.account |= first.scheme.is_some();
    let made = part(talk, |talk, e: &mut GatewayAuth| authenticate(talk, first, e));
    evidence.account |= made.0.evidence.attempted;
    step(&mut evidence.steps.auth, made)
}

fn authenticate(talk: &mut Talk<'_>, first: Exchange, evidence: &mut GatewayAuth) -> Passing<()> {
    let mut last = first;
    for _ in 0..MOST_REQUESTS {
        evidence.attempted |= last.scheme.is_some();
        evidence.scheme = last.scheme.clone().or(evidence.scheme.take());
        evidence.requests += 1;
        match last.head.status {
            OPENED => {
                evidence.accepted = true;
                return Ok(());
            }
            UNAUTHORIZED if talk.next() == Some(Side::Client) => last = exchange(talk)?,
            status => {
                evidence.status = Some(status);
                evidence.reason = Some(last.head.reason.clone()).filter(|reason| !reason.is_empty());
                return Err(match status {
                    // What was asked without an account, and not again, was the client's choice.
                    UNAUTHORIZED if !evidence.attempted => talk.missing(Side::Client, 0),
                    _ => refused(&last.head, "").into(),
                });
            }
        }
    }
    Err(Halt::Unseen("more requests than a logon takes".to_owned()))
}

fn exchange(talk: &mut Talk<'_>) -> Passing<Exchange> {
    let length = request_length(talk.client.rest()).unwrap_or(MAX_HEAD);
    let request = talk.take_secret(Side::Client, Framing::Exactly(length))?;
    let (method, scheme) = asked(&request);
    let bytes = talk.take(Side::Server, Framing::HttpHead)?;
    let head = ResponseHead::parse(&bytes)
        .map_err(|error| Failure::new(FailureKind::Malformed, error.0).with_received(&bytes))?;
    match head.body(&method) {
        Ok(BodyLength::Nothing | BodyLength::UntilEnd) | Err(_) => {}
        Ok(_) if head.status == OPENED => {}
        Ok(length) => {
            talk.take(Side::Server, Framing::HttpBody(length))?;
        }
    }
    Ok(Exchange { scheme, head })
}

/// How long a request without a body is; none while its end has not come.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let bytes = &bytes[..bytes.len().min(MAX_HEAD)];
    bytes.windows(4).position(|end| end == b"\r\n\r\n").map(|before| before + 4)
}

/// The method, and the scheme that the client logs on with; never what it shows.
fn asked(request: &[u8]) -> (String, Option<String>) {
    let text = String::from_utf8_lossy(request);
    let method = text.split(' ').next().unwrap_or_default().to_owned();
    let value = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("authorization").then(|| value.trim().to_owned())
    });
    (method, value.and_then(|value| value.split(' ').next().map(str::to_owned)))
}
