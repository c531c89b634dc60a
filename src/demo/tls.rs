//! TLS, and the faults in its first flight.

use std::io;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConnection;

use super::action::shown;
use super::behaviour::{Behaviour, Stage};
use super::conversation::Conversation;
use super::hello;
use super::replay::Replay;
use super::stream::{Boxed, Stream, end, malformed, read_record, send};

/// TLS on this stream, unless a fault looks at the ClientHello.
pub(super) async fn upgrade<'a>(
    conversation: &Conversation<'_>,
    mut stream: Boxed<'a>,
) -> io::Result<Boxed<'a>> {
    match client_hello(conversation, &mut stream).await {
        Ok(hello) => accept(conversation, hello, stream).await,
        Err(error) => Err(end(&mut stream, error).await),
    }
}

/// The handshake, with what was already read of it.
pub(super) async fn accept<'a>(
    conversation: &Conversation<'_>,
    hello: Vec<u8>,
    stream: Boxed<'a>,
) -> io::Result<Boxed<'a>> {
    let acceptor = TlsAcceptor::from(Arc::clone(&conversation.server().identity.tls));
    match acceptor.accept(Replay::new(hello, stream)).into_fallible().await {
        Ok(stream) => Ok(Box::new(stream)),
        Err((error, mut stream)) => Err(end(&mut stream, error).await),
    }
}

/// Takes the ClientHello away from rustls only when a fault looks at it; what rustls shall see again is returned.
async fn client_hello(conversation: &Conversation<'_>, stream: &mut dyn Stream) -> io::Result<Vec<u8>> {
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
            hello::old(*version, &conversation.server().identity.certificate, &hello, stream).await?;
            Err(shown())
        }
        _ => Ok(Vec::new()),
    }
}

/// Answers the ClientHello with the first half of what belongs there.
async fn half_flight(
    conversation: &Conversation<'_>,
    mut hello: &[u8],
    stream: &mut dyn Stream,
) -> io::Result<()> {
    let mut tls =
        ServerConnection::new(Arc::clone(&conversation.server().identity.tls)).map_err(io::Error::other)?;
    tls.read_tls(&mut hello)?;
    tls.process_new_packets().map_err(malformed)?;
    let mut flight = Vec::new();
    while tls.wants_write() {
        tls.write_tls(&mut flight)?;
    }
    send(stream, &flight[..flight.len() / 2]).await
}
