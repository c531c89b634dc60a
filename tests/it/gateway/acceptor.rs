//! NTLM and Basic as a gateway accepts them in HTTP, with channel bindings where they are enforced.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sspi::{
    AuthIdentity, BufferType, CredentialUse, DataRepresentation, Ntlm, SecurityBuffer, ServerRequestFlags,
    Sspi, SspiImpl, Username, ntlm::NtlmConfig,
};

pub const USER: &str = "gwuser";
pub const PASSWORD: &str = "gwsecret";

/// One NTLM authentication.
pub struct Acceptor {
    ntlm: Ntlm,
    handle: <Ntlm as SspiImpl>::CredentialsHandle,
    bindings: Option<Vec<u8>>,
    pub asked: bool,
}

impl Acceptor {
    pub fn new(bindings: Option<Vec<u8>>) -> Self {
        let mut ntlm = Ntlm::with_config(NtlmConfig::new("GW01".to_owned()));
        let username = Username::new(USER, None).expect("a user name");
        let identity = AuthIdentity { username, password: PASSWORD.to_owned().into() };
        let acquired = ntlm
            .acquire_credentials_handle()
            .with_credential_use(CredentialUse::Inbound)
            .with_auth_data(&identity)
            .execute(&mut ntlm)
            .expect("credentials");
        Self { handle: acquired.credentials_handle, ntlm, bindings, asked: false }
    }

    /// The challenge for a NEGOTIATE, or whether the AUTHENTICATE is right.
    pub fn take(&mut self, token: &str) -> Result<String, bool> {
        let token = STANDARD.decode(token).expect("base64");
        let step = AssertUnwindSafe(|| self.step(token));
        let answer = catch_unwind(step).unwrap_or(None);
        match (self.asked, answer) {
            (false, Some(challenge)) => {
                self.asked = true;
                Ok(STANDARD.encode(challenge))
            }
            (_, answer) => Err(answer.is_some()),
        }
    }

    fn step(&mut self, token: Vec<u8>) -> Option<Vec<u8>> {
        let mut input = vec![SecurityBuffer::new(token, BufferType::Token)];
        if let Some(bindings) = &self.bindings {
            input.push(SecurityBuffer::new(bindings.clone(), BufferType::ChannelBindings));
        }
        let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let builder = self
            .ntlm
            .accept_security_context()
            .with_credentials_handle(&mut self.handle)
            .with_context_requirements(ServerRequestFlags::empty())
            .with_target_data_representation(DataRepresentation::Native)
            .with_input(&mut input)
            .with_output(&mut output);
        self.ntlm.accept_security_context_impl(builder).ok()?.resolve_to_result().ok()?;
        if self.asked {
            self.ntlm.complete_auth_token(&mut output).ok()?;
        }
        Some(output[0].buffer.clone())
    }
}

/// The value of Basic for the account.
pub fn basic() -> String {
    STANDARD.encode(format!("{USER}:{PASSWORD}"))
}
