//! One client from its connection to its end: negotiation, TLS, CredSSP, then the session (MS-RDPBCGR 1.3.1.1).

use std::io;

use ironrdp_acceptor::Acceptor;
use ironrdp_pdu::nego::SecurityProtocol;
use tokio::time::timeout;

use super::behaviour::{Behaviour, Stage};
use super::conversation::Conversation;
use super::negotiation::{negotiate, new_acceptor};
use super::server::{CONNECTION_TIME, Server};
use super::stream::{Boxed, Stream, end, leave};
use super::tls::upgrade;
use super::{credssp, direct, session};

impl Server {
    /// Serves one client until it leaves, the fault ends the connection, or 120 seconds have passed.
    pub async fn serve<S: Stream>(&self, stream: S) {
        match timeout(CONNECTION_TIME, serve(self, Box::new(stream))).await {
            Ok(Ok(())) => tracing::debug!("the client left"),
            Ok(Err(error)) => tracing::debug!(%error, "the connection ended"),
            Err(_) => tracing::debug!("the connection took too long"),
        }
    }
}

/// Serves one client; the error says what ended the conversation, for the log.
async fn serve(server: &Server, mut stream: Boxed<'_>) -> io::Result<()> {
    let mut conversation = Conversation::new(server);
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

async fn over_tls(
    conversation: &mut Conversation<'_>,
    mut acceptor: Acceptor,
    selected: SecurityProtocol,
    stream: &mut dyn Stream,
) -> io::Result<()> {
    conversation.reached(Stage::Secured, stream).await?;
    if acceptor.should_perform_credssp() {
        credssp::accept(conversation, stream, selected).await?;
        acceptor.mark_credssp_as_done();
    }
    session::serve(conversation, &mut acceptor, stream).await
}
