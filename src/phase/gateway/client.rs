//! sspi's NTLM and SPNEGO as HTTP carries them, with channel bindings (MS-NLMP, RFC 4559, RFC 5929).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, CredentialUse, Credentials, DataRepresentation, Negotiate,
    NegotiateConfig, Ntlm, SecurityBuffer, Sspi, SspiImpl, Username, ntlm::NtlmConfig,
};
use zeroize::Zeroizing;

use crate::{
    certificate,
    guard::{Panicked, guarded},
    pdu::{connect_initial::CLIENT_NAME, spnego, words::words},
    phase::tls::Proven,
    report::{Failure, FailureKind},
    settings::Account,
};

/// Kerberos would look for a KDC, which nobody asked for.
const PACKAGES: &str = "ntlm,!kerberos,!pku2u";

/// How NTLM messages are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    Bare,
    /// In SPNEGO (RFC 4178).
    Spnego,
}

impl Form {
    /// The forms under a scheme, in the order in which they are tried: mstsc and FreeRDP send bare NTLM under Negotiate too.
    pub fn under(scheme: &str) -> &'static [Self] {
        match scheme {
            "Negotiate" => &[Self::Bare, Self::Spnego],
            _ => &[Self::Bare],
        }
    }

    /// The form as the report spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Spnego => "spnego",
        }
    }
}

/// One authentication.
pub struct Client {
    scheme: String,
    form: Form,
    package: Package,
    target: String,
    bindings: Vec<u8>,
}

enum Package {
    Ntlm(Box<Ntlm>, <Ntlm as SspiImpl>::CredentialsHandle),
    Negotiate(Box<Negotiate>, <Negotiate as SspiImpl>::CredentialsHandle),
}

impl Client {
    /// A client for this account, whose proof is bound to the certificate of the peer; nothing is sent yet.
    ///
    /// # Errors
    /// The account is none that sspi takes.
    pub fn new(
        (scheme, form): (&str, Form),
        account: &Account,
        host: &str,
        peer: &Proven,
    ) -> Result<Self, Failure> {
        let bindings = certificate::channel_bindings(peer.leaf());
        let username = Username::new(&account.user, account.domain.as_deref()).map_err(|e| ours(&e))?;
        let identity = AuthIdentity { username, password: account.password.as_str().to_owned().into() };
        let own = NtlmConfig::new(CLIENT_NAME.to_owned());
        let package = if form == Form::Spnego {
            let config =
                NegotiateConfig::new(Box::new(own), Some(PACKAGES.to_owned()), CLIENT_NAME.to_owned());
            let mut negotiate = Negotiate::new_client(config).map_err(|e| ours(&e))?;
            let credentials = Credentials::AuthIdentity(identity);
            let handle = negotiate
                .acquire_credentials_handle()
                .with_credential_use(CredentialUse::Outbound)
                .with_auth_data(&credentials)
                .execute(&mut negotiate)
                .map_err(|e| ours(&e))?
                .credentials_handle;
            Package::Negotiate(Box::new(negotiate), handle)
        } else {
            let mut ntlm = Ntlm::with_config(own);
            let handle = ntlm
                .acquire_credentials_handle()
                .with_credential_use(CredentialUse::Outbound)
                .with_auth_data(&identity)
                .execute(&mut ntlm)
                .map_err(|e| ours(&e))?
                .credentials_handle;
            Package::Ntlm(Box::new(ntlm), handle)
        };
        Ok(Self { scheme: scheme.to_owned(), form, package, target: format!("HTTP/{host}"), bindings })
    }

    /// The next `Authorization`, which answers this token in the form that the token has.
    ///
    /// # Errors
    /// `malformed`: sspi cannot take the token. Its panics are bugs there, which no gateway may turn against us.
    pub fn next(&mut self, token: Option<&[u8]>) -> Result<Zeroizing<String>, Failure> {
        let Self { form, package, target, bindings, .. } = self;
        let (form, answers_bare) = (*form, token.map(spnego::is_bare_ntlm));
        let token = token.map(|token| match (form, answers_bare) {
            (Form::Bare, Some(false)) => spnego::without_spnego(token),
            (Form::Spnego, Some(true)) => spnego::ntlm_selected(token),
            _ => token.to_vec(),
        });
        let token = token.as_deref();
        let step = || match package {
            Package::Ntlm(ntlm, handle) => step(ntlm.as_mut(), handle, target, token, bindings),
            Package::Negotiate(negotiate, handle) => {
                step(negotiate.as_mut(), handle, target, token, bindings)
            }
        };
        let panicked =
            |Panicked| Failure::new(FailureKind::Malformed, "the gateway's token cannot be processed");
        let answer = Zeroizing::new(guarded(step).map_err(panicked)??);
        let answer = match (form, answers_bare) {
            (Form::Bare, Some(false)) => Zeroizing::new(spnego::answered(&answer)),
            (Form::Spnego, Some(true)) => Zeroizing::new(spnego::without_spnego(&answer)),
            _ => answer,
        };
        Ok(Zeroizing::new(format!("{} {}", self.scheme, STANDARD.encode(answer.as_slice()))))
    }
}

fn step<P: Sspi + SspiImpl>(
    package: &mut P,
    handle: &mut P::CredentialsHandle,
    target: &str,
    token: Option<&[u8]>,
    bindings: &[u8],
) -> Result<Vec<u8>, Failure> {
    let mut input = vec![SecurityBuffer::new(token.unwrap_or_default().to_vec(), BufferType::Token)];
    input.push(SecurityBuffer::new(bindings.to_vec(), BufferType::ChannelBindings));
    let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
    {
        let mut builder = package
            .initialize_security_context()
            .with_credentials_handle(handle)
            // Without signing keys SPNEGO's MIC over its list of mechanisms is wrong, and the right password refused.
            .with_context_requirements(ClientRequestFlags::INTEGRITY)
            .with_target_data_representation(DataRepresentation::Native)
            .with_target_name(target)
            .with_input(&mut input)
            .with_output(&mut output);
        let mut done = package.initialize_security_context_impl(&mut builder).map_err(|e| ours(&e))?;
        done.resolve_to_result().map_err(|e| ours(&e))?;
    }
    Ok(output.into_iter().next().map(|buffer| buffer.buffer).unwrap_or_default())
}

fn ours(error: &dyn std::fmt::Display) -> Failure {
    let detail = format!("the authentication to the gateway cannot go on: {}", words(error));
    Failure::new(FailureKind::Malformed, detail)
}
