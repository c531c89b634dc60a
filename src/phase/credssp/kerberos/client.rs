//! sspi's Kerberos client towards the server (RFC 4120 section 3.2, RFC 4121), with a ticket that we had ourselves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, Credentials, CredentialsBuffers, DataRepresentation,
    EncryptionFlags, InitializeSecurityContextResult, Kerberos, KerberosConfig, NetworkRequest,
    SecurityBuffer, SecurityBufferRef, Sspi as _, SspiImpl as _, Username,
    credssp::{CredSspMode, write_ts_credentials},
    generator::{Generator, GeneratorState},
};

use super::super::{Proven, client::ours};
use crate::{
    pdu::{connect_initial::CLIENT_NAME, words::words},
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
pub struct Client {
    kerberos: Kerberos,
    credentials: CredentialsBuffers,
    principal: String,
}

impl Client {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// The name is none of an account.
    pub fn new(account: &Account, server: &str) -> Result<Self, Failure> {
        let config = KerberosConfig::new(NOWHERE, CLIENT_NAME.to_owned());
        let username = Username::new(&account.user, account.domain.as_deref()).map_err(|e| ours(&e))?;
        let identity = AuthIdentity { username, password: account.password.as_str().to_owned().into() };
        let credentials =
            Credentials::AuthIdentity(identity).try_into().map_err(|e: sspi::Error| ours(&e))?;
        let kerberos = Kerberos::new_client_from_config(config).map_err(|e| ours(&e))?;
        Ok(Self { kerberos, credentials, principal: format!("TERMSRV/{server}") })
    }

    /// The service principal.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The AP-REQ for the server; `answers` are what sspi gets to hear in place of a KDC.
    ///
    /// # Errors
    /// An answer cannot be used.
    pub fn ticket(&mut self, answers: [Vec<u8>; 3], _to: &Proven) -> Result<Vec<u8>, Failure> {
        self.step(&[], answers.into_iter())
    }

    /// Takes the AP-REP of the server, which proves that it could read the ticket.
    ///
    /// # Errors
    /// It does not belong to our AP-REQ.
    pub fn accept(&mut self, token: &[u8]) -> Result<(), Failure> {
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
        let mut state = guarded(&mut asked, Asked::start)?;
        while let GeneratorState::Suspended(_) = state {
            let answer = answers.next().ok_or_else(|| unusable(&"it leads back to the KDC"))?;
            state = guarded(&mut asked, |asked| asked.resume(Ok(answer)))?;
        }
        if let GeneratorState::Completed(result) = state {
            result.map_err(|e| unusable(&e))?;
        }
        drop(asked);
        let [token] = output;
        Ok(token.buffer)
    }

    /// The account as it is delegated (MS-CSSP 2.2.1.2).
    ///
    /// # Errors
    /// There is none for an account that could be read.
    pub fn credentials(&self, mode: CredSspMode, _to: &Proven) -> Result<Vec<u8>, Failure> {
        write_ts_credentials(&self.credentials, mode).map_err(|e| ours(&e))
    }

    /// Encrypts for the server.
    ///
    /// # Errors
    /// The context is not complete.
    pub fn seal(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let (mut token, mut data) = ([0; 1024], message.to_vec());
        let mut buffers = [SecurityBufferRef::token_buf(&mut token), SecurityBufferRef::data_buf(&mut data)];
        self.kerberos.encrypt_message(EncryptionFlags::empty(), &mut buffers).map_err(|e| ours(&e))?;
        Ok(buffers.iter().flat_map(|buffer| buffer.data().iter().copied()).collect())
    }

    /// Decrypts what the server has encrypted.
    ///
    /// # Errors
    /// It is not of this context.
    pub fn open(&mut self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut message = message.to_vec();
        let (token, data) = message
            .split_at_mut_checked(SIGNATURE)
            .ok_or_else(|| unusable(&"it is too short to be sealed"))?;
        let mut buffers = [SecurityBufferRef::data_buf(data), SecurityBufferRef::token_buf(token)];
        let kerberos = &mut self.kerberos;
        catch_unwind(AssertUnwindSafe(|| kerberos.decrypt_message(&mut buffers)))
            .map_err(|_| unusable(&"it cannot be processed"))?
            .map_err(|e| unusable(&e))?;
        Ok(buffers[0].data().to_vec())
    }
}

/// Without USE_SESSION_KEY: the ticket comes first, and needs no ticket of the server.
pub fn requirements() -> ClientRequestFlags {
    ClientRequestFlags::MUTUAL_AUTH | ClientRequestFlags::INTEGRITY | ClientRequestFlags::CONFIDENTIALITY
}

/// A step of sspi, whose panics are bugs there, which no peer may turn against us.
fn guarded<'a, T>(asked: &mut Asked<'a>, step: impl FnOnce(&mut Asked<'a>) -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(|| step(asked))).map_err(|_| unusable(&"it cannot be processed"))
}

/// A message that belongs here and cannot be used.
pub fn unusable(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Malformed, format!("a Kerberos message cannot be used: {}", words(error)))
}
