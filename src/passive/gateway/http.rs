//! The requests of HTTP until one of them opens the channel (MS-TSGU 3.3.5.1).

use super::{
    super::{
        http,
        record::part,
        talk::{Halt, Passing, Talk},
    },
    step::step,
};
use crate::{
    codes::status_in_words,
    flow::Side,
    pdu::http::{Challenge, ResponseHead},
    phase::gateway::{noted, refused},
    report::{GatewayAuth, GatewayEvidence, GatewayHttp},
};

const OPENED: u16 = 101;
const UNAUTHORIZED: u16 = 401;

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
    for _ in 0..http::MOST_REQUESTS {
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
    let request = http::request(talk)?;
    let request = http::parsed(&request)?;
    let head = http::answer(talk)?;
    if head.status != OPENED {
        http::body(talk, request.method, &head);
    }
    let authorization = request.header("authorization");
    let scheme = authorization.and_then(|value| value.split(' ').next()).map(str::to_owned);
    Ok(Exchange { scheme, proves: authorization.is_some_and(http::proves), head })
}
