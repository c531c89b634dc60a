//! The authentication in HTTP: one attempt with one password, bound to the TLS connection where the scheme can be.
//!
//! A plain 401 after the proof is a refusal. One with a new challenge or a 5xx is not: the connection was not the one
//! that the proof was made on, and the credentials are `not_verifiable`, as if it had ended without a word. Basic
//! proves no connection, so a 5xx after it is the gateway's. A 401 before any proof refuses the scheme, for example
//! if only Kerberos is left within Negotiate; no label of mstsc fits, because it would have gone on.

use std::borrow::Cow;

use super::{
    exchange::{OUT_DATA, Reply, Session},
    http::refusal,
    log_on::{At, log_on},
    reply_text,
    transport::Transport,
};
use crate::{
    net::Wire,
    pdu::http::Challenge,
    phase::{
        PhaseResult, Step,
        tls::{Proven, Secured, Trusted},
    },
    report::{Failure, FailureKind, GatewayAuth},
    settings::GatewayAuthentication,
};

/// The schemes that are spoken, the best first: NTLM has one form only.
const SPOKEN: [&str; 3] = ["NTLM", "Negotiate", BASIC];
const BASIC: &str = "Basic";

/// What the authentication works with.
pub(super) struct Login<'a> {
    pub at: At<'a>,
    /// The schemes that the gateway offers.
    pub offered: &'a [Challenge],
}

/// A scheme, with the peer that may be shown what it shows.
pub(super) enum Scheme<'a> {
    /// The password as it is.
    Basic(&'a Trusted),
    /// A proof of it that is bound to the peer's certificate.
    Bound(&'a str, &'a Proven),
}

impl<'a> Scheme<'a> {
    /// The scheme of this name, if the peer may be shown that much; else why not.
    pub(super) fn of(name: &'a str, peer: &'a Secured) -> Result<Self, Cow<'static, str>> {
        let proven = peer.proven().map_err(|why| why.reason("the gateway"))?;
        if name != BASIC {
            return Ok(Self::Bound(name, proven));
        }
        peer.trusted().map(Self::Basic).ok_or(
            "Basic shows the password itself, and the gateway's certificate is not trusted, not for its name or not valid now".into(),
        )
    }
}

/// Authenticates with the account.
///
/// # Errors
/// `http_status` where no scheme is shared or the gateway refuses, and what ends a connection.
pub(super) async fn run(
    wire: &mut Wire,
    login: &Login<'_>,
    session: &mut Session,
    evidence: &mut GatewayAuth,
) -> PhaseResult<Transport> {
    let gateway = login.at.access.gateway;
    let account = gateway.account.is_some();
    if session.with_token {
        if gateway.authentication == GatewayAuthentication::Token || !account {
            return Err(no_place_for_a_token(login.offered));
        }
        session.with_token = false;
    }
    if !account {
        let offered = schemes(login.offered);
        return Ok(Step::Stopped(
            format!("no account for the gateway was given (--gateway-user goes on); it offers {offered}")
                .into(),
        ));
    }
    let scheme = match choose(gateway.authentication, login.offered) {
        Some(scheme) => scheme,
        None => return Err(nothing_shared(login.offered, wanted(gateway.authentication))),
    };
    evidence.scheme = Some(scheme.to_owned());
    let shown = match Scheme::of(scheme, login.at.peer) {
        Ok(shown) => shown,
        Err(reason) => return Ok(Step::Stopped(reason)),
    };
    let reply = match log_on(wire, &login.at, session, OUT_DATA, &shown, evidence).await? {
        Step::Passed(reply) => reply,
        Step::Stopped(reason) => return Ok(Step::Stopped(reason)),
    };
    if reply.opens {
        evidence.accepted = true;
        return Ok(Step::Passed(Transport::of(&reply, session)?));
    }
    Err(refused(&reply, scheme, evidence))
}

fn schemes(offered: &[Challenge]) -> String {
    offered.iter().map(|challenge| challenge.scheme.as_str()).collect::<Vec<_>>().join(", ")
}

fn wanted(authentication: GatewayAuthentication) -> &'static str {
    match authentication {
        GatewayAuthentication::Auto => "NTLM, Negotiate or Basic",
        GatewayAuthentication::Negotiate => "Negotiate",
        GatewayAuthentication::Ntlm => "NTLM",
        GatewayAuthentication::Basic => "Basic",
        GatewayAuthentication::Token => "a token",
    }
}

fn nothing_shared(offered: &[Challenge], wanted: &str) -> Failure {
    unauthorized(format!("the gateway offers {} and takes no {wanted}", schemes(offered)))
}

/// A token is shown in the tunnel, which this gateway opens to nobody without an account.
fn no_place_for_a_token(offered: &[Challenge]) -> Failure {
    let offered = schemes(offered);
    unauthorized(format!("the gateway asks for an account ({offered}) before it would take a token"))
}

fn unauthorized(detail: String) -> Failure {
    Failure::new(FailureKind::HttpStatus, detail).with_code(401, crate::codes::HTTP_STATUS.symbol(401))
}

/// The scheme that was asked for, or the best one that is offered.
fn choose(asked: GatewayAuthentication, offered: &[Challenge]) -> Option<&'static str> {
    let fits = |scheme: &&str| asked == GatewayAuthentication::Auto || wanted(asked) == *scheme;
    let offered = |scheme: &&str| offered.iter().any(|challenge| challenge.is(scheme));
    SPOKEN.into_iter().filter(fits).find(offered)
}

/// Why the proof was not taken.
fn refused(reply: &Reply, scheme: &str, evidence: &GatewayAuth) -> Failure {
    let why = match reply.head.status {
        _ if evidence.refusal.is_some() => reply_text::status(evidence.refusal.unwrap_or_default()),
        401 if evidence.challenged_again => {
            format!("and begins {scheme} again: it does not know the connection that the proof came on")
        }
        401 => format!("it refuses the credentials ({scheme})"),
        _ => format!("after the proof of the password ({scheme})"),
    };
    refusal(reply, &why)
}
