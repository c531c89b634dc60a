//! sspi's CredSSP client, with its errors as failures (MS-CSSP 3.1.5).

use std::panic::{AssertUnwindSafe, catch_unwind};

use sspi::{
    AuthIdentity, Username,
    credssp::{ClientMode, ClientState, CredSspClient, TsRequest},
    ntlm::NtlmConfig,
};

use super::{Access, Proven};
use crate::{
    pdu::{connect_initial::CLIENT_NAME, words::words},
    report::{Failure, FailureKind},
};

/// A client for the account, or for nobody when it is only to ask for the CHALLENGE.
pub fn client(access: &Access<'_>) -> Result<CredSspClient, Failure> {
    let (user, domain, password) = match access.account {
        Some(account) => (account.user.as_str(), account.domain.as_deref(), account.password.as_str()),
        None => ("", None, ""),
    };
    let username = Username::new(user, domain).map_err(|error| ours(&error))?;
    let identity = AuthIdentity { username, password: password.to_owned().into() };
    let mode = ClientMode::Ntlm(NtlmConfig::new(CLIENT_NAME.to_owned()));
    let principal = format!("TERMSRV/{}", access.server_name);
    let key = access.peer.public_key().unwrap_or_default().to_vec();
    CredSspClient::new(key, identity.into(), access.mode(), mode, principal).map_err(|e| ours(&e))
}

/// The question for the CHALLENGE, in which nothing is shown.
pub fn ask(client: &mut CredSspClient) -> Result<TsRequest, Failure> {
    step(client, TsRequest::default())
}

/// What answers the server: the proof of the password, then the credentials.
pub fn show(client: &mut CredSspClient, input: TsRequest, _to: &Proven) -> Result<TsRequest, Failure> {
    step(client, input)
}

/// One step of sspi. Its panics are bugs there, which no server may turn against us.
fn step(client: &mut CredSspClient, input: TsRequest) -> Result<TsRequest, Failure> {
    let state = catch_unwind(AssertUnwindSafe(|| client.process(input).resolve_to_result()));
    match state {
        Ok(Ok(ClientState::ReplyNeeded(request) | ClientState::FinalMessage(request))) => Ok(request),
        Ok(Err(error)) => Err(ours(&error.description)),
        Err(_) => {
            Err(Failure::new(FailureKind::Malformed, "the server's CredSSP message cannot be processed"))
        }
    }
}

/// What cannot be done with sspi, as a failure.
pub fn ours(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Malformed, format!("CredSSP cannot go on: {}", words(error)))
}

/// A TSRequest as it is sent.
pub fn bytes(request: &TsRequest) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(usize::from(request.buffer_len().map_err(|e| ours(&e))?));
    request.encode_ts_request(&mut bytes).map_err(|e| ours(&e))?;
    Ok(bytes)
}

/// A TSRequest as sspi takes it.
pub fn parse(frame: &[u8]) -> Result<TsRequest, Failure> {
    TsRequest::from_buffer(frame).map_err(|error| ours(&error).with_received(frame))
}
