//! NTLM, SPNEGO and Basic as a gateway accepts them in HTTP, with channel bindings where they are enforced.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sspi::{
    AuthIdentity, BufferType, CredentialUse, Credentials, DataRepresentation, Negotiate, NegotiateConfig,
    Ntlm, SecurityBuffer, ServerRequestFlags, Sspi, SspiImpl, Username, ntlm::NtlmConfig,
};

use sha2::{Digest as _, Sha256};

use rdptrace::internal::pdu::{der::encode, spnego};

use super::script::Script;

pub(super) const USER: &str = "gwuser";
pub(super) const PASSWORD: &str = "gwsecret";

/// One authentication.
pub(super) struct Acceptor {
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
    pub(super) fn new(spnego: bool, bindings: Option<Vec<u8>>) -> Self {
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
    pub(super) fn take(&mut self, token: Vec<u8>) -> Result<Vec<u8>, bool> {
        let (asked, bindings) = (self.asked, self.bindings.as_deref());
        let answer = catch_unwind(AssertUnwindSafe(|| match &mut self.package {
            Package::Ntlm(package, handle) => step(package.as_mut(), handle, token, bindings, asked),
            Package::Negotiate(package, handle) => step(package.as_mut(), handle, token, bindings, asked),
        }));
        match (asked, answer.unwrap_or(None)) {
            (false, Some(challenge)) => {
                self.asked = true;
                Ok(challenge)
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

/// The form of a first token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Bare,
    Spnego,
}

/// What a token leads to.
pub(super) enum Taken {
    Answered(&'static str),
    Challenged(String),
    Judged(bool),
}

/// Takes a token as the script says; a first one begins again.
pub(super) fn take(token: &str, script: &Script, slot: &mut Option<Acceptor>) -> Taken {
    let token = STANDARD.decode(token).expect("base64");
    let form = if spnego::is_bare_ntlm(&token) { Form::Bare } else { Form::Spnego };
    let wrong = script.only.filter(|(only, _)| slot.is_none() && *only != form);
    if let Some((_, answer)) = wrong {
        return Taken::Answered(answer);
    }
    let begins = slot.is_none();
    let new = || Acceptor::new(form == Form::Spnego && !script.crossed, script.bindings.clone());
    let acceptor = slot.get_or_insert_with(new);
    // Whoever answers in the other form is answered in that.
    let token = if script.crossed { message(&token) } else { token };
    match acceptor.take(token) {
        Ok(_) if script.begun.is_some() => {
            *slot = None;
            Taken::Answered(script.begun.unwrap_or_default())
        }
        Ok(challenge) if script.crossed && begins && form == Form::Bare => {
            Taken::Challenged(STANDARD.encode(ntlm_selected(&challenge)))
        }
        Ok(challenge) => Taken::Challenged(STANDARD.encode(challenge)),
        Err(right) => Taken::Judged(right),
    }
}

/// The NTLM message, which is the last part of every token.
fn message(token: &[u8]) -> Vec<u8> {
    let start = token.windows(8).position(|window| window == b"NTLMSSP\0").expect("an NTLM message");
    token[start..].to_vec()
}

/// A NegTokenResp that selects NTLM, around its message (RFC 4178 section 4.2.2).
fn ntlm_selected(message: &[u8]) -> Vec<u8> {
    let state = encode(0xA0, &[&encode(0x0A, &[&[1]])]);
    let mechanism = encode(0xA1, &[&encode(0x06, &[&[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10]])]);
    let token = encode(0xA2, &[&encode(0x04, &[message])]);
    encode(0xA1, &[&encode(0x30, &[&state, &mechanism, &token])])
}

/// SEC_CHANNEL_BINDINGS with the SHA-256 of this certificate: six numbers of no addresses, length and place of what follows.
pub(super) fn channel_bindings(leaf: &[u8]) -> Vec<u8> {
    let data = [&b"tls-server-end-point:"[..], &Sha256::digest(leaf)].concat();
    let length = u32::try_from(data.len()).expect("it is short");
    [&[0; 24], &length.to_le_bytes()[..], &32u32.to_le_bytes(), &data].concat()
}

/// The value of Basic for the account.
pub(super) fn basic() -> String {
    STANDARD.encode(format!("{USER}:{PASSWORD}"))
}
