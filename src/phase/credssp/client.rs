//! The client of CredSSP with NTLM (MS-CSSP 3.1.5): its messages, in order.
//!
//! A proof that cannot be made is no attempt. A CHALLENGE that NTLMv2 cannot answer, from the server or a gateway,
//! ends the trace `stopped` and is reported as our limit; `attempted` is set once the bytes are out. A CredSSP
//! version other than 2 to 255 and a pubKeyAuth shorter than a signature are `malformed`, never `key_binding`.

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{Admitted, binding::Binding};
use crate::{
    filetime,
    pdu::{
        Malformed,
        connect_initial::CLIENT_NAME,
        ntlm::{self, Fresh, Identity, Session},
        ts_request::Sent,
    },
    random::random,
    settings::Account,
};

/// What is fewer is no sealed message: the signature has so many bytes.
pub(crate) const SHORTEST_SEAL: usize = 16;

/// The client before the CHALLENGE.
pub(crate) struct Client {
    negotiate: Vec<u8>,
}

/// The client after its proof of the password.
pub(crate) struct Proved {
    session: Session,
    binding: Binding,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self { negotiate: ntlm::negotiate(CLIENT_NAME) }
    }

    /// The first TSRequest.
    pub(crate) fn first(&self) -> Vec<u8> {
        Sent { nego_token: Some(&self.negotiate), ..Sent::default() }.encode()
    }

    /// The TSRequest that proves the password and the key, in answer to a CHALLENGE of a server of this version.
    ///
    /// # Errors
    /// No proof can be made for this CHALLENGE.
    pub(crate) fn prove(
        self,
        Admitted { account, peer }: Admitted<'_>,
        now: OffsetDateTime,
        challenge: &[u8],
        version: u32,
    ) -> Result<(Vec<u8>, Proved), Malformed> {
        let identity = identity(account);
        let (token, mut session) = ntlm::authenticate(&identity, &self.negotiate, challenge, &fresh(now))?;
        let binding = Binding::new(peer.public_key(), version);
        let proof = session.seal(&binding.own());
        let request = Sent {
            nego_token: Some(&token),
            pub_key_auth: Some(&proof),
            client_nonce: binding.nonce(),
            ..Sent::default()
        };
        Ok((request.encode(), Proved { session, binding }))
    }
}

impl Proved {
    /// Whether pubKeyAuth proves that the server sees the same key.
    pub(crate) fn is_bound_by(&mut self, pub_key_auth: &[u8]) -> bool {
        let opened = self.session.open(pub_key_auth);
        opened.is_some_and(|opened| self.binding.is_answered_by(&opened))
    }

    /// The last TSRequest, with these credentials sealed in it.
    pub(crate) fn last(&mut self, credentials: &[u8]) -> Vec<u8> {
        let sealed = self.session.seal(credentials);
        Sent { auth_info: Some(&sealed), ..Sent::default() }.encode()
    }
}

/// Domain and user. A UPN stays whole.
pub(crate) fn name(account: &Account) -> (&str, &str) {
    match &account.domain {
        Some(domain) => (domain, &account.user),
        None => account.user.split_once('\\').unwrap_or(("", &account.user)),
    }
}

/// The account as NTLM proves it.
pub(crate) fn identity(account: &Account) -> Identity<'_> {
    let (domain, user) = name(account);
    Identity { user, domain, password: &account.password, bound: None }
}

/// New values for one proof.
pub(crate) fn fresh(now: OffsetDateTime) -> Fresh {
    Fresh { challenge: random(), session_key: Zeroizing::new(random()), time: filetime::ticks(now) }
}
