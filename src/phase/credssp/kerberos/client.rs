//! sspi's Kerberos client towards the server (RFC 4120 section 3.2, RFC 4121), with a ticket that we had ourselves. It never
//! hears the password: the answers of a KDC that it is given are sealed with a stand-in.
//!
//! With `--auth kerberos` we get the ticket before the server hears a token, SPNEGO offers Kerberos alone with the
//! AP-REQ in it, and the server receives sspi's AP-REQ. The questions to KDCs are ours, from sspi's generators: sspi
//! proves the password with one type of key whatever the KDC has, needs the salt in one place of the answer, wants
//! all keys on the way to be of one type, and looks for KDCs of other realms in files and variables that nobody
//! named. It gets the ticket in answers that are sealed anew, as if one KDC had given it at once, and a stand-in for
//! the password, under which they are sealed.

use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, Credentials, CredentialsBuffers, DataRepresentation,
    EncryptionFlags, InitializeSecurityContextResult, Kerberos, KerberosConfig, NetworkRequest,
    SecurityBuffer, SecurityBufferRef, Sspi as _, SspiImpl as _, Username,
    generator::{Generator, GeneratorState},
};
use zeroize::Zeroizing;

use super::super::Proven;
use crate::{
    guard::guarded,
    pdu::{connect_initial::CLIENT_NAME, words::words},
    random::random,
    report::{Failure, FailureKind},
    settings::Account,
};

type Asked<'a> =
    Generator<'a, NetworkRequest, sspi::Result<Vec<u8>>, sspi::Result<InitializeSecurityContextResult>>;

/// sspi wants an address of a KDC, or it looks for one by itself; who is asked is decided here.
const NOWHERE: &str = "tcp://kdc.invalid:88";

/// The header of a sealed message that sspi takes apart from the rest.
const SIGNATURE: usize = 16;

/// A client for one account and one server.
pub(super) struct Client {
    kerberos: Kerberos,
    credentials: CredentialsBuffers,
    stand_in: String,
    principal: String,
}

impl Client {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// The name is none of an account.
    pub(super) fn new(account: &Account, server: &str) -> Result<Self, Failure> {
        let config = KerberosConfig::new(NOWHERE, CLIENT_NAME.to_owned());
        let username = Username::new(&account.user, account.domain.as_deref()).map_err(|e| ours(&e))?;
        let stand_in = hex::encode(random::<16>());
        let identity = AuthIdentity { username, password: stand_in.clone().into() };
        let credentials =
            Credentials::AuthIdentity(identity).try_into().map_err(|e: sspi::Error| ours(&e))?;
        let kerberos = Kerberos::new_client_from_config(config).map_err(|e| ours(&e))?;
        Ok(Self { kerberos, credentials, stand_in, principal: format!("TERMSRV/{server}") })
    }

    /// The service principal.
    pub(super) fn principal(&self) -> &str {
        &self.principal
    }

    /// What stands for the password in the answers for sspi.
    pub(super) fn stand_in(&self) -> &str {
        &self.stand_in
    }

    /// The AP-REQ for the server; `answers` are what sspi gets to hear in place of a KDC.
    ///
    /// # Errors
    /// An answer cannot be used.
    pub(super) fn ticket(&mut self, answers: [Vec<u8>; 3], _to: &Proven) -> Result<Vec<u8>, Failure> {
        self.step(&[], answers.into_iter())
    }

    /// Takes the AP-REP of the server, which proves that it could read the ticket.
    ///
    /// # Errors
    /// It does not belong to our AP-REQ.
    pub(super) fn accept(&mut self, token: &[u8]) -> Result<(), Failure> {
        self.step(token, std::iter::empty()).map(|_| ())
    }

    /// One step of sspi, whose questions these answer.
    fn step(&mut self, token: &[u8], mut answers: impl Iterator<Item = Vec<u8>>) -> Result<Vec<u8>, Failure> {
        let mut input = [SecurityBuffer::new(token.to_vec(), BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut handle = Some(self.credentials.clone());
        let mut builder = self
            .kerberos
            .initialize_security_context()
            .with_credentials_handle(&mut handle)
            .with_context_requirements(requirements())
            .with_target_data_representation(DataRepresentation::Native)
            .with_target_name(&self.principal)
            .with_input(&mut input)
            .with_output(&mut output);
        let mut asked = self.kerberos.initialize_security_context_impl(&mut builder).map_err(|e| ours(&e))?;
        let mut state = advanced(&mut asked, Asked::start)?;
        while let GeneratorState::Suspended(_) = state {
            let answer = answers.next().ok_or_else(|| unusable(&"it leads back to the KDC"))?;
            state = advanced(&mut asked, |asked| asked.resume(Ok(answer)))?;
        }
        if let GeneratorState::Completed(result) = state {
            result.map_err(|e| unusable(&e))?;
        }
        drop(asked);
        let [token] = output;
        Ok(token.buffer)
    }

    /// Encrypts for the server.
    ///
    /// # Errors
    /// The context is not complete.
    pub(super) fn seal(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let (mut token, mut data) = ([0; 1024], Zeroizing::new(message.to_vec()));
        let mut buffers = [SecurityBufferRef::token_buf(&mut token), SecurityBufferRef::data_buf(&mut data)];
        self.kerberos.encrypt_message(EncryptionFlags::empty(), &mut buffers).map_err(|e| ours(&e))?;
        Ok(buffers.iter().flat_map(|buffer| buffer.data().iter().copied()).collect())
    }

    /// Decrypts what the server has encrypted.
    ///
    /// # Errors
    /// It is not of this context.
    pub(super) fn open(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut message = message.to_vec();
        let (token, data) = message
            .split_at_mut_checked(SIGNATURE)
            .ok_or_else(|| unusable(&"it is too short to be sealed"))?;
        let mut buffers = [SecurityBufferRef::data_buf(data), SecurityBufferRef::token_buf(token)];
        let kerberos = &mut self.kerberos;
        guarded(|| kerberos.decrypt_message(&mut buffers))
            .map_err(|_| unusable(&"it cannot be processed"))?
            .map_err(|e| unusable(&e))?;
        Ok(buffers[0].data().to_vec())
    }
}

/// Without USE_SESSION_KEY: the ticket comes first, and needs no ticket of the server.
pub(super) fn requirements() -> ClientRequestFlags {
    ClientRequestFlags::MUTUAL_AUTH | ClientRequestFlags::INTEGRITY | ClientRequestFlags::CONFIDENTIALITY
}

fn advanced<'a, T>(asked: &mut Asked<'a>, step: impl FnOnce(&mut Asked<'a>) -> T) -> Result<T, Failure> {
    guarded(|| step(asked)).map_err(|_| unusable(&"it cannot be processed"))
}

/// A message that belongs here and cannot be used.
pub(super) fn unusable(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Malformed, format!("a Kerberos message cannot be used: {}", words(error)))
}

/// What cannot be done with sspi, as a failure.
fn ours(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Malformed, format!("CredSSP cannot go on: {}", words(error)))
}
