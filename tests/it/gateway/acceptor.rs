//! NTLM, SPNEGO and Basic as a gateway accepts them in HTTP, with channel bindings where they are enforced.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sspi::{
    AuthIdentity, BufferType, CredentialUse, Credentials, DataRepresentation, Negotiate, NegotiateConfig,
    Ntlm, SecurityBuffer, ServerRequestFlags, Sspi, SspiImpl, Username, ntlm::NtlmConfig,
};

pub const USER: &str = "gwuser";
pub const PASSWORD: &str = "gwsecret";

/// One authentication.
pub struct Acceptor {
    package: Package,
    bindings: Option<Vec<u8>>,
    pub asked: bool,
}

enum Package {
    Ntlm(Box<Ntlm>, <Ntlm as SspiImpl>::CredentialsHandle),
    Negotiate(Box<Negotiate>, <Negotiate as SspiImpl>::CredentialsHandle),
}

impl Acceptor {
    /// NTLM, or SPNEGO with it.
    pub fn new(spnego: bool, bindings: Option<Vec<u8>>) -> Self {
        let own = NtlmConfig::new("GW01".to_owned());
        let username = Username::new(USER, None).expect("a user name");
        let identity = AuthIdentity { username, password: PASSWORD.to_owned().into() };
        let package = if spnego {
            let packages = Some("ntlm,!kerberos,!pku2u".to_owned());
            let config = NegotiateConfig::new(Box::new(own), packages, "GW01".to_owned());
            let mut package = Negotiate::new_server(config, vec![identity.clone()]).expect("a server");
            let credentials = Credentials::AuthIdentity(identity);
            let acquired = package
                .acquire_credentials_handle()
                .with_credential_use(CredentialUse::Inbound)
                .with_auth_data(&credentials)
                .execute(&mut package);
            Package::Negotiate(Box::new(package), acquired.expect("credentials").credentials_handle)
        } else {
            let mut package = Ntlm::with_config(own);
            let acquired = package
                .acquire_credentials_handle()
                .with_credential_use(CredentialUse::Inbound)
                .with_auth_data(&identity)
                .execute(&mut package);
            Package::Ntlm(Box::new(package), acquired.expect("credentials").credentials_handle)
        };
        Self { package, bindings, asked: false }
    }

    /// The challenge for a NEGOTIATE, or whether the AUTHENTICATE is right.
    pub fn take(&mut self, token: &str) -> Result<String, bool> {
        let token = STANDARD.decode(token).expect("base64");
        let (asked, bindings) = (self.asked, self.bindings.as_deref());
        let answer = catch_unwind(AssertUnwindSafe(|| match &mut self.package {
            Package::Ntlm(package, handle) => step(package.as_mut(), handle, token, bindings, asked),
            Package::Negotiate(package, handle) => step(package.as_mut(), handle, token, bindings, asked),
        }));
        match (asked, answer.unwrap_or(None)) {
            (false, Some(challenge)) => {
                self.asked = true;
                Ok(STANDARD.encode(challenge))
            }
            (_, answer) => Err(answer.is_some()),
        }
    }
}

fn step<P: Sspi + SspiImpl>(
    package: &mut P,
    handle: &mut P::CredentialsHandle,
    token: Vec<u8>,
    bindings: Option<&[u8]>,
    last: bool,
) -> Option<Vec<u8>> {
    let mut input = vec![SecurityBuffer::new(token, BufferType::Token)];
    input
        .extend(bindings.map(|bindings| SecurityBuffer::new(bindings.to_vec(), BufferType::ChannelBindings)));
    let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
    {
        let builder = package
            .accept_security_context()
            .with_credentials_handle(handle)
            .with_context_requirements(ServerRequestFlags::empty())
            .with_target_data_representation(DataRepresentation::Native)
            .with_input(&mut input)
            .with_output(&mut output);
        package.accept_security_context_impl(builder).ok()?.resolve_to_result().ok()?;
    }
    if last {
        package.complete_auth_token(&mut output).ok()?;
    }
    Some(output[0].buffer.clone())
}

/// The value of Basic for the account.
pub fn basic() -> String {
    STANDARD.encode(format!("{USER}:{PASSWORD}"))
}
