//! CredSSP with Kerberos (MS-CSSP 3.1.5): a ticket from the KDC, which the server then takes or not.

mod as_rep;
mod client;

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
    settings::Account,
};

/// The version that this client speaks.
const VERSION: u32 = 6;

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
    let ticket = ticket(&mut client, asking, evidence).await?;
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
    let credentials = client.seal(&client.credentials()?)?;
    let last = TsRequest { version: VERSION, auth_info: Some(credentials), ..TsRequest::default() };
    wire.send_secret(&bytes(&last)?).await?;
    conclude(wire, access, evidence).await
}

/// The AP-REQ, with everything that was asked for it.
async fn ticket<N: Network>(
    client: &mut Client,
    asking: Asking<'_, N>,
    evidence: &mut CredsspEvidence,
) -> Result<Vec<u8>, Failure> {
    let seen = evidence
        .kdc
        .insert(KdcEvidence { service_principal: client.principal().to_owned(), ..KdcEvidence::default() });
    let begin = Instant::now();
    let ticket = match Kdcs::find(asking, seen).await {
        Ok(mut kdcs) => client.ticket(&mut kdcs, seen).await,
        Err(failure) => Err(failure),
    };
    seen.elapsed_ms = Some(begin.elapsed().into());
    seen.ticket = ticket.is_ok();
    // The second question is the first that carries a proof of the password.
    evidence.attempted = seen.exchanges.len() > 1;
    ticket
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
