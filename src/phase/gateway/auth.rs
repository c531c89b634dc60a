//! The authentication in HTTP: one attempt with one password, bound to the TLS connection where the scheme can be.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use time::OffsetDateTime;

use super::{
    Access,
    client::Client,
    exchange::{Ask, OUT_DATA, Reply, Session, exchange},
    http::refusal,
    transport::Transport,
};
use crate::{
    certificate,
    net::Wire,
    pdu::{http::Challenge, ntlm, spnego},
    phase::{PhaseResult, Step, basic::basic, credssp::challenge::ntlm_evidence, tls},
    report::{Failure, FailureKind, GatewayAuth, HandshakeSignature, Timestamp, TlsEvidence, Trust},
    settings::GatewayAuthentication,
};

/// The schemes that are spoken, the best first: some gateways expect bare NTLM under Negotiate.
const SPOKEN: [&str; 3] = ["NTLM", "Negotiate", "Basic"];

/// What the authentication works with.
pub struct Login<'a> {
    pub access: &'a Access<'a>,
    /// The schemes that the gateway offers.
    pub offered: &'a [Challenge],
    pub secured: &'a tls::Secured,
    /// Whether the gateway's certificate is trusted, is for its name, and is valid now.
    pub trusted: bool,
}

/// Whether a password may be shown to whoever holds this certificate.
pub fn is_trusted(tls: &TlsEvidence, now: Timestamp) -> bool {
    tls.certificate.as_ref().is_some_and(|served| {
        let in_time = (served.not_before..=served.not_after).contains(&now);
        served.trust == Trust::Trusted && served.name_matches && in_time
    })
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
    if let Some(reason) = reason_to_stop(login, scheme) {
        return Ok(Step::Stopped(reason.into()));
    }
    let reply = self::login(wire, login, session, OUT_DATA, scheme, evidence).await?;
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

fn reason_to_stop(login: &Login<'_>, scheme: &str) -> Option<&'static str> {
    match login.secured.signature {
        Some(HandshakeSignature::Valid) => {}
        Some(HandshakeSignature::NotCheckable) => {
            return Some("the gateway's proof of its key cannot be checked, so no account is used");
        }
        _ => return Some("the gateway did not prove that it holds its certificate's key"),
    }
    (scheme == "Basic" && !login.trusted).then_some(
        "Basic shows the password itself, and the gateway's certificate is not trusted, not for its name or not valid now",
    )
}

/// Makes the requests of one scheme; the last answer.
///
/// # Errors
/// `http_status` where the scheme is broken off before the proof, and what ends a connection.
pub async fn login(
    wire: &mut Wire,
    login: &Login<'_>,
    session: &mut Session,
    method: &str,
    scheme: &str,
    evidence: &mut GatewayAuth,
) -> Result<Reply, Failure> {
    let Some(account) = &login.access.gateway.account else {
        return Err(Failure::new(FailureKind::HttpStatus, "there is no account for the gateway"));
    };
    let body = (method != OUT_DATA).then_some(("Content-Length", "0"));
    if scheme == "Basic" {
        evidence.attempted = true;
        evidence.requests += 1;
        let authorization = basic(account);
        let reply =
            exchange(wire, session, &Ask { method, authorization: Some(&authorization), body }).await?;
        evidence.status = Some(reply.head.status);
        return Ok(reply);
    }
    let bindings = login.secured.leaf.as_deref().map(certificate::channel_bindings);
    let mut client = Client::new(scheme, account, &login.access.gateway.host, bindings)?;
    let first = client.next(None)?;
    evidence.requests += 1;
    let reply = exchange(wire, session, &token(method, &first, body)).await?;
    evidence.status = Some(reply.head.status);
    if reply.opens {
        return Ok(reply);
    }
    let challenge = challenge(&reply, scheme, login.access.now, evidence)?;
    let proof = client.next(Some(&challenge))?;
    evidence.channel_bindings = client.is_bound();
    evidence.attempted = true;
    evidence.requests += 1;
    let reply = exchange(wire, session, &token(method, &proof, body)).await?;
    evidence.status = Some(reply.head.status);
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
        return Err(refusal(&reply.head, &format!("where the challenge of {scheme} belongs")));
    };
    match ntlm::challenge(&token) {
        Ok(read) => evidence.ntlm = Some(ntlm_evidence(read, now)),
        Err(_) if spnego::response(&token).is_ok_and(|said| said.selects_kerberos) => {
            return Err(refusal(&reply.head, &format!("and selects Kerberos within {scheme}, not NTLM")));
        }
        Err(_) if scheme == "Negotiate" => {
            return Err(refusal(&reply.head, "and takes no NTLM within Negotiate"));
        }
        // What is wrong with it is told when it is used.
        Err(_) => {}
    }
    if !reply.keeps_alive {
        let why = format!("and ends the connection in the middle of {scheme}, which needs it");
        return Err(refusal(&reply.head, &why));
    }
    Ok(token)
}

/// Why the proof was not taken.
fn refused(reply: &Reply, scheme: &str, evidence: &GatewayAuth) -> Failure {
    let why = match reply.head.status {
        401 if evidence.challenged_again => {
            format!("and begins {scheme} again: it does not know the connection that the proof came on")
        }
        401 => format!("it refuses the credentials ({scheme})"),
        _ => format!("after the proof of the password ({scheme})"),
    };
    refusal(&reply.head, &why)
}
