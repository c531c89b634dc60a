//! CredSSP (MS-CSSP): with no account up to the NTLM CHALLENGE, with one to the end.
//!
//! Tokens are bare NTLM messages: Windows takes them as it takes SPNEGO, and FreeRDP 2 takes nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sspi::{
    AuthIdentity, Username,
    credssp::{ClientMode, ClientState, CredSspClient, CredSspMode, TsRequest},
    ntlm::NtlmConfig,
};
use time::{Duration, OffsetDateTime};

use super::{PhaseResult, Step, ending};
use crate::{
    codes,
    net::{Framing, Wire},
    pdu::{
        connect_initial::CLIENT_NAME,
        ntlm::{self, Challenge},
        ts_request::{self, TsRequest as Seen},
    },
    report::{CredsspEvidence, Failure, FailureKind, HandshakeSignature, NtlmEvidence, Selected, Timestamp},
    settings::Account,
};

/// The first version that is not open to CVE-2018-0886.
const FIRST_PATCHED: u32 = 5;

/// What CredSSP works with.
#[derive(Debug)]
pub struct Access<'a> {
    /// The negotiated protocol.
    pub protocol: Selected,
    /// The server's SubjectPublicKey.
    pub public_key: Option<Vec<u8>>,
    /// Whether the server proved that it holds that key.
    pub signature: Option<HandshakeSignature>,
    /// The account, if there is one.
    pub account: Option<&'a Account>,
    /// Whether to authenticate to a version below 5.
    pub allow_unpatched: bool,
    /// The server's name for the service principal.
    pub server_name: &'a str,
    /// Wall time.
    pub now: OffsetDateTime,
}

/// Runs CredSSP as far as the account allows.
///
/// # Errors
/// `nt_status`, `early_auth_denied`, `closed`, `malformed`, `security_unsupported`.
pub async fn run(wire: &mut Wire, access: &Access<'_>, evidence: &mut CredsspEvidence) -> PhaseResult<()> {
    if !access.protocol.is_nla() {
        let detail = format!("this build does not speak the selected protocol {}", access.protocol.name());
        return Err(Failure::new(FailureKind::SecurityUnsupported, detail));
    }
    let mut client = client(access)?;
    wire.send(&bytes(&step(&mut client, TsRequest::default())?)?).await?;
    let (frame, seen) = receive(wire, Framing::TsRequest, evidence).await?;
    read_challenge(&seen, access.now, evidence)
        .map_err(|error| ending::malformed("the NTLM CHALLENGE cannot be read", &error, &frame))?;
    if let Some(reason) = reason_to_stop(access, seen.version) {
        return Ok(Step::Stopped(reason));
    }
    evidence.attempted = true;
    let authenticate = bytes(&step(&mut client, parse(&frame)?)?)?;
    wire.send_secret(&authenticate).await?;
    let (frame, _) = receive(wire, Framing::TsRequest, evidence).await.map_err(after_credentials)?;
    let credentials = step(&mut client, parse(&frame)?);
    evidence.key_binding = Some(credentials.is_ok());
    let credentials = credentials.map_err(|failure| binding(&failure))?;
    wire.send_secret(&bytes(&credentials)?).await?;
    if access.protocol == Selected::NlaEx {
        early_authorization(wire, evidence).await?;
    }
    evidence.authenticated = true;
    Ok(Step::Passed(()))
}

fn reason_to_stop(access: &Access<'_>, version: u32) -> Option<&'static str> {
    if access.account.is_none() {
        return Some("no account was given (-u USER goes on)");
    }
    if access.signature != Some(HandshakeSignature::Valid) {
        return Some(
            "the server did not prove that it holds its certificate's key, so the account was not used",
        );
    }
    if version < FIRST_PATCHED && !access.allow_unpatched {
        return Some("the server's CredSSP version is open to CVE-2018-0886, so the account was not used");
    }
    None
}

fn client(access: &Access<'_>) -> Result<CredSspClient, Failure> {
    let (user, domain, password) = match access.account {
        Some(account) => (account.user.as_str(), account.domain.as_deref(), account.password.as_str()),
        None => ("", None, ""),
    };
    let username = Username::new(user, domain).map_err(|error| ours(&error))?;
    let identity = AuthIdentity { username, password: password.to_owned().into() };
    let mode = ClientMode::Ntlm(NtlmConfig::new(CLIENT_NAME.to_owned()));
    let principal = format!("TERMSRV/{}", access.server_name);
    let key = access.public_key.clone().unwrap_or_default();
    CredSspClient::new(key, identity.into(), CredSspMode::WithCredentials, mode, principal)
        .map_err(|e| ours(&e))
}

/// One step of sspi. Its panics are bugs there, which no server may turn against us.
fn step(client: &mut CredSspClient, input: TsRequest) -> Result<TsRequest, Failure> {
    let state = catch_unwind(AssertUnwindSafe(|| client.process(input).resolve_to_result()));
    match state {
        Ok(Ok(ClientState::ReplyNeeded(request) | ClientState::FinalMessage(request))) => Ok(request),
        Ok(Err(error)) => Err(ours(&error)),
        Err(_) => {
            Err(Failure::new(FailureKind::Malformed, "the server's CredSSP message cannot be processed"))
        }
    }
}

fn ours(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Malformed, format!("CredSSP cannot go on: {error}"))
}

fn bytes(request: &TsRequest) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(usize::from(request.buffer_len().map_err(|e| ours(&e))?));
    request.encode_ts_request(&mut bytes).map_err(|e| ours(&e))?;
    Ok(bytes)
}

fn parse(frame: &[u8]) -> Result<TsRequest, Failure> {
    TsRequest::from_buffer(frame).map_err(|error| ours(&error).with_received(frame))
}

/// Receives a TSRequest; a status in it ends the phase.
async fn receive(
    wire: &mut Wire,
    framing: Framing,
    evidence: &mut CredsspEvidence,
) -> Result<(Vec<u8>, Seen), Failure> {
    let frame = wire.receive(framing).await?;
    let seen = ts_request::ts_request(&frame)
        .map_err(|error| ending::malformed("the TSRequest cannot be read", &error, &frame))?;
    evidence.version = Some(seen.version);
    match seen.error_code {
        Some(code) => {
            evidence.status = Some(code);
            Err(status(code))
        }
        None => Ok((frame, seen)),
    }
}

/// TSRequest.errorCode as a failure; servers also send numbers that are no NTSTATUS.
pub fn status(code: u32) -> Failure {
    let row = codes::NTSTATUS.find(code);
    let what = row.map_or("no table knows it", |row| row.meaning);
    Failure::new(FailureKind::NtStatus, format!("the server answered with status {code:#010X}: {what}"))
        .with_code(code, codes::NTSTATUS.symbol(code))
}

/// An end without a reason right after the credentials may be a refusal; it proves none.
fn after_credentials(mut failure: Failure) -> Failure {
    if matches!(failure.kind, FailureKind::Closed | FailureKind::Reset) {
        failure.detail = format!("{} after the credentials, without a reason", failure.detail);
    }
    failure
}

fn binding(failure: &Failure) -> Failure {
    let detail = format!(
        "the server's proof of its TLS key does not match, someone may stand in between: {}",
        failure.detail
    );
    Failure::new(FailureKind::Malformed, detail)
}

/// HYBRID_EX: four bytes, or a TSRequest with a status in their place (MS-RDPBCGR 2.2.10.2).
async fn early_authorization(wire: &mut Wire, evidence: &mut CredsspEvidence) -> Result<(), Failure> {
    let frame = wire.receive(Framing::EarlyAuthorization).await.map_err(after_credentials)?;
    let Ok(bytes) = <[u8; 4]>::try_from(frame.as_slice()) else {
        let seen = ts_request::ts_request(&frame)
            .map_err(|error| ending::malformed("the TSRequest cannot be read", &error, &frame))?;
        evidence.status = seen.error_code;
        return Err(seen.error_code.map_or_else(|| unexpected(&frame), status));
    };
    let code = u32::from_le_bytes(bytes);
    evidence.early_authorization = Some(code);
    evidence.authenticated = true;
    if code == 0 {
        return Ok(());
    }
    let name = codes::EARLY_AUTHORIZATION.symbol(code);
    let detail = "the account is right, but may not log on through Remote Desktop";
    Err(Failure::new(FailureKind::EarlyAuthDenied, detail).with_code(code, name))
}

fn unexpected(frame: &[u8]) -> Failure {
    let detail = "a TSRequest without a status where the early authorization result belongs";
    Failure::new(FailureKind::Malformed, detail).with_received(frame)
}

fn read_challenge(
    seen: &Seen,
    now: OffsetDateTime,
    evidence: &mut CredsspEvidence,
) -> Result<(), crate::pdu::Malformed> {
    let challenge = ntlm::challenge(seen.nego_token.as_deref().unwrap_or_default())?;
    evidence.ntlm = Some(ntlm_evidence(challenge, now));
    Ok(())
}

fn ntlm_evidence(challenge: Challenge, now: OffsetDateTime) -> NtlmEvidence {
    let time = challenge.timestamp.and_then(file_time);
    NtlmEvidence {
        netbios_computer: challenge.netbios_computer,
        netbios_domain: challenge.netbios_domain,
        dns_computer: challenge.dns_computer,
        dns_domain: challenge.dns_domain,
        dns_tree: challenge.dns_tree,
        os_version: challenge.version.map(|(major, minor, _)| format!("{major}.{minor}")),
        os_build: challenge.version.map(|(_, _, build)| u32::from(build)),
        time: time.map(Timestamp),
        clock_skew_seconds: time.map(|server| (server - now).whole_seconds()),
    }
}

/// A FILETIME counts 100 ns since 1601-01-01.
fn file_time(ticks: u64) -> Option<OffsetDateTime> {
    let epoch = time::macros::datetime!(1601-01-01 0:00 UTC);
    let moment = epoch.checked_add(Duration::microseconds(i64::try_from(ticks / 10).ok()?))?;
    (moment.year() <= 9999).then_some(moment)
}
