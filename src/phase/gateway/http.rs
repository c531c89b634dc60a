//! The first request, without credentials: its answer lists what the gateway accepts, or shows that it is no gateway.

use super::{
    Access,
    exchange::{Ask, OUT_DATA, Reply, Session, exchange, is_page},
    further,
    transport::Transport,
};
use crate::{
    codes,
    net::{Network, Wire},
    pdu::http::{Challenge, ResponseHead},
    phase::{PhaseResult, Step},
    report::{Failure, FailureKind, GatewayHttp},
};

/// What a Windows gateway takes beside the schemes of HTTP; clients send it too, for a token.
pub(super) const AUTH_SCHEME: &str = "rdg-auth-scheme";

/// What the first request led to.
pub(super) enum Opened {
    /// The gateway let us in without HTTP authentication.
    Ready(Transport),
    /// It asks for one of these.
    Challenged(Vec<Challenge>),
}

/// Asks without credentials.
///
/// # Errors
/// `http_status` for any answer but a challenge or an open channel, and what ends a connection.
pub(super) async fn run(
    network: &dyn Network,
    wire: &mut Wire,
    access: &Access<'_>,
    session: &mut Session,
    evidence: &mut GatewayHttp,
) -> PhaseResult<Opened> {
    evidence.anonymous = true;
    let ask = Ask { method: OUT_DATA, authorization: None, body: None };
    let reply = exchange(wire, session, &ask).await?;
    note(&reply, evidence);
    if reply.opens {
        return Ok(Step::Passed(Opened::Ready(Transport::of(&reply, session)?)));
    }
    let challenges = reply.head.challenges();
    if reply.head.status == 401 && !challenges.is_empty() {
        return Ok(Step::Passed(Opened::Challenged(challenges)));
    }
    further::ask(network, wire, access, session, &reply, evidence).await;
    let why = if reply.head.status == 401 { "and names no way to log on" } else { "" };
    Err(refusal(&reply, why))
}

fn note(reply: &Reply, evidence: &mut GatewayHttp) {
    noted(&reply.head, evidence);
    evidence.text.clone_from(&reply.text);
    evidence.keeps_alive = reply.keeps_alive;
}

/// What the head of an answer says.
pub(crate) fn noted(head: &ResponseHead, evidence: &mut GatewayHttp) {
    let text = |name| head.header(name).map(|value| value.chars().take(200).collect::<String>());
    evidence.status = Some(head.status);
    evidence.reason = Some(head.reason.clone()).filter(|reason| !reason.is_empty());
    evidence.server = text("server");
    evidence.via = text("via");
    evidence.content_type = text("content-type");
    // What follows the path of a redirection to a logon may be secret.
    evidence.location = text("location").map(|to| to.split('?').next().unwrap_or_default().to_owned());
    evidence.auth_scheme = text(AUTH_SCHEME);
    evidence.schemes = head.challenges().into_iter().map(|challenge| challenge.scheme).collect();
    let name = |cookie: &str| cookie.split('=').next().unwrap_or_default().trim().to_owned();
    evidence.cookies = head.values("set-cookie").map(name).collect();
}

/// An answer that ends the way, as a failure.
pub(super) fn refusal(reply: &Reply, why: &str) -> Failure {
    let text = reply.text.as_ref().map_or_else(String::new, |text| format!(": {text}"));
    let mut failure = refused(&reply.head, why);
    failure.detail.push_str(&text);
    failure
}

/// The head of such an answer as a failure.
pub(crate) fn refused(head: &ResponseHead, why: &str) -> Failure {
    let status = u32::from(head.status);
    let reason = if head.reason.is_empty() { String::new() } else { format!(" {}", head.reason) };
    let page = if is_page(head) { " with a web page" } else { "" };
    let server = head
        .header("server")
        .map_or_else(String::new, |name| format!(" (Server: {})", name.chars().take(60).collect::<String>()));
    let why = if why.is_empty() { String::new() } else { format!(", {why}") };
    let detail = format!("the gateway answered {status}{reason}{page}{server}{why}");
    Failure::new(FailureKind::HttpStatus, detail).with_code(status, codes::HTTP_STATUS.symbol(status))
}
