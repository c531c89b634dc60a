//! The authentication in HTTP: one attempt with one password, bound to the TLS connection where the scheme can be.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use time::OffsetDateTime;

use super::{
    Access,
    client::Client,
    exchange::{Ask, OUT_DATA, Reply, Session, exchange},
    http::refusal,
    said,
    transport::Transport,
};
use crate::{
    net::Wire,
    pdu::{http::Challenge, ntlm, spnego},
    phase::{
        PhaseResult, Step,
        basic::basic,
        credssp::challenge::ntlm_evidence,
        tls::{Proven, Secured, Trusted},
    },
    report::{Failure, FailureKind, GatewayAuth},
    settings::GatewayAuthentication,
};

/// The schemes that are spoken, the best first: some gateways expect bare NTLM under Negotiate.
const SPOKEN: [&str; 3] = ["NTLM", "Negotiate", BASIC];
const BASIC: &str = "Basic";

/// What the authentication works with.
pub struct Login<'a> {
    pub access: &'a Access<'a>,
    /// The schemes that the gateway offers.
    pub offered: &'a [Challenge],
    /// Who asks for them.
    pub peer: &'a Secured,
}

/// A scheme, with the peer that may be shown what it shows.
pub enum Scheme<'a> {
    /// The password as it is.
    Basic(&'a Trusted),
    /// A proof of it that is bound to the peer's certificate.
    Bound(&'a str, &'a Proven),
}

impl<'a> Scheme<'a> {
    /// The scheme of this name, if the peer may be shown that much; else why not.
    pub fn of(name: &'a str, peer: &'a Secured) -> Result<Self, Cow<'static, str>> {
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
pub async fn run(
    wire: &mut Wire,
    login: &Login<'_>,
    session: &mut Session,
    evidence: &mut GatewayAuth,
) -> PhaseResult<Transport> {
    let account = login.access.gateway.account.is_some();
    if session.with_token {
        if login.access.gateway.authentication == GatewayAuthentication::Token || !account {
            return Err(no_place_for_a_token(login));
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
    let scheme = match choose(login) {
        Some(scheme) => scheme,
        None => return Err(nothing_shared(login, wanted(login.access.gateway.authentication))),
    };
    evidence.scheme = Some(scheme.to_owned());
    let shown = match Scheme::of(scheme, login.peer) {
        Ok(shown) => shown,
        Err(reason) => return Ok(Step::Stopped(reason)),
    };
    let reply = log_on(wire, login.access, session, (OUT_DATA, &shown), evidence).await?;
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

fn nothing_shared(login: &Login<'_>, wanted: &str) -> Failure {
    unauthorized(format!("the gateway offers {} and takes no {wanted}", schemes(login.offered)))
}

/// A token is shown in the tunnel, which this gateway opens to nobody without an account.
fn no_place_for_a_token(login: &Login<'_>) -> Failure {
    let offered = schemes(login.offered);
    unauthorized(format!("the gateway asks for an account ({offered}) before it would take a token"))
}

fn unauthorized(detail: String) -> Failure {
    Failure::new(FailureKind::HttpStatus, detail).with_code(401, crate::codes::HTTP_STATUS.symbol(401))
}

/// The scheme that was asked for, or the best one that is offered.
fn choose(login: &Login<'_>) -> Option<&'static str> {
    let asked = login.access.gateway.authentication;
    let fits = |scheme: &&str| asked == GatewayAuthentication::Auto || wanted(asked) == *scheme;
    let offered = |scheme: &&str| login.offered.iter().any(|challenge| challenge.is(scheme));
    SPOKEN.into_iter().filter(fits).find(offered)
}

/// Makes the requests of one scheme; the last answer.
///
/// # Errors
/// `http_status` where the scheme is broken off before the proof, and what ends a connection.
pub async fn log_on(
    wire: &mut Wire,
    access: &Access<'_>,
    session: &mut Session,
    (method, scheme): (&str, &Scheme<'_>),
    evidence: &mut GatewayAuth,
) -> Result<Reply, Failure> {
    let Some(account) = &access.gateway.account else {
        return Err(Failure::new(FailureKind::HttpStatus, "there is no account for the gateway"));
    };
    let body = (method != OUT_DATA).then_some(("Content-Length", "0"));
    let (scheme, peer) = match *scheme {
        Scheme::Bound(name, peer) => (name, peer),
        Scheme::Basic(peer) => {
            evidence.attempted = true;
            evidence.requests += 1;
            let reply = exchange(wire, session, &token(method, &basic(account, peer), body)).await?;
            said::note(&reply, evidence);
            return Ok(reply);
        }
    };
    let mut client = Client::new(scheme, account, &access.gateway.host, peer)?;
    let first = client.next(None)?;
    evidence.requests += 1;
    let reply = exchange(wire, session, &token(method, &first, body)).await?;
    said::note(&reply, evidence);
    if reply.opens {
        return Ok(reply);
    }
    let challenge = challenge(&reply, scheme, access.now, evidence)?;
    let proof = client.next(Some(&challenge))?;
    evidence.channel_bindings = true;
    evidence.attempted = true;
    evidence.requests += 1;
    let reply = exchange(wire, session, &token(method, &proof, body)).await?;
    said::note(&reply, evidence);
    evidence.challenged_again = carried(&reply, scheme).is_some_and(|token| ntlm::challenge(&token).is_ok());
    Ok(reply)
}

/// A request that carries a token.
fn token<'a>(method: &'a str, header: &'a str, body: Option<(&'a str, &'a str)>) -> Ask<'a> {
    Ask { method, authorization: Some(header), body }
}

/// The token that an answer carries for this scheme.
fn carried(reply: &Reply, scheme: &str) -> Option<Vec<u8>> {
    let challenges = reply.head.challenges();
    let own = challenges.iter().find(|challenge| challenge.is(scheme) && !challenge.parameters.is_empty())?;
    STANDARD.decode(own.parameters.trim()).ok()
}

/// The CHALLENGE that has to answer the first token; what it says is noted also where it leads nowhere.
fn challenge(
    reply: &Reply,
    scheme: &str,
    now: OffsetDateTime,
    evidence: &mut GatewayAuth,
) -> Result<Vec<u8>, Failure> {
    let Some(token) = carried(reply, scheme).filter(|_| reply.head.status == 401) else {
        return Err(refusal(reply, &format!("where the challenge of {scheme} belongs")));
    };
    match ntlm::challenge(&token) {
        Ok(read) => evidence.ntlm = Some(ntlm_evidence(read, now)),
        Err(_) if spnego::response(&token).is_ok_and(|said| said.selects_kerberos) => {
            return Err(refusal(reply, &format!("and selects Kerberos within {scheme}, not NTLM")));
        }
        Err(_) if scheme == "Negotiate" => {
            return Err(refusal(reply, "and takes no NTLM within Negotiate"));
        }
        // What is wrong with it is told when it is used.
        Err(_) => {}
    }
    if !reply.keeps_alive {
        let why = format!("and ends the connection in the middle of {scheme}, which needs it");
        return Err(refusal(reply, &why));
    }
    Ok(token)
}

/// Why the proof was not taken.
fn refused(reply: &Reply, scheme: &str, evidence: &GatewayAuth) -> Failure {
    let why = match reply.head.status {
        _ if evidence.refusal.is_some() => said::status(evidence.refusal.unwrap_or_default()),
        401 if evidence.challenged_again => {
            format!("and begins {scheme} again: it does not know the connection that the proof came on")
        }
        401 => format!("it refuses the credentials ({scheme})"),
        _ => format!("after the proof of the password ({scheme})"),
    };
    refusal(reply, &why)
}
