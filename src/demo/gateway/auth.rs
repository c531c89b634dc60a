//! Who may come in: NTLM, SPNEGO with NTLM, and Basic in HTTP, bound to the TLS connection (MS-NTHT, RFC 4559, RFC 7617, RFC 5929).

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::fault::{Behaviour, Stage};
use super::http::Request;
use super::shared::{Gateway, NAME, NETBIOS_NAME};
use crate::demo::invented::{PASSWORD, USER};
use crate::demo::ntlm::{self, Challenge, Names};
use crate::demo::spnego::{Packing, Token};
use crate::demo::stream::malformed;
use crate::random::random;

/// What the gateway is called.
const NAMES: Names = Names { netbios: NETBIOS_NAME, dns: NAME };
/// What a Windows gateway offers, but for Digest.
const SCHEMES: &[&str] = &["Negotiate", "NTLM", "Basic realm=\"gw01.corp.example\""];

/// The authentication on one connection.
pub(super) struct Auth<'a> {
    gateway: &'a Gateway,
    pending: Option<(Packing, Challenge)>,
    /// Whether the connection has been authenticated.
    pub passed: bool,
}

/// What a request means to it.
pub(super) enum Verdict {
    /// The client is let in; a last token may belong into the answer's head.
    Passed(Option<String>),
    /// 401 with these lines.
    Asks(Vec<String>),
    /// This whole answer.
    Says(&'static str),
}

impl<'a> Auth<'a> {
    /// Of a new connection.
    pub(super) fn new(gateway: &'a Gateway) -> Self {
        Self { gateway, pending: None, passed: false }
    }

    /// What the client sends with this request.
    pub(super) fn stage(&self, request: &Request) -> Stage {
        match request.header("authorization").and_then(|value| value.split_once(' ')) {
            None => Stage::Request,
            Some(("Basic", _)) => Stage::Authenticate,
            Some(_) if self.pending.is_none() => Stage::Negotiate,
            Some(_) => Stage::Authenticate,
        }
    }

    /// Takes a request of a connection that has not been authenticated.
    pub(super) fn take(&mut self, request: &Request) -> io::Result<Verdict> {
        let Some((scheme, value)) = request.header("authorization").and_then(|line| line.split_once(' '))
        else {
            return Ok(self.refuse());
        };
        if !self.schemes().iter().any(|offered| offered.split(' ').next() == Some(scheme)) {
            return Ok(self.refuse());
        }
        let token = STANDARD.decode(value.trim()).map_err(malformed)?;
        let proves = scheme == "Basic" || self.pending.is_some();
        if let Some(Behaviour::AfterProof(answer)) = self.gateway.behaviour().filter(|_| proves) {
            return Ok(Verdict::Says(answer));
        }
        match self.pending.take() {
            _ if scheme == "Basic" => Ok(self.proved(is_account(&token), None)),
            None => self.challenge(scheme, token),
            Some((packing, challenge)) => self.proof(scheme, packing, &challenge, token),
        }
    }

    fn schemes(&self) -> &'static [&'static str] {
        match self.gateway.behaviour() {
            Some(Behaviour::Schemes(schemes)) => schemes,
            _ => SCHEMES,
        }
    }

    fn refuse(&self) -> Verdict {
        Verdict::Asks(self.schemes().iter().map(|scheme| format!("WWW-Authenticate: {scheme}")).collect())
    }

    fn challenge(&mut self, scheme: &str, token: Vec<u8>) -> io::Result<Verdict> {
        if let Some(Behaviour::FirstToken(answer)) = self.gateway.behaviour() {
            return Ok(Verdict::Says(answer));
        }
        let (packing, token) = Packing::open(token).map_err(malformed)?;
        if let Some(Behaviour::OneForm { in_spnego, otherwise }) = self.gateway.behaviour()
            && *in_spnego != matches!(packing, Packing::Spnego(_))
        {
            return Ok(Verdict::Says(otherwise));
        }
        let Some(negotiate) = token.ntlm else {
            return Ok(Verdict::Asks(vec![carry(scheme, &packing.challenge(None))]));
        };
        let challenge = Challenge::new(NAMES, &negotiate, random(), self.gateway.now()).map_err(malformed)?;
        let line = carry(scheme, &packing.challenge(Some(challenge.message())));
        self.pending = Some((packing, challenge));
        Ok(Verdict::Asks(vec![line]))
    }

    fn proof(
        &mut self,
        scheme: &str,
        packing: Packing,
        challenge: &Challenge,
        token: Vec<u8>,
    ) -> io::Result<Verdict> {
        if let Some(Behaviour::Forgets) = self.gateway.behaviour() {
            return Ok(Verdict::Asks(vec![carry(scheme, &packing.challenge(Some(challenge.message())))]));
        }
        let Token { ntlm, mic } = packing.next(token).map_err(malformed)?;
        let message = ntlm.unwrap_or_default();
        let Some(mut session) = challenge.authenticate(&message, PASSWORD).map_err(malformed)? else {
            tracing::debug!("the password is refused");
            return Ok(self.refuse());
        };
        let bound = self.is_bound(ntlm::bound_to(&message).map_err(malformed)?);
        let mic = match (&packing, mic) {
            (Packing::Spnego(types), Some(mic)) => session.exchange_mic(types, &mic),
            _ => None,
        };
        let last = packing.completed(mic.as_deref()).map(|token| carry(scheme, &token));
        Ok(self.proved(bound, last))
    }

    fn proved(&mut self, right: bool, last: Option<String>) -> Verdict {
        if !right || matches!(self.gateway.behaviour(), Some(Behaviour::RefusesPassword)) {
            return self.refuse();
        }
        self.passed = true;
        Verdict::Passed(last)
    }

    /// Whether the digest is of the connection that the gateway ends; nothing is taken unless a binding is enforced.
    fn is_bound(&self, digest: [u8; 16]) -> bool {
        let right = digest == bindings(&self.gateway.identity.certificate);
        match self.gateway.behaviour() {
            Some(Behaviour::WantsBindings) => right,
            Some(Behaviour::BoundElsewhere) => digest == bindings(b"the certificate behind a proxy"),
            _ => right || digest == [0; 16],
        }
    }
}

/// A token in the head of an answer.
fn carry(scheme: &str, token: &[u8]) -> String {
    format!("WWW-Authenticate: {scheme} {}", STANDARD.encode(token))
}

/// Whether `user:password` is the account, with any domain.
fn is_account(pair: &[u8]) -> bool {
    let pair = String::from_utf8_lossy(pair);
    let Some((user, password)) = pair.split_once(':') else { return false };
    let user = user.rsplit('\\').next().unwrap_or_default().split('@').next().unwrap_or_default();
    user.eq_ignore_ascii_case(USER) && password == PASSWORD
}

/// The MD5 of gss_channel_bindings_struct without addresses (RFC 2744 3.11) around tls-server-end-point.
fn bindings(certificate: &[u8]) -> [u8; 16] {
    let data = [&b"tls-server-end-point:"[..], &Sha256::digest(certificate)].concat();
    let length = u32::try_from(data.len()).expect("a label and a hash are short");
    Md5::new().chain_update([0; 16]).chain_update(length.to_le_bytes()).chain_update(data).finalize().into()
}
