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
    pdu::{
        http::{Challenge, ResponseHead},
        websocket,
    },
    phase::gateway::{OUT_DATA, noted, opens, refused},
    report::{Failure, FailureKind, GatewayAuth, GatewayEvidence, GatewayHttp},
};

const OPENED: u16 = 101;
const UNAUTHORIZED: u16 = 401;

/// A request and its answer.
pub(super) struct Exchange {
    /// The scheme of Authorization; none without it.
    scheme: Option<String>,
    /// Whether it holds a proof, and not only what begins one.
    proves: bool,
    /// Whether an upgrade answers the key that was sent.
    accepts: bool,
    pub head: ResponseHead,
}

/// How the gateway lets packets through, on the connection that carries what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    WebSocket,
    /// Its body comes in chunks, or as it is.
    Bodies {
        chunked: bool,
    },
}

impl Exchange {
    /// What the answer opens. Whether an upgrade counts that answers another key is for the client to say, by going on or not.
    fn lets_in(&self, talk: &Talk<'_>) -> Passing<Option<Way>> {
        let way = self.opens();
        if way == Some(Way::WebSocket) && !self.accepts && talk.client.rest().is_empty() {
            let detail = "the upgrade to WebSocket answers another key: Sec-WebSocket-Accept does not match";
            return Err(Failure::new(FailureKind::Malformed, detail).into());
        }
        Ok(way)
    }

    /// What it means that the client does not go on.
    pub(super) fn ended(&self, talk: &mut Talk<'_>, why: &str) -> Halt {
        match self.head.status {
            // What was asked without an account or begun, and not gone on with, was the client's choice.
            UNAUTHORIZED if self.scheme.is_none() || !self.proves && goes_on(self) => {
                talk.missing(Side::Client, 0)
            }
            _ => refused(&self.head, why).into(),
        }
    }

    fn opens(&self) -> Option<Way> {
        match self.head.status {
            OPENED => Some(Way::WebSocket),
            _ if opens(&self.head, OUT_DATA) => {
                Some(Way::Bodies { chunked: self.head.lists("transfer-encoding", "chunked") })
            }
            _ => None,
        }
    }
}

/// Reads until the gateway lets packets through.
pub(super) fn run(talk: &mut Talk<'_>, evidence: &mut GatewayEvidence) -> Passing<Way> {
    let made = part(talk, |talk, e: &mut GatewayHttp| {
        let first = exchange(talk)?;
        e.anonymous = first.scheme.is_none();
        noted(&first.head, e);
        match first.lets_in(talk)? {
            None if first.head.status != UNAUTHORIZED => Err(refused(&first.head, "").into()),
            _ => Ok(first),
        }
    });
    let first = step(&mut evidence.steps.http, made)?;
    if let Some(way) = first.opens().filter(|_| first.scheme.is_none()) {
        return Ok(way);
    }
    evidence.account |= first.scheme.is_some();
    let made = part(talk, |talk, e: &mut GatewayAuth| authenticate(talk, first, e));
    evidence.account |= made.0.evidence.attempted;
    step(&mut evidence.steps.auth, made)
}

fn authenticate(talk: &mut Talk<'_>, first: Exchange, evidence: &mut GatewayAuth) -> Passing<Way> {
    let mut last = first;
    for _ in 0..http::MOST_REQUESTS {
        evidence.attempted |= last.proves;
        evidence.scheme = last.scheme.clone().or(evidence.scheme.take());
        evidence.requests += 1;
        if let Some(way) = last.lets_in(talk)? {
            evidence.accepted = true;
            return Ok(way);
        }
        // Whatever the answer is: a client may try another form of its token.
        if talk.next() == Some(Side::Client) {
            last = exchange(talk)?;
            continue;
        }
        evidence.status = Some(last.head.status);
        evidence.reason = Some(last.head.reason.clone()).filter(|reason| !reason.is_empty());
        evidence.challenged_again = last.proves && goes_on(&last);
        evidence.refusal = status_in_words(&last.head.reason).filter(|_| evidence.attempted);
        return Err(last.ended(talk, ""));
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

/// The next one.
pub(super) fn exchange(talk: &mut Talk<'_>) -> Passing<Exchange> {
    let request = http::request(talk)?;
    let request = http::parsed(&request)?;
    let head = http::answer(talk)?;
    if !opens(&head, OUT_DATA) {
        http::body(talk, request.method, &head);
    }
    let authorization = request.header("authorization");
    let scheme = authorization.and_then(|value| value.split(' ').next()).map(str::to_owned);
    let accept = request.header("sec-websocket-key").map(websocket::accept);
    let accepts = accept.is_none_or(|accept| head.header("sec-websocket-accept") == Some(accept.as_str()));
    Ok(Exchange { scheme, proves: authorization.is_some_and(http::proves), accepts, head })
}
