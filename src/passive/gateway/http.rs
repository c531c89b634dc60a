//! The requests of HTTP until one of them opens the channel (MS-TSGU 3.3.5.1).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    super::{
        record::part,
        talk::{Halt, Passing, Talk},
    },
    step::step,
};
use crate::{
    codes::status_in_words,
    flow::Side,
    net::Framing,
    pdu::{
        http::{BodyLength, Challenge, MAX_HEAD, ResponseHead},
        ntlm,
    },
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
    /// Whether it holds a proof, and not only what begins one.
    proves: bool,
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
        evidence.attempted |= last.proves;
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
                evidence.challenged_again = last.proves && goes_on(&last);
                evidence.refusal = status_in_words(&last.head.reason).filter(|_| evidence.attempted);
                return Err(match status {
                    // What was asked without an account or begun, and not gone on with, was the client's choice.
                    UNAUTHORIZED if last.scheme.is_none() || !last.proves && goes_on(&last) => {
                        talk.missing(Side::Client, 0)
                    }
                    _ => refused(&last.head, "").into(),
                });
            }
        }
    }
    Err(Halt::Unseen("more requests than a logon takes".to_owned()))
}

/// Whether the answer challenges the client to go on with its scheme.
fn goes_on(last: &Exchange) -> bool {
    let challenges = last.head.challenges();
    let scheme = last.scheme.as_deref().unwrap_or_default();
    let has_token = |challenge: &Challenge| challenge.is(scheme) && !challenge.parameters.is_empty();
    !scheme.eq_ignore_ascii_case("Basic") && challenges.iter().any(has_token)
}

fn exchange(talk: &mut Talk<'_>) -> Passing<Exchange> {
    let length = request_length(talk.client.rest()).unwrap_or(MAX_HEAD);
    let request = talk.take_secret(Side::Client, Framing::Exactly(length))?;
    let (method, authorization) = asked(&request);
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
    let proves = authorization.as_ref().is_some_and(|value| proves(value));
    let scheme = authorization.as_deref().and_then(|value| value.split(' ').next()).map(str::to_owned);
    Ok(Exchange { scheme, proves, head })
}

/// How long a request without a body is; none while its end has not come.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let bytes = &bytes[..bytes.len().min(MAX_HEAD)];
    bytes.windows(4).position(|end| end == b"\r\n\r\n").map(|before| before + 4)
}

/// Whether the value of Authorization proves anything: the first message of NTLM does not (MS-NLMP 2.2.1.1).
fn proves(authorization: &str) -> bool {
    let (_, token) = authorization.split_once(' ').unwrap_or_default();
    let token = Zeroizing::new(STANDARD.decode(token.trim()).unwrap_or_default());
    !token.is_empty() && ntlm::message(&token).and_then(ntlm::negotiated).is_none()
}

/// The method, and what the client logs on with.
fn asked(request: &[u8]) -> (String, Option<Zeroizing<String>>) {
    let text = String::from_utf8_lossy(request);
    let method = text.split(' ').next().unwrap_or_default().to_owned();
    let value = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("authorization").then(|| Zeroizing::new(value.trim().to_owned()))
    });
    (method, value)
}
