//! The requests of one scheme (RFC 4559, MS-NTHT), with NTLM in the form that the gateway understands.
//!
//! NTLM goes before Negotiate and is bare under both names, as mstsc and FreeRDP send it. A 4xx or 5xx to the first
//! token means that its form was not understood, and SPNEGO is tried once: nothing of the password is in that token.
//! The answer is taken in either form. Proofs are bound to the certificate; a refusal may come from the binding
//! alone, and the unbound attempt is the user's to make.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use time::OffsetDateTime;

use super::{
    Access,
    auth::Scheme,
    client::{Client, Form},
    exchange::{Ask, OUT_DATA, Reply, Session, answered, exchange, send},
    http::refusal,
    reply_text, transport,
};
use crate::{
    net::{Network, Wire},
    pdu::{ntlm, spnego},
    phase::{
        PhaseResult, Step,
        basic::basic,
        credssp::challenge::{ntlm_evidence, without_proof},
        ending,
        tls::{Proven, Secured},
    },
    report::{Failure, FailureKind, GatewayAuth},
};

const UNAUTHORIZED: i64 = 401;

/// Where the account is used: who is on the wire, and the way there again.
pub(super) struct At<'a> {
    pub network: &'a dyn Network,
    pub access: &'a Access<'a>,
    pub peer: &'a Secured,
}

/// A bound proof that is to be made, and by which request.
struct Wanted<'a> {
    method: &'a str,
    /// As the gateway names it.
    scheme: &'a str,
    /// Whom it is bound to.
    peer: &'a Proven,
}

/// What the first token led to.
enum Begun {
    /// The gateway lets us in already.
    Open(Reply),
    /// A CHALLENGE, and who answers it.
    Challenged(Client, Vec<u8>),
}

/// Why there is no CHALLENGE to answer.
enum Unbegun {
    /// The token was not understood, so the other form of it may be.
    Form(Failure),
    /// There is one, and nothing to be done with it.
    Broken(Failure),
}

/// Makes the requests of one scheme; the last answer. It stops where no proof can be made.
///
/// # Errors
/// `http_status` where the scheme is broken off before the proof, and what ends a connection.
pub(super) async fn log_on(
    wire: &mut Wire,
    at: &At<'_>,
    session: &mut Session,
    method: &str,
    scheme: &Scheme<'_>,
    evidence: &mut GatewayAuth,
) -> PhaseResult<Reply> {
    let Some(account) = &at.access.gateway.account else {
        return Err(Failure::new(FailureKind::HttpStatus, "there is no account for the gateway"));
    };
    let (name, peer) = match *scheme {
        Scheme::Bound(name, peer) => (name, peer),
        Scheme::Basic(peer) => {
            let authorization = basic(account, peer);
            return show(wire, session, &ask(method, &authorization), evidence).await.map(Step::Passed);
        }
    };
    let wanted = Wanted { method, scheme: name, peer };
    let (client, challenge) = match begin(wire, at, session, wanted, evidence).await? {
        Begun::Open(reply) => return Ok(Step::Passed(reply)),
        Begun::Challenged(client, challenge) => (client, challenge),
    };
    let proof = match client.proof(account, at.access.now, &challenge) {
        Ok(proof) => proof,
        Err(why) => return Ok(Step::Stopped(without_proof("gateway", &why).into())),
    };
    evidence.channel_bindings = true;
    let reply = show(wire, session, &ask(method, &proof), evidence).await?;
    evidence.challenged_again = carried(&reply, name).is_some_and(|token| ntlm::is_challenge(&token));
    Ok(Step::Passed(reply))
}

/// The request that shows the password or a proof of it; it was attempted once the request is out.
async fn show(
    wire: &mut Wire,
    session: &mut Session,
    ask: &Ask<'_>,
    evidence: &mut GatewayAuth,
) -> Result<Reply, Failure> {
    evidence.requests += 1;
    send(wire, session, ask).await?;
    evidence.attempted = true;
    let reply = answered(wire, session, ask).await?;
    reply_text::note(&reply, evidence);
    Ok(reply)
}

/// Sends the first token, and where it is not understood once more in the other form: nothing of the password is in it.
async fn begin(
    wire: &mut Wire,
    at: &At<'_>,
    session: &mut Session,
    Wanted { method, scheme, peer }: Wanted<'_>,
    evidence: &mut GatewayAuth,
) -> Result<Begun, Failure> {
    let forms = session.form.map_or_else(|| Form::under(scheme).to_vec(), |known| vec![known]);
    let mut refused: Option<Failure> = None;
    for form in forms {
        let client = Client::new(scheme, form, &at.access.gateway.endpoint.host, peer);
        let first = client.first();
        evidence.requests += 1;
        evidence.form = Some(form.name().to_owned());
        let asked = exchange(wire, session, &ask(method, &first)).await;
        let reply = asked.map_err(|ended| refused.clone().unwrap_or(ended))?;
        reply_text::note(&reply, evidence);
        if reply.opens {
            return Ok(Begun::Open(reply));
        }
        match challenge(&reply, scheme, at.access.now, evidence) {
            Ok(challenge) => {
                session.form = Some(form);
                return Ok(Begun::Challenged(client, challenge));
            }
            Err(Unbegun::Broken(failure)) => return Err(failure),
            Err(Unbegun::Form(failure)) => match refused.take() {
                Some(first) => return Err(both(first, failure, evidence)),
                None => refused = Some(failure),
            },
        }
        evidence.other_form_status = Some(reply.head.status);
        if !reply.keeps_alive && !reconnect(wire, at, session).await {
            break;
        }
    }
    Err(refused.unwrap_or_else(|| Failure::new(FailureKind::HttpStatus, "no form of the scheme is spoken")))
}

/// Takes the place of a wire that has ended; false where there is no way to the same peer.
async fn reconnect(wire: &mut Wire, at: &At<'_>, session: &Session) -> bool {
    match transport::again(at.network, at.access, session, at.peer).await {
        Ok(Step::Passed((fresh, _))) => {
            *wire = fresh;
            true
        }
        _ => false,
    }
}

/// The refusal of both forms. A demand for credentials is the plainer one: another status may mean the form alone.
fn both(bare: Failure, wrapped: Failure, evidence: &GatewayAuth) -> Failure {
    let status = evidence.other_form_status.unwrap_or_default();
    if bare.code == Some(UNAUTHORIZED) && wrapped.code != bare.code {
        let other = wrapped.code.unwrap_or_default();
        return Failure {
            detail: format!("{}; NTLM in SPNEGO was answered with {other}", bare.detail),
            ..bare
        };
    }
    Failure { detail: format!("{}; bare NTLM was answered with {status}", wrapped.detail), ..wrapped }
}

/// A request that carries what authenticates.
fn ask<'a>(method: &'a str, authorization: &'a str) -> Ask<'a> {
    let body = (method != OUT_DATA).then_some(("Content-Length", "0"));
    Ask { method, authorization: Some(authorization), body }
}

/// The token that an answer carries for this scheme, or else for the other name of NTLM.
fn carried(reply: &Reply, scheme: &str) -> Option<Vec<u8>> {
    let challenges = reply.head.challenges();
    let with_token = |name: &str| {
        challenges.iter().find(|challenge| challenge.is(name) && !challenge.parameters.is_empty())
    };
    let own = with_token(scheme).or_else(|| with_token("NTLM")).or_else(|| with_token("Negotiate"))?;
    STANDARD.decode(own.parameters.trim()).ok()
}

/// The CHALLENGE that has to answer the first token; what it says is noted also where it leads nowhere.
fn challenge(
    reply: &Reply,
    scheme: &str,
    now: OffsetDateTime,
    evidence: &mut GatewayAuth,
) -> Result<Vec<u8>, Unbegun> {
    let not_understood = |why: &str| Unbegun::Form(refusal(reply, why));
    let Some(token) = carried(reply, scheme).filter(|_| reply.head.status == 401) else {
        return Err(not_understood(&format!("where the challenge of {scheme} belongs")));
    };
    match ntlm::challenge(&token) {
        Ok(read) => evidence.ntlm = Some(ntlm_evidence(read, now)),
        Err(_) if spnego::response(&token).is_ok_and(|said| said.selects_kerberos) => {
            return Err(not_understood(&format!("and selects Kerberos within {scheme}, not NTLM")));
        }
        Err(_) if scheme == "Negotiate" && ntlm::message(&token).is_none() => {
            return Err(not_understood("and takes no NTLM within Negotiate"));
        }
        Err(error) => {
            return Err(Unbegun::Broken(ending::malformed(
                "the NTLM CHALLENGE cannot be read",
                &error,
                &token,
            )));
        }
    }
    if !reply.keeps_alive {
        let why = format!("and ends the connection in the middle of {scheme}, which needs it");
        return Err(Unbegun::Broken(refusal(reply, &why)));
    }
    Ok(token)
}
