//! CredSSP with Kerberos (MS-CSSP 3.1.5): a ticket from the KDC, which the server then takes or not.
//!
//! NTLM replaces a ticket with `--auth negotiate` only, and not after a KDC has refused the account or may have
//! judged its password: the server would be the second to count a wrong one. An AS-REP shows that the password is
//! right; one that wanted no proof and cannot be opened shows that it is wrong. An account that the KDC does not
//! know, or knows in another realm, may be the server's own.

mod client;
mod granted;
mod key;
mod logon;
mod service;

use std::net::IpAddr;

use client::Client;

use super::{
    Access, Admitted, Proven, admitted, binding::Binding, conclude, delegated_account, not_bound, receive,
    sealed, silent_end,
};
use crate::{
    codes,
    net::{Framing, Instant, Wire},
    pdu::{spnego, ts_request::Sent},
    phase::{
        PhaseResult, Step, ending,
        kdc::{self, Asking},
    },
    report::{CredsspEvidence, Failure, FailureKind, KdcAnswer, KdcEvidence, Speaker},
    settings::{Account, Kerberos},
};

/// KDC_ERR_C_PRINCIPAL_UNKNOWN and KDC_ERR_WRONG_REALM.
const NOT_HERE: [u32; 2] = [6, 68];

/// negState reject of SPNEGO.
const REJECT: u8 = 2;

/// Runs CredSSP with a ticket for the account. The server hears nothing before the KDC has given it.
///
/// # Errors
/// `kerberos_error` and what keeps from the KDC, then those of CredSSP.
pub(crate) async fn run(
    wire: &mut Wire,
    asking: Asking<'_>,
    access: &Access<'_>,
    account: &Account,
    evidence: &mut CredsspEvidence,
) -> PhaseResult<()> {
    // Before a KDC hears of it: the ticket is for this server alone.
    let admitted = match admitted(access, u32::MAX) {
        Ok(admitted) => admitted,
        Err(reason) => return Ok(Step::Stopped(reason)),
    };
    let mut client = Client::new(account, access.server_name)?;
    let or_ntlm = asking.kerberos.or_ntlm;
    let ticket = match ticket(&mut client, access, admitted, asking, evidence).await {
        Err(failure) if or_ntlm && instead(&failure, evidence) => {
            wire.enter(codes::Phase::Credssp);
            return super::run(wire, access, evidence).await;
        }
        ticket => ticket?,
    };
    // The KDC had a time of its own.
    wire.enter(codes::Phase::Credssp);
    let token = spnego::kerberos_init(&ticket);
    wire.send_secret(&Sent { nego_token: Some(&token), ..Sent::default() }.encode()).await?;
    // The ticket is a proof for the server, also where no KDC wanted one.
    evidence.attempted = true;
    let (frame, seen) = receive(wire, Framing::TsRequest, evidence)
        .await
        .map_err(|failure| silent_end(failure, "the ticket"))?;
    if seen.version < codes::FIRST_PATCHED_CREDSSP {
        return Ok(Step::Stopped(
            "the server's CredSSP version is below 5, to which no ticket is bound".into(),
        ));
    }
    client.accept(&answer(seen.nego_token.as_deref(), &frame)?)?;
    prove(wire, &mut client, admitted.peer, seen.version, evidence).await?;
    let credentials = client.seal(&delegated_account(admitted, access))?;
    evidence.restricted_admin = access.restricted_admin.is_some();
    wire.send_secret(&Sent { auth_info: Some(&credentials), ..Sent::default() }.encode()).await?;
    conclude(wire, access, evidence).await
}

/// The AP-REQ, with everything that was asked for it.
async fn ticket(
    client: &mut Client,
    access: &Access<'_>,
    admitted: Admitted<'_>,
    asking: Asking<'_>,
    evidence: &mut CredsspEvidence,
) -> Result<Vec<u8>, Failure> {
    let seen = evidence
        .kdc
        .insert(KdcEvidence { service_principal: client.principal().to_owned(), ..KdcEvidence::default() });
    let begin = Instant::now();
    let ticket = match without_asking(asking.kerberos, access.server_name) {
        Some(failure) => Err(failure),
        None => asked(client, admitted, asking, seen).await.map_err(|failure| failure.or_of(Speaker::Kdc)),
    };
    seen.elapsed_ms = Some(begin.elapsed().into());
    seen.ticket = ticket.is_ok();
    evidence.attempted = proved(seen);
    ticket
}

/// The same from the KDCs.
async fn asked(
    client: &mut Client,
    Admitted { account, peer }: Admitted<'_>,
    asking: Asking<'_>,
    seen: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    let (logon, kdcs) = logon::log_on(account, asking, seen).await?;
    let granted = service::ticket(&logon, client.principal(), asking, kdcs, seen).await?;
    let realm = &asking.kerberos.realm;
    let answers = granted.for_sspi(&logon.bytes, realm, client.stand_in())?;
    client.ticket(answers, peer)
}

/// Whether a KDC was shown a proof of the password.
fn proved(seen: &KdcEvidence) -> bool {
    seen.exchanges.iter().any(|exchange| exchange.proof)
}

/// Where NTLM may take its place, no KDC is asked for what no KDC has. Windows does the same.
fn without_asking(kerberos: &Kerberos, server: &str) -> Option<Failure> {
    let why = match server.parse::<IpAddr>() {
        _ if !kerberos.or_ntlm => return None,
        Ok(_) => format!("the server is addressed as {server}, and Kerberos needs a name"),
        Err(_) if kerberos.realm.is_empty() => "the account names no realm".to_owned(),
        Err(_) => return None,
    };
    Some(Failure::new(FailureKind::KerberosError, why))
}

/// Whether NTLM takes the place of the ticket: not after a KDC has refused the account, or may have judged its password, and
/// not after its answer has shown that the password is wrong. An
/// account that the KDC does not know, or knows elsewhere, may be one of the server's own.
fn instead(failure: &Failure, evidence: &mut CredsspEvidence) -> bool {
    let Some(seen) = &mut evidence.kdc else { return false };
    let last = seen.exchanges.last().and_then(|exchange| exchange.error.map(|code| (code, exchange.status)));
    let refused = last.filter(|(code, _)| !NOT_HERE.contains(code));
    let right = seen.exchanges.iter().any(|exchange| exchange.answer == Some(KdcAnswer::AsRep.into()));
    let wrong = seen.exchanges.iter().any(|exchange| exchange.opened == Some(false));
    if wrong
        || proved(seen) && !right
        || refused.is_some_and(|(code, status)| codes::kdc_refuses(code, status))
    {
        return false;
    }
    seen.ntlm_instead = Some(failure.detail.clone());
    true
}

/// The AP-REP inside the server's answer, where it took the ticket.
fn answer(token: Option<&[u8]>, frame: &[u8]) -> Result<Vec<u8>, Failure> {
    let token = token.unwrap_or_default();
    let refused = |what: &str| {
        let detail = format!("the server does not take the Kerberos ticket: {what}");
        Failure::new(FailureKind::KerberosError, detail).with_received(frame)
    };
    // FreeRDP sends an empty buffer of its own where it cannot open the ticket.
    if token.iter().all(|byte| *byte == 0) {
        return Err(refused("its answer is empty"));
    }
    let response = spnego::response(token)
        .map_err(|error| ending::malformed("the SPNEGO answer cannot be read", &error, frame))?;
    if let Some(error) = response.token.as_deref().and_then(spnego::kerberos_error) {
        return Err(kdc::refusal(&error, "the server").with_received(frame));
    }
    response.token.filter(|_| response.state != Some(REJECT)).ok_or_else(|| match response.state {
        Some(REJECT) => refused("it rejects it"),
        _ => refused("it wants another mechanism"),
    })
}

/// Both sides prove that they see the same TLS key.
async fn prove(
    wire: &mut Wire,
    client: &mut Client,
    peer: &Proven,
    version: u32,
    evidence: &mut CredsspEvidence,
) -> Result<(), Failure> {
    let binding = Binding::new(peer.public_key(), version);
    let proof = client.seal(&binding.own())?;
    let request =
        Sent { pub_key_auth: Some(&proof), client_nonce: binding.nonce(), ..Sent::default() }.encode();
    wire.send_secret(&request).await?;
    let (frame, answer) = receive(wire, Framing::TsRequest, evidence)
        .await
        .map_err(|failure| silent_end(failure, "the proof of the TLS key"))?;
    let proof = client.open(&sealed(&answer, version, &frame)?)?;
    let bound = binding.is_answered_by(&proof);
    evidence.key_binding = Some(bound);
    if bound { Ok(()) } else { Err(not_bound()) }
}
