//! The server's side of CredSSP (MS-CSSP 3.1.5) with NTLM, key binding, delegation and the Early User Authorization Result.

use std::io;

use ironrdp_pdu::nego::SecurityProtocol;
use sha2::{Digest, Sha256};

use super::behaviour::{Behaviour, Stage};
use super::conversation::Conversation;
use super::invented::{DNS_COMPUTER, NETBIOS_COMPUTER};
use super::ntlm::{Challenge, Names};
use super::ntlm_session::Session;
use super::spnego::{Packing, Token};
use super::stream::{Stream, malformed, read_sequence, send};
use super::ts_request::{TsRequest, credentials_kind};
use crate::random::random;

/// Our version; faults speak an older one.
const VERSION: u32 = 6;
/// The first version whose key binding is a hash with a nonce.
const NONCE_VERSION: u32 = 5;
/// What the server is called.
const NAMES: Names = Names { netbios: NETBIOS_COMPUTER, dns: DNS_COMPUTER };
const STATUS_LOGON_FAILURE: u32 = 0xC000_006D;
const SEC_E_MESSAGE_ALTERED: u32 = 0x8009_030F;

/// Authenticates the client; an early authorization result ends it if HYBRID_EX was selected.
pub(super) async fn accept(
    conversation: &Conversation<'_>,
    stream: &mut dyn Stream,
    selected: SecurityProtocol,
) -> io::Result<()> {
    let mut exchange = Exchange::new(conversation, stream);
    let (packing, challenge) = exchange.challenge().await?;
    let (mut session, request) = exchange.authenticate(&packing, &challenge).await?;
    exchange.bind_key(&mut session, request).await?;
    exchange.receive_credentials(&mut session).await?;
    if selected.contains(SecurityProtocol::HYBRID_EX) {
        send(exchange.stream, &0u32.to_le_bytes()).await?;
    }
    Ok(())
}

struct Exchange<'a> {
    conversation: &'a Conversation<'a>,
    stream: &'a mut dyn Stream,
    version: u32,
    /// The last SPNEGO token, which goes out with the answer to the key binding.
    last_token: Option<Vec<u8>>,
}

impl<'a> Exchange<'a> {
    fn new(conversation: &'a Conversation<'a>, stream: &'a mut dyn Stream) -> Self {
        let version = match conversation.behaviour() {
            Some(Behaviour::CredsspVersion(version)) => *version,
            _ => VERSION,
        };
        Self { conversation, stream, version, last_token: None }
    }

    async fn challenge(&mut self) -> io::Result<(Packing, Challenge)> {
        let request = self.receive().await?;
        self.conversation.reached(Stage::Negotiate, self.stream).await?;
        let (packing, mut token) = Packing::open(request.token.unwrap_or_default()).map_err(malformed)?;
        if token.ntlm.is_none() {
            self.send_token(packing.challenge(None)).await?;
            token = self.receive_token(&packing).await?.0;
        }
        let negotiate = token.ntlm.unwrap_or_default();
        let challenge =
            Challenge::new(NAMES, &negotiate, random(), self.conversation.now()).map_err(malformed)?;
        self.send_token(packing.challenge(Some(challenge.message()))).await?;
        Ok((packing, challenge))
    }

    async fn authenticate(
        &mut self,
        packing: &Packing,
        challenge: &Challenge,
    ) -> io::Result<(Session, TsRequest)> {
        let (token, request) = self.receive_token(packing).await?;
        self.conversation.reached(Stage::Authenticate, self.stream).await?;
        let (message, password) = (token.ntlm.unwrap_or_default(), &self.conversation.server().password);
        let Some(mut session) = challenge.authenticate(&message, password).map_err(malformed)? else {
            return self.refuse(STATUS_LOGON_FAILURE).await;
        };
        let mut server_mic = None;
        if let (Packing::Spnego(mech_types), Some(client_mic)) = (packing, &token.mic) {
            server_mic = session.exchange_mic(mech_types, client_mic);
            if server_mic.is_none() {
                return self.refuse(SEC_E_MESSAGE_ALTERED).await;
            }
        }
        self.last_token = packing.completed(server_mic.as_deref());
        Ok((session, request))
    }

    /// Verifies pubKeyAuth and answers it; with SPNEGO it may come a message later than AUTHENTICATE.
    async fn bind_key(&mut self, session: &mut Session, mut request: TsRequest) -> io::Result<()> {
        if request.pub_key_auth.is_none()
            && let Some(token) = self.last_token.take()
        {
            self.send_token(token).await?;
            request = self.receive().await?;
        }
        let key = self.conversation.server().identity.public_key.as_slice();
        let nonce = request.client_nonce.filter(|_| self.version >= NONCE_VERSION);
        let (expected, mut answer) = if let Some(nonce) = nonce {
            (binding_hash("Client-To-Server", &nonce, key), binding_hash("Server-To-Client", &nonce, key))
        } else {
            (key.to_vec(), incremented(key))
        };
        if session.unseal(&request.pub_key_auth.unwrap_or_default()) != Some(expected) {
            return self.refuse(SEC_E_MESSAGE_ALTERED).await;
        }
        if let Some(Behaviour::AlteredKeyBinding) = self.conversation.behaviour() {
            answer.reverse();
        }
        let mut sealed = session.seal(&answer);
        if let Some(Behaviour::ShortKeyBinding(length)) = self.conversation.behaviour() {
            sealed.truncate(*length);
        }
        let (token, pub_key_auth) = (self.last_token.take(), Some(sealed));
        self.send(TsRequest { token, pub_key_auth, ..TsRequest::default() }).await
    }

    async fn receive_credentials(&mut self, session: &mut Session) -> io::Result<()> {
        let request = self.receive().await?;
        self.conversation.reached(Stage::Credentials, self.stream).await?;
        let Some(credentials) = session.unseal(&request.auth_info.unwrap_or_default()) else {
            return self.refuse(SEC_E_MESSAGE_ALTERED).await;
        };
        let kind = credentials_kind(&credentials).map_err(malformed)?;
        tracing::debug!(kind, "credentials were delegated");
        Ok(())
    }

    async fn refuse<T>(&mut self, status: u32) -> io::Result<T> {
        self.send(TsRequest { error_code: Some(status), ..TsRequest::default() }).await?;
        Err(io::Error::other("CredSSP refused the client"))
    }

    async fn receive(&mut self) -> io::Result<TsRequest> {
        TsRequest::decode(&read_sequence(self.stream).await?).map_err(malformed)
    }

    async fn receive_token(&mut self, packing: &Packing) -> io::Result<(Token, TsRequest)> {
        let mut request = self.receive().await?;
        let token = packing.next(request.token.take().unwrap_or_default()).map_err(malformed)?;
        Ok((token, request))
    }

    async fn send_token(&mut self, token: Vec<u8>) -> io::Result<()> {
        self.send(TsRequest { token: Some(token), ..TsRequest::default() }).await
    }

    async fn send(&mut self, request: TsRequest) -> io::Result<()> {
        send(self.stream, &TsRequest { version: self.version, ..request }.encode()).await
    }
}

/// The binding of version 5 and later (MS-CSSP 3.1.5, steps 4 and 6).
fn binding_hash(direction: &str, nonce: &[u8], key: &[u8]) -> Vec<u8> {
    let label = format!("CredSSP {direction} Binding Hash\0");
    Sha256::new().chain_update(label).chain_update(nonce).chain_update(key).finalize().to_vec()
}

/// The answer of versions 2 to 4: the key plus one, as a little-endian number.
fn incremented(key: &[u8]) -> Vec<u8> {
    let mut answer = key.to_vec();
    for byte in &mut answer {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    answer
}
