//! CredSSP with Kerberos (MS-CSSP 3.1.5): a ticket from the KDC, which the server then takes or not.

mod as_rep;
mod client;

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};
use sspi::credssp::TsRequest;

use client::Client;

use super::{Access, client::bytes, client::parse, conclude, reason_to_stop, receive, silent_end};
use crate::{
    codes,
    net::{Framing, Instant, Network, Wire},
    pdu::spnego,
    phase::{
        PhaseResult, Step, ending,
        kdc::{Asking, Kdcs},
        random,
    },
    report::{CredsspEvidence, Failure, FailureKind, KdcEvidence},
    settings::{Account, Kerberos},
};

/// The version that this client speaks.
const VERSION: u32 = 6;

/// KDC_ERR_C_PRINCIPAL_UNKNOWN.
const CLIENT_UNKNOWN: u32 = 6;

const TO_SERVER: &[u8] = b"CredSSP Client-To-Server Binding Hash\0";
const TO_CLIENT: &[u8] = b"CredSSP Server-To-Client Binding Hash\0";

/// Runs CredSSP with a ticket for the account. The server hears nothing before the KDC has given it.
///
/// # Errors
/// `kerberos_error` and what keeps from the KDC, then those of CredSSP.
pub async fn run<N: Network>(
    wire: &mut Wire,
    asking: Asking<'_, N>,
    (access, account): (&Access<'_>, &Account),
    evidence: &mut CredsspEvidence,
) -> PhaseResult<()> {
    if let Some(reason) = reason_to_stop(access, u32::MAX) {
        return Ok(Step::Stopped(reason.into()));
    }
    let mut client = Client::new(account, access.server_name)?;
    let or_ntlm = asking.kerberos.or_ntlm;
    let ticket = match ticket(&mut client, access, asking, evidence).await {
        Err(failure) if or_ntlm && instead(&failure, evidence) => {
            wire.enter(codes::Phase::Credssp);
            return super::run(wire, access, evidence).await;
        }
        ticket => ticket?,
    };
    // The KDC had a time of its own.
    wire.enter(codes::Phase::Credssp);
    let first = TsRequest {
        version: VERSION,
        nego_tokens: Some(spnego::kerberos_init(&ticket)),
        ..TsRequest::default()
    };
    wire.send_secret(&bytes(&first)?).await?;
    let (frame, seen) = receive(wire, Framing::TsRequest, evidence)
        .await
        .map_err(|failure| silent_end(failure, "the ticket"))?;
    if seen.version < codes::FIRST_PATCHED_CREDSSP {
        return Ok(Step::Stopped(
            "the server's CredSSP version is below 5, to which no ticket is bound".into(),
        ));
    }
    client.accept(&answer(seen.nego_token.as_deref(), &frame)?).await?;
    let key = access.public_key.as_deref().unwrap_or_default();
    prove(wire, &mut client, (key, seen.version), evidence).await?;
    let credentials = client.seal(&client.credentials(access.mode())?)?;
    evidence.restricted_admin = access.restricted_admin.is_some();
    let last = TsRequest { version: VERSION, auth_info: Some(credentials), ..TsRequest::default() };
    wire.send_secret(&bytes(&last)?).await?;
    conclude(wire, access, evidence).await
}

/// The AP-REQ, with everything that was asked for it.
async fn ticket<N: Network>(
    client: &mut Client,
    access: &Access<'_>,
    asking: Asking<'_, N>,
    evidence: &mut CredsspEvidence,
) -> Result<Vec<u8>, Failure> {
    let seen = evidence
        .kdc
        .insert(KdcEvidence { service_principal: client.principal().to_owned(), ..KdcEvidence::default() });
    let begin = Instant::now();
    let ticket = match without_asking(asking.kerberos, access.server_name) {
        Some(failure) => Err(failure),
        None => match Kdcs::find(asking, seen).await {
            Ok(mut kdcs) => client.ticket(&mut kdcs, seen).await,
            Err(failure) => Err(failure),
        },
    };
    seen.elapsed_ms = Some(begin.elapsed().into());
    seen.ticket = ticket.is_ok();
    // The second question is the first that carries a proof of the password.
    evidence.attempted = seen.exchanges.len() > 1;
    ticket
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

/// Whether NTLM takes the place of the ticket: not after a KDC has refused the account, or may have judged its password. An
/// account that the KDC does not know may be one of the server's own.
fn instead(failure: &Failure, evidence: &mut CredsspEvidence) -> bool {
    let Some(seen) = &mut evidence.kdc else { return false };
    let code = failure.code.and_then(|code| u32::try_from(code).ok());
    let refused =
        code.filter(|code| *code != CLIENT_UNKNOWN).and_then(|code| codes::KERBEROS_ERROR.find(code));
    let right = seen.exchanges.iter().any(|exchange| exchange.answer.as_deref() == Some("as_rep"));
    let judged = seen.exchanges.len() > 1 && !right;
    if judged || refused.is_some_and(|row| row.refuses_credentials) {
        return false;
    }
    seen.ntlm_instead = Some(failure.detail.clone());
    true
}

/// The AP-REP inside the server's answer.
fn answer(token: Option<&[u8]>, frame: &[u8]) -> Result<Vec<u8>, Failure> {
    let response = spnego::response(token.unwrap_or_default())
        .map_err(|error| ending::malformed("the SPNEGO answer cannot be read", &error, frame))?;
    response.token.filter(|_| response.state != Some(2)).ok_or_else(|| {
        let state = response.state.map_or_else(|| "no".to_owned(), |state| state.to_string());
        let detail =
            format!("the server does not take the Kerberos ticket: SPNEGO state {state} without a token");
        Failure::new(FailureKind::Malformed, detail).with_received(frame)
    })
}

/// Both sides prove that they see the same TLS key.
async fn prove(
    wire: &mut Wire,
    client: &mut Client,
    (key, version): (&[u8], u32),
    evidence: &mut CredsspEvidence,
) -> Result<(), Failure> {
    let nonce = random::<32>();
    let proof = client.seal(&hash(TO_SERVER, &nonce, key))?;
    let request = TsRequest {
        version: VERSION,
        pub_key_auth: Some(proof),
        client_nonce: Some(nonce),
        ..TsRequest::default()
    };
    wire.send_secret(&bytes(&request)?).await?;
    let (frame, seen) = receive(wire, Framing::TsRequest, evidence)
        .await
        .map_err(|failure| silent_end(failure, "the proof of the TLS key"))?;
    let proof = parse(&frame)?.pub_key_auth.filter(|_| seen.version == version);
    let Some(proof) = proof else {
        let detail = "the server's answer to the proof of the TLS key does not belong there";
        return Err(Failure::new(FailureKind::Malformed, detail).with_received(&frame));
    };
    let same = client.open(&proof)? == hash(TO_CLIENT, &nonce, key);
    evidence.key_binding = Some(same);
    match same {
        true => Ok(()),
        false => Err(Failure::new(
            FailureKind::KeyBinding,
            "the server's proof of its TLS key does not match, someone may stand in between",
        )),
    }
}

fn hash(magic: &[u8], nonce: &[u8], key: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(magic).chain_update(nonce).chain_update(key).finalize().to_vec()
}
