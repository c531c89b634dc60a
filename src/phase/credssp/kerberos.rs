//! CredSSP with Kerberos (MS-CSSP 3.1.5): a ticket from the KDC, which the server then takes or not.

mod client;
mod granted;
mod key;
mod logon;
mod service;

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};
use sspi::credssp::TsRequest;

use client::Client;

use super::{Access, Proven, admitted, client::bytes, client::parse, conclude, receive, silent_end};
use crate::{
    codes,
    net::{Framing, Instant, Network, Wire},
    pdu::spnego,
    phase::{
        PhaseResult, Step, ending,
        kdc::{self, Asking},
        random,
    },
    report::{CredsspEvidence, Failure, FailureKind, KdcEvidence},
    settings::{Account, Kerberos},
};

/// The version that this client speaks.
const VERSION: u32 = 6;

/// KDC_ERR_C_PRINCIPAL_UNKNOWN and KDC_ERR_WRONG_REALM.
const NOT_HERE: [u32; 2] = [6, 68];

/// negState reject of SPNEGO.
const REJECT: u8 = 2;

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
    // Before a KDC hears of it: the ticket is for this server alone.
    let peer = match admitted(access, u32::MAX) {
        Ok(peer) => peer,
        Err(reason) => return Ok(Step::Stopped(reason)),
    };
    let mut client = Client::new(account, access.server_name)?;
    let or_ntlm = asking.kerberos.or_ntlm;
    let ticket = match ticket(&mut client, (access, account, peer), asking, evidence).await {
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
    prove(wire, &mut client, (peer, seen.version), evidence).await?;
    let credentials = client.seal(&client.credentials(access.mode(), peer)?)?;
    evidence.restricted_admin = access.restricted_admin.is_some();
    let last = TsRequest { version: VERSION, auth_info: Some(credentials), ..TsRequest::default() };
    wire.send_secret(&bytes(&last)?).await?;
    conclude(wire, access, evidence).await
}

/// The AP-REQ, with everything that was asked for it.
async fn ticket<N: Network>(
    client: &mut Client,
    (access, account, peer): (&Access<'_>, &Account, &Proven),
    asking: Asking<'_, N>,
    evidence: &mut CredsspEvidence,
) -> Result<Vec<u8>, Failure> {
    let seen = evidence
        .kdc
        .insert(KdcEvidence { service_principal: client.principal().to_owned(), ..KdcEvidence::default() });
    let begin = Instant::now();
    let ticket = match without_asking(asking.kerberos, access.server_name) {
        Some(failure) => Err(failure),
        None => asked(client, (account, peer), asking, seen).await,
    };
    seen.elapsed_ms = Some(begin.elapsed().into());
    seen.ticket = ticket.is_ok();
    evidence.attempted = proved(seen);
    ticket
}

/// The same from the KDCs.
async fn asked<N: Network>(
    client: &mut Client,
    (account, peer): (&Account, &Proven),
    asking: Asking<'_, N>,
    seen: &mut KdcEvidence,
) -> Result<Vec<u8>, Failure> {
    let (logon, kdcs) = logon::log_on(account, asking, seen).await?;
    let granted = service::ticket(&logon, client.principal(), (asking, kdcs), seen).await?;
    let realm = &asking.kerberos.realm;
    client.ticket(granted.for_sspi(&logon.bytes, realm, account.password.as_str())?, peer)
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
    let right = seen.exchanges.iter().any(|exchange| exchange.answer.as_deref() == Some("as_rep"));
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
    (peer, version): (&Proven, u32),
    evidence: &mut CredsspEvidence,
) -> Result<(), Failure> {
    let key = peer.public_key();
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
