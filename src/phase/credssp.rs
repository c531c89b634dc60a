//! CredSSP (MS-CSSP): with no account up to the NTLM CHALLENGE, with one to the end.
//!
//! Tokens are bare NTLM messages: Windows takes them as it takes SPNEGO, and FreeRDP 2 takes nothing else.
//!
//! If the server offers no early authorization, 250 ms of silence after the credentials count as consent. A status or
//! an end in that time is its refusal.

mod binding;
pub(crate) mod challenge;
pub(crate) mod client;
mod early;
mod greeting;
pub(crate) mod kerberos;

pub(crate) use early::answered_early;

use std::{borrow::Cow, time::Duration};

use time::OffsetDateTime;
use zeroize::Zeroizing;

use client::{Client, SHORTEST_SEAL};

use super::{
    PhaseResult, Step, ending,
    tls::{Proven, Secured, Unproven},
};
use crate::{
    codes,
    net::{Framing, Wire},
    pdu::{
        der::SEQUENCE,
        ts_credentials::ts_credentials,
        ts_request::{self, TsRequest as Seen},
    },
    plain::plural,
    report::{CredsspEvidence, Failure, FailureKind, Selected},
    settings::Account,
};

/// How long a server without early authorization gets to refuse the credentials.
const CONSENT: Duration = Duration::from_millis(250);

/// The versions that there may be: MS-CSSP knows 2 to 6, and newer ones may come.
const VERSIONS: std::ops::RangeInclusive<u32> = 2..=255;

/// What CredSSP works with.
#[derive(Debug)]
pub(crate) struct Access<'a> {
    /// The negotiated protocol.
    pub protocol: Selected,
    /// The server, and whether a proof may be shown to it.
    pub peer: &'a Secured,
    /// The account, if there is one.
    pub account: Option<&'a Account>,
    /// Why there is none, where it is not that none was given.
    pub withheld: Option<&'static str>,
    /// Whether a redirection led to the server.
    pub redirected: bool,
    /// Whether to authenticate to a version below 5.
    pub allow_unpatched: bool,
    /// Whether the server supports Restricted Admin mode, where that is demanded.
    pub restricted_admin: Option<bool>,
    /// The server's name for the service principal.
    pub server_name: &'a str,
    /// Wall time.
    pub now: OffsetDateTime,
}

/// An account that may be used at a server.
#[derive(Clone, Copy)]
pub(crate) struct Admitted<'a> {
    account: &'a Account,
    peer: &'a Proven,
}

/// Runs CredSSP as far as the account allows.
///
/// # Errors
/// `nt_status`, `early_auth_denied`, `closed`, `malformed`, `security_unsupported`.
pub(crate) async fn run(
    wire: &mut Wire,
    access: &Access<'_>,
    evidence: &mut CredsspEvidence,
) -> PhaseResult<()> {
    match access.protocol {
        Selected::Nla | Selected::NlaEx => {}
        Selected::Rdstls => return greeting::rdstls(wire, evidence).await,
        Selected::Aad => return greeting::rdsaad(wire, evidence).await,
        other => {
            let detail = format!("rdptrace does not speak the selected protocol {}", other.name());
            return Err(Failure::new(FailureKind::SecurityUnsupported, detail));
        }
    }
    let client = Client::new();
    wire.send(&client.first()).await?;
    let (frame, seen) = receive(wire, Framing::TsRequest, evidence).await.map_err(before_credentials)?;
    challenge::read(&seen, access.now, evidence)
        .map_err(|error| ending::malformed("the NTLM CHALLENGE cannot be read", &error, &frame))?;
    let admitted = match admitted(access, seen.version) {
        Ok(admitted) => admitted,
        Err(reason) => return Ok(Step::Stopped(reason)),
    };
    let challenge = seen.nego_token.as_deref().unwrap_or_default();
    let (proof, mut client) = match client.prove(admitted, access.now, challenge, seen.version) {
        Ok(proved) => proved,
        Err(why) => return Ok(Step::Stopped(challenge::without_proof("server", &why).into())),
    };
    wire.send_secret(&proof).await?;
    evidence.attempted = true;
    let (frame, answer) = receive(wire, Framing::TsRequest, evidence)
        .await
        .map_err(|failure| silent_end(failure, "the proof of the password"))?;
    let bound = client.is_bound_by(&sealed(&answer, seen.version, &frame)?);
    evidence.key_binding = Some(bound);
    if !bound {
        return Err(not_bound());
    }
    evidence.restricted_admin = access.restricted_admin.is_some();
    wire.send_secret(&client.last(&delegated_account(admitted, access))).await?;
    conclude(wire, access, evidence).await
}

/// pubKeyAuth of the answer to the client's.
///
/// # Errors
/// `malformed`: it is no proof of a key, whatever the key is.
pub(crate) fn sealed(answer: &Seen, version: u32, frame: &[u8]) -> Result<Vec<u8>, Failure> {
    let wrong = |what: String| Err(Failure::new(FailureKind::Malformed, what).with_received(frame));
    let said = answer.version;
    match &answer.pub_key_auth {
        _ if said != version => {
            wrong(format!("the server said CredSSP version {version} first, and {said} after the proof"))
        }
        None => wrong("the server's answer to the proof has no pubKeyAuth".to_owned()),
        Some(sealed) if sealed.len() < SHORTEST_SEAL => {
            let length = plural(sealed.len() as u64, "byte");
            wrong(format!("the server's proof of its TLS key has {length}, fewer than a signature"))
        }
        Some(sealed) => Ok(sealed.clone()),
    }
}

/// What the server says of the delegated credentials.
async fn conclude(wire: &mut Wire, access: &Access<'_>, evidence: &mut CredsspEvidence) -> PhaseResult<()> {
    match access.protocol {
        Selected::NlaEx => early_authorization(wire, evidence).await?,
        _ => silent_consent(wire, evidence).await?,
    }
    evidence.authenticated = true;
    Ok(Step::Passed(()))
}

/// The account as it is delegated (MS-CSSP 2.2.1.2), which in Restricted Admin mode is nobody's (MS-RDPBCGR 5.4.5.2.1).
fn delegated_account(Admitted { account, .. }: Admitted<'_>, access: &Access<'_>) -> Zeroizing<Vec<u8>> {
    let (domain, user) = client::name(account);
    match access.restricted_admin {
        Some(_) => ts_credentials("", "", ""),
        None => ts_credentials(domain, user, &account.password),
    }
}

/// The account, if it may be used at the server; else why not.
fn admitted<'a>(access: &Access<'a>, version: u32) -> Result<Admitted<'a>, Cow<'static, str>> {
    let Some(account) = access.account else {
        return Err(access.withheld.unwrap_or("no account was given (-u USER goes on)").into());
    };
    if access.restricted_admin == Some(false) {
        return Err(
            "the server does not say that it supports Restricted Admin mode, which --restricted-admin demands"
                .into(),
        );
    }
    let peer = access.peer.proven().map_err(|why| unproven(why, access))?;
    if version < codes::FIRST_PATCHED_CREDSSP && !access.allow_unpatched {
        return Err("the server's CredSSP version is open to CVE-2018-0886".into());
    }
    Ok(Admitted { account, peer })
}

/// Why nothing is proved to the server; a host that a redirection led to has a certificate of its own, to be pinned by itself.
fn unproven(why: Unproven, access: &Access<'_>) -> Cow<'static, str> {
    let reason = why.reason("the server");
    match why {
        Unproven::NotExpected if access.redirected => format!(
            "{reason}, and the account is used only where that was served; to use it here trace {} itself with its own \
             --expect-thumbprint",
            access.server_name
        ),
        _ => reason,
    }
    .into()
}

/// Receives a TSRequest; a status in it ends the phase.
async fn receive(
    wire: &mut Wire,
    framing: Framing,
    evidence: &mut CredsspEvidence,
) -> Result<(Vec<u8>, Seen), Failure> {
    let frame = wire.receive(framing).await?;
    let seen = read_ts_request(&frame, evidence)?;
    Ok((frame, seen))
}

/// What a server's TSRequest says.
///
/// # Errors
/// The status in it, or `malformed`.
pub(crate) fn read_ts_request(frame: &[u8], evidence: &mut CredsspEvidence) -> Result<Seen, Failure> {
    let seen = ts_request::ts_request(frame)
        .map_err(|error| ending::malformed("the TSRequest cannot be read", &error, frame))?;
    evidence.version = Some(seen.version);
    match seen.error_code {
        Some(code) => {
            evidence.status = Some(code);
            Err(status(code))
        }
        None if !VERSIONS.contains(&seen.version) => {
            let detail = format!(
                "the server says that its CredSSP version is {}; MS-CSSP knows the versions 2 to 6",
                seen.version
            );
            Err(Failure::new(FailureKind::Malformed, detail).with_received(frame))
        }
        None => Ok(seen),
    }
}

/// TSRequest.errorCode as a failure; servers also send numbers that are no NTSTATUS.
pub(crate) fn status(code: u32) -> Failure {
    let row = codes::NTSTATUS.find(code);
    let what = row.map_or("no table knows it", |row| row.meaning);
    Failure::new(FailureKind::NtStatus, format!("the server answered with status {code:#010X}: {what}"))
        .with_code(code, codes::NTSTATUS.symbol(code))
}

/// The words of a status are about credentials, of which none was sent yet.
fn before_credentials(mut failure: Failure) -> Failure {
    if failure.kind == FailureKind::NtStatus {
        failure.detail = format!("{}; no credentials had been sent", failure.detail);
    }
    failure
}

/// An end without a reason right after the credentials may be a refusal; it proves none.
pub(crate) fn silent_end(mut failure: Failure, what: &str) -> Failure {
    let reason = match failure.kind {
        FailureKind::Closed | FailureKind::Reset => ", without a reason",
        // It says that something failed, and not what.
        FailureKind::TlsAlert => "",
        _ => return failure,
    };
    failure.detail = format!("{} after {what}{reason}; some servers refuse a logon this way", failure.detail);
    failure
}

fn delegated(failure: Failure) -> Failure {
    silent_end(failure, "the delegated credentials")
}

/// The server's proof of its key is another than the right one.
fn not_bound() -> Failure {
    let detail = "the server's proof of its TLS key does not match, someone may stand in between";
    Failure::new(FailureKind::KeyBinding, detail)
}

/// Without early authorization a server says nothing when it takes the credentials; a refusal is a status or an end.
async fn silent_consent(wire: &mut Wire, evidence: &mut CredsspEvidence) -> Result<(), Failure> {
    if wire.stays_quiet(CONSENT).await.map_err(delegated)? || wire.pending().first() != Some(&SEQUENCE) {
        return Ok(());
    }
    receive(wire, Framing::TsRequest, evidence).await.map(|_| ())
}

/// HYBRID_EX: four bytes, or a TSRequest with a status in their place (MS-RDPBCGR 2.2.10.2).
async fn early_authorization(wire: &mut Wire, evidence: &mut CredsspEvidence) -> Result<(), Failure> {
    let frame = wire.receive(Framing::EarlyAuthorization).await.map_err(delegated)?;
    answered_early(&frame, evidence)
}
