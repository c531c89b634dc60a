//! One client from its connection to its end: negotiation, TLS, CredSSP, then the session (MS-RDPBCGR 1.3.1.1).

use std::io;
use std::sync::Arc;

use ironrdp_acceptor::Acceptor;
use ironrdp_connector::DesktopSize;
use ironrdp_pdu::nego::SecurityProtocol;
use time::OffsetDateTime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConnection;
use tokio_rustls::server::TlsStream;

use super::answer::Answer;
use super::fault::{Action, Behaviour, Stage};
use super::replay::Replay;
use super::request::{
    asks_for_nla, asks_for_protocols, confirm, has_cookie, offer, preconnection, without_token,
};
use super::stream::{Stream, leave, malformed, read_pdu, read_record, send};
use super::{Server, capabilities, credssp, direct, hello, session};

/// The size of the desktop.
pub const DESKTOP: DesktopSize = DesktopSize { width: 1024, height: 768 };

/// What the faults and the server's identity mean to one connection.
pub struct Conversation<'a> {
    server: &'a Server,
    /// How this server differs from a healthy one.
    pub(super) behaviour: Option<&'static Behaviour>,
    /// The MCS channel of message-channel PDUs, once it has been announced.
    pub message_channel: u16,
    /// How often the activation was taken back.
    pub reactivations: u32,
}

impl Conversation<'_> {
    /// Ends the conversation with an error when the fault sits at this stage.
    pub async fn reached<S: Stream>(&self, stage: Stage, stream: &mut S) -> io::Result<()> {
        match self.behaviour.and_then(|behaviour| behaviour.at(stage)) {
            Some(action) => Err(action.act(stream, self.message_channel).await),
            None => self.also(stage, stream).await,
        }
    }

    /// Sends what a healthy server may send here besides what belongs here.
    async fn also<S: Stream>(&self, stage: Stage, stream: &mut S) -> io::Result<()> {
        let Some(Behaviour::Also(at, answers)) = self.behaviour() else { return Ok(()) };
        for answer in answers.iter().filter(|_| *at == stage) {
            send(stream, &answer.bytes(self.message_channel)).await?;
        }
        Ok(())
    }

    /// How this server differs from a healthy one.
    pub fn behaviour(&self) -> Option<&'static Behaviour> {
        self.behaviour
    }

    /// The part of it that Standard RDP Security encloses.
    pub fn enclosed(&self, behaviour: Option<&'static Behaviour>, message_channel: u16) -> Self {
        Self { server: self.server, behaviour, message_channel, reactivations: 0 }
    }

    /// The wall time.
    pub fn now(&self) -> OffsetDateTime {
        self.server.now()
    }

    /// The server, with its key and the account's password.
    pub fn server(&self) -> &Server {
        self.server
    }
}

/// Serves one client; the error says what ended the conversation, for the log.
pub async fn serve<S: Stream>(server: &Server, mut stream: S) -> io::Result<()> {
    let behaviour = server.fault.map(|fault| &fault.behaviour);
    let mut conversation = Conversation { server, behaviour, message_channel: 0, reactivations: 0 };
    let number = server.number();
    if let Some(Behaviour::DirectTls(action)) = conversation.behaviour() {
        return direct::direct_tls(&mut conversation, number, *action, stream).await;
    }
    if let Some(Behaviour::ToBeginning(byte, action)) = conversation.behaviour() {
        return direct::to_beginning(*byte, *action, stream).await;
    }
    let mut acceptor = new_acceptor(&conversation);
    let selected = match negotiate(&mut conversation, number, &mut acceptor, &mut stream).await {
        Ok(selected) => selected,
        Err(error) => return Err(end(&mut stream, error).await),
    };
    let mut stream = upgrade(&conversation, stream).await?;
    if let Some(Behaviour::SpeaksFirst(protocol, action, _)) = conversation.behaviour()
        && *protocol == selected
    {
        let error = action.act(&mut stream, 0).await;
        return Err(end(&mut stream, error).await);
    }
    acceptor.mark_security_upgrade_as_done();
    match over_tls(&mut conversation, acceptor, selected, &mut stream).await {
        Ok(()) => leave(&mut stream).await,
        Err(error) => Err(end(&mut stream, error).await),
    }
}

/// Leaves politely, unless the connection is to be reset, and returns why.
pub async fn end<S: Stream>(stream: &mut S, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::ConnectionReset
        && let Err(error) = leave(stream).await
    {
        tracing::debug!(%error, "the client did not leave");
    }
    error
}

pub fn new_acceptor(conversation: &Conversation<'_>) -> Acceptor {
    let mut protocols = SecurityProtocol::SSL | SecurityProtocol::HYBRID;
    protocols.set(
        SecurityProtocol::HYBRID_EX,
        !matches!(conversation.behaviour(), Some(Behaviour::PlainHybrid(_))),
    );
    Acceptor::new(protocols, DESKTOP, capabilities::all(DESKTOP), None)
}

/// Answers the Connection Request; the protocol that was selected uses TLS.
pub async fn negotiate<S: Stream>(
    conversation: &mut Conversation<'_>,
    number: usize,
    acceptor: &mut Acceptor,
    stream: &mut S,
) -> io::Result<SecurityProtocol> {
    conversation.reached(Stage::Connect, stream).await?;
    if let Some(Behaviour::WantsPreconnection) = conversation.behaviour() {
        preconnection(stream).await?;
    }
    let (request, has_token) = without_token(read_pdu(stream).await?);
    conversation.reached(Stage::ConnectionRequest, stream).await?;
    if let Some(Behaviour::Broker(first, then)) = conversation.behaviour() {
        conversation.behaviour = if has_token { *then } else { Some(first) };
    }
    match conversation.behaviour() {
        Some(Behaviour::StandardSecurity(security)) if security.only && asks_for_protocols(&request) => {
            return Err(Action::Send(Answer::NegotiationFailure(2)).act(stream, 0).await);
        }
        Some(Behaviour::StandardSecurity(security)) => {
            return Err(security.serve(conversation, &request, stream).await);
        }
        Some(Behaviour::WithoutTls(_, late)) if asks_for_protocols(&request) => {
            if *late {
                send(stream, &confirm(SecurityProtocol::SSL)).await?;
            }
            return Err(shown());
        }
        Some(Behaviour::WithoutTls(security, _)) => {
            return Err(security.serve(conversation, &request, stream).await);
        }
        Some(Behaviour::SpeaksFirst(protocol, ..)) if offer(&request) == Some(*protocol) => {
            send(stream, &confirm(*protocol)).await?;
            return Ok(*protocol);
        }
        Some(Behaviour::SpeaksFirst(_, _, Some(answer))) => {
            return Err(Action::Send(*answer).act(stream, 0).await);
        }
        Some(Behaviour::DislikesCookie) if has_cookie(&request) => return Err(shown()),
        Some(Behaviour::WantsNla) if !asks_for_nla(&request) => {
            return Err(Action::Send(Answer::NegotiationFailure(5)).act(stream, 0).await);
        }
        Some(Behaviour::WantsToken) if !has_token => return Err(shown()),
        Some(Behaviour::DislikesToken) if has_token => return Err(shown()),
        Some(Behaviour::DislikesNla) if asks_for_nla(&request) => return Err(shown()),
        Some(Behaviour::EveryThird(action)) if number.is_multiple_of(3) => {
            return Err(action.act(stream, 0).await);
        }
        _ => {}
    }
    session::step(acceptor, &request, stream).await?;
    let confirm = session::step(acceptor, &[], stream).await?;
    let selected = confirm.get(15..19).ok_or_else(|| malformed("no protocol was selected"))?;
    let selected = selected.try_into().expect("the slice has four bytes");
    Ok(SecurityProtocol::from_bits_retain(u32::from_le_bytes(selected)))
}

fn shown() -> io::Error {
    io::Error::other("the fault was shown")
}

async fn upgrade<S: Stream>(
    conversation: &Conversation<'_>,
    mut stream: S,
) -> io::Result<TlsStream<Replay<S>>> {
    match client_hello(conversation, &mut stream).await {
        Ok(hello) => accept(conversation, hello, stream).await,
        Err(error) => Err(end(&mut stream, error).await),
    }
}

/// The handshake, with what was already read of it.
pub async fn accept<S: Stream>(
    conversation: &Conversation<'_>,
    hello: Vec<u8>,
    stream: S,
) -> io::Result<TlsStream<Replay<S>>> {
    let acceptor = TlsAcceptor::from(Arc::clone(&conversation.server.identity.tls));
    match acceptor.accept(Replay::new(hello, stream)).into_fallible().await {
        Ok(stream) => Ok(stream),
        Err((error, mut stream)) => Err(end(&mut stream, error).await),
    }
}

/// Takes the ClientHello away from rustls only when a fault looks at it; what rustls shall see again is returned.
async fn client_hello<S: Stream>(conversation: &Conversation<'_>, stream: &mut S) -> io::Result<Vec<u8>> {
    if let Some((disliked, action)) = conversation.behaviour().and_then(Behaviour::disliked) {
        let hello = read_record(stream).await?;
        return if disliked.matches(&hello) { Err(action.act(stream, 0).await) } else { Ok(hello) };
    }
    match conversation.behaviour() {
        Some(Behaviour::HalfFlight(action)) => {
            let hello = read_record(stream).await?;
            half_flight(conversation, &hello, stream).await?;
            Err(action.act(stream, 0).await)
        }
        Some(Behaviour::HalfFlightTo(disliked, action)) => {
            let hello = read_record(stream).await?;
            if !disliked.matches(&hello) {
                return Ok(hello);
            }
            half_flight(conversation, &hello, stream).await?;
            Err(action.act(stream, 0).await)
        }
        Some(Behaviour::At(Stage::ClientHello, _)) => {
            read_record(stream).await?;
            conversation.reached(Stage::ClientHello, stream).await.map(|()| Vec::new())
        }
        Some(Behaviour::OldTls(version)) => {
            let hello = read_record(stream).await?;
            hello::old(*version, &conversation.server.identity.certificate, &hello, stream).await?;
            Err(shown())
        }
        _ => Ok(Vec::new()),
    }
}

/// Answers the ClientHello with the first half of what belongs there.
async fn half_flight<S: Stream>(
    conversation: &Conversation<'_>,
    mut hello: &[u8],
    stream: &mut S,
) -> io::Result<()> {
    let mut tls =
        ServerConnection::new(Arc::clone(&conversation.server.identity.tls)).map_err(io::Error::other)?;
    tls.read_tls(&mut hello)?;
    tls.process_new_packets().map_err(malformed)?;
    let mut flight = Vec::new();
    while tls.wants_write() {
        tls.write_tls(&mut flight)?;
    }
    send(stream, &flight[..flight.len() / 2]).await
}

async fn over_tls<S: Stream>(
    conversation: &mut Conversation<'_>,
    mut acceptor: Acceptor,
    selected: SecurityProtocol,
    stream: &mut S,
) -> io::Result<()> {
    conversation.reached(Stage::Secured, stream).await?;
    if acceptor.should_perform_credssp() {
        let early_authorization = selected.contains(SecurityProtocol::HYBRID_EX);
        credssp::accept(conversation, stream, early_authorization).await?;
        acceptor.mark_credssp_as_done();
    }
    session::serve(conversation, &mut acceptor, stream).await
}
