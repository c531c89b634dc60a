//! NTLM as HTTP carries it, bare and in SPNEGO, with channel bindings (MS-NLMP, RFC 4559, RFC 5929).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::{
    certificate,
    pdu::{
        Malformed,
        connect_initial::CLIENT_NAME,
        ntlm::{self, Bound},
        spnego,
    },
    phase::{
        credssp::client::{fresh, identity},
        tls::Proven,
    },
    settings::Account,
};

/// How NTLM messages are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As they are.
    Bare,
    /// In SPNEGO (RFC 4178).
    Spnego,
}

impl Form {
    /// The forms under a scheme, in the order in which they are tried: mstsc and FreeRDP send bare NTLM under Negotiate too.
    pub(super) fn under(scheme: &str) -> &'static [Self] {
        match scheme {
            "Negotiate" => &[Self::Bare, Self::Spnego],
            _ => &[Self::Bare],
        }
    }

    /// The form as the report spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Spnego => "spnego",
        }
    }
}

/// One authentication.
pub(super) struct Client {
    scheme: String,
    form: Form,
    negotiate: Vec<u8>,
    bound: Bound,
}

impl Client {
    /// A client whose proof is bound to the name and the certificate of the peer; nothing is sent yet.
    pub(super) fn new(scheme: &str, form: Form, host: &str, peer: &Proven) -> Self {
        let bound = Bound {
            target: format!("HTTP/{host}"),
            channel_bindings: certificate::channel_bindings(peer.leaf()),
        };
        Self { scheme: scheme.to_owned(), form, negotiate: ntlm::negotiate(CLIENT_NAME), bound }
    }

    /// The first `Authorization`.
    pub(super) fn first(&self) -> Zeroizing<String> {
        match self.form {
            Form::Bare => self.authorization(&self.negotiate),
            Form::Spnego => self.authorization(&spnego::ntlm_init(&self.negotiate)),
        }
    }

    /// The `Authorization` that proves the password, in the form that the CHALLENGE has.
    ///
    /// # Errors
    /// No proof can be made for this CHALLENGE.
    pub(super) fn proof(
        &self,
        account: &Account,
        now: OffsetDateTime,
        challenge: &[u8],
    ) -> Result<Zeroizing<String>, Malformed> {
        let identity = identity(account).bound(&self.bound);
        let bare = spnego::without_spnego(challenge);
        let (message, mut session) = ntlm::authenticate(&identity, &self.negotiate, &bare, &fresh(now))?;
        if spnego::is_bare_ntlm(challenge) {
            return Ok(self.authorization(&message));
        }
        // The MIC is over the list of mechanisms, which only that form has.
        let mic = (self.form == Form::Spnego).then(|| session.sign(&spnego::ntlm_mechanisms()));
        Ok(self.authorization(&spnego::answered(&message, mic.as_ref().map(|mic| &mic[..]))))
    }

    fn authorization(&self, token: &[u8]) -> Zeroizing<String> {
        Zeroizing::new(format!("{} {}", self.scheme, STANDARD.encode(token)))
    }
}
