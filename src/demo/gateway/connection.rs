//! One connection to the gateway: TLS, requests until one of them opens a channel, and the joining of two connections (MS-TSGU 3.3.3).

use std::io;
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::auth::{Auth, Verdict};
use super::carrier::{Boxed, Carrier, Way, chunked};
use super::fault::{Behaviour, Shape, Stage};
use super::headers::{self, IN_DATA, OUT_DATA};
use super::http::{Request, response};
use super::shared::{First, Gateway, Inbound, JOIN_TIME};
use super::{tunnel, websocket};
use crate::demo::certificate::Identity;
use crate::demo::replay::Replay;
use crate::demo::server::CONNECTION_TIME;
use crate::demo::stream::{Stream, end, leave, malformed, read_record, send};

const PATH: &str = "/remoteDesktopGateway/";
/// What comes before the first packet in the body of a response.
const SEED: [u8; 10] = *b"rdptrace\r\n";

/// What is to be done with a connection.
enum Next {
    Leave,
    /// To be given to the first connection of the same client.
    Join(oneshot::Sender<Inbound>, Vec<u8>),
}

/// Serves one connection; the error says what ended it, for the log.
async fn serve(gateway: &Gateway, mut stream: Boxed) -> io::Result<()> {
    if let Err(error) = greet(gateway, &mut stream).await {
        return Err(end(&mut stream, error).await);
    }
    let acceptor = TlsAcceptor::from(Arc::clone(&gateway.presents().tls));
    let mut stream: Boxed = match acceptor.accept(Replay::new(Vec::new(), stream)).into_fallible().await {
        Ok(stream) => Box::new(stream),
        Err((error, mut stream)) => return Err(end(&mut stream, error).await),
    };
    match requests(gateway, &mut stream).await {
        Ok(Next::Leave) => leave(&mut stream).await,
        Ok(Next::Join(first, unread)) => {
            first.send(Inbound { stream, unread }).map_err(|_| io::ErrorKind::BrokenPipe.into())
        }
        Err(error) => Err(end(&mut stream, error).await),
    }
}

/// The faults before TLS.
async fn greet(gateway: &Gateway, stream: &mut dyn Stream) -> io::Result<()> {
    gateway.reached(Stage::Connect, stream).await?;
    if gateway.sits_at(Stage::ClientHello) {
        read_record(stream).await?;
    }
    gateway.reached(Stage::ClientHello, stream).await
}

/// Answers requests until one of them opens a channel.
async fn requests(gateway: &Gateway, stream: &mut Boxed) -> io::Result<Next> {
    let mut unread = Vec::new();
    let mut auth = Auth::new(gateway);
    let mut first = true;
    loop {
        let request = Request::read(stream, &mut unread).await?;
        if std::mem::take(&mut first) {
            let stage = if request.method == IN_DATA { Stage::Inbound } else { Stage::Request };
            gateway.reached(stage, stream).await?;
        }
        if let Some(answer) = elsewhere(gateway, &request) {
            send(stream, &answer).await?;
            continue;
        }
        if let Some(why) = headers::refusal(&request) {
            tracing::debug!("the request is refused: {why}");
            let close = ["Connection: close".to_owned()];
            send(stream, &response("400 Bad Request", &close, why)).await?;
            return Ok(Next::Leave);
        }
        let with_token = request.header("rdg-auth-scheme") == Some("PAA")
            || matches!(gateway.behaviour(), Some(Behaviour::OnlyToken));
        let mut last = None;
        if !auth.passed && !with_token {
            let stage = auth.stage(&request);
            if stage != Stage::Request {
                gateway.reached(stage, stream).await?;
            }
            match auth.take(&request)? {
                Verdict::Passed(token) => last = token,
                Verdict::Asks(lines) => {
                    send(stream, &response("401 Unauthorized", &lines, "<h1>401</h1>")).await?;
                    continue;
                }
                Verdict::Says(answer) => {
                    send(stream, answer.as_bytes()).await?;
                    continue;
                }
            }
        }
        let lines: Vec<String> = last.into_iter().collect();
        if request.method == OUT_DATA {
            open(gateway, stream, &request, &lines, with_token, unread).await?;
            return Ok(Next::Leave);
        }
        if request.header("transfer-encoding").is_some() {
            return Ok(Next::Join(gateway.take_first(&request)?, unread));
        }
        send(stream, &response("200 OK", &lines, "")).await?;
    }
}

/// The answer to what is no request to the gateway, or not for this one.
fn elsewhere(gateway: &Gateway, request: &Request) -> Option<Vec<u8>> {
    if let Some(Behaviour::Front(answers)) = gateway.behaviour() {
        let own = answers.iter().find(|(method, _)| [request.method.as_str(), ""].contains(method));
        return own.map(|(_, answer)| answer.as_bytes().to_vec());
    }
    if let Some(Behaviour::RefusesSecond(answer)) = gateway.behaviour().filter(|_| request.method == IN_DATA)
    {
        return Some(answer.as_bytes().to_vec());
    }
    // Whoever asks for the path has to authenticate first, whatever the method.
    let ours = request.path.eq_ignore_ascii_case(PATH);
    (!ours).then(|| response("404 Not Found", &[], "<h1>404</h1>"))
}

/// Opens a channel on this connection, and on a second one where there is no WebSocket.
async fn open(
    gateway: &Gateway,
    stream: &mut Boxed,
    request: &Request,
    lines: &[String],
    with_token: bool,
    unread: Vec<u8>,
) -> io::Result<()> {
    let strips = matches!(
        gateway.behaviour(),
        Some(Behaviour::StripsUpgrade | Behaviour::RefusesSecond(_) | Behaviour::SecondBy(_))
    );
    let (way, unread) = match request.header("sec-websocket-key") {
        Some(key) if request.upgrades_to("websocket") && !strips => {
            send(stream, &upgraded(gateway, key, lines)).await?;
            (Way::WebSocket, unread)
        }
        _ => {
            let joined = gateway.await_second(request)?;
            send(stream, &begun(strips, lines)).await?;
            let second = timeout(JOIN_TIME, joined).await?.map_err(io::Error::other)?;
            (Way::Bodies { receiving: second.stream, chunked: strips }, second.unread)
        }
    };
    let shape = match gateway.behaviour() {
        Some(Behaviour::Carried(shape)) => *shape,
        _ => Shape::Plain,
    };
    let mut carrier = Carrier::new(stream, way, shape, unread);
    carrier.strict = matches!(gateway.behaviour(), Some(Behaviour::OnePacket));
    tunnel::serve(gateway, &mut carrier, with_token).await
}

/// The answer to an upgrade.
fn upgraded(gateway: &Gateway, key: &str, lines: &[String]) -> Vec<u8> {
    let accept = match gateway.behaviour() {
        Some(Behaviour::WrongAccept) => websocket::accept("another key"),
        _ => websocket::accept(key),
    };
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nServer: Microsoft-HTTPAPI/2.0\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n{lines}\r\n"
    )
    .into_bytes()
}

/// The head of a response without an end, and what comes before the packets.
fn begun(by_proxy: bool, lines: &[String]) -> Vec<u8> {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let (server, length, seed) = match by_proxy {
        true => ("Apache/2.4.65 (Debian)", "Transfer-Encoding: chunked\r\n", chunked(&SEED)),
        false => ("Microsoft-HTTPAPI/2.0", "", SEED.to_vec()),
    };
    [format!("HTTP/1.1 200 OK\r\nServer: {server}\r\n{length}{lines}\r\n").as_bytes(), &seed].concat()
}

impl Gateway {
    /// Serves one connection until the client leaves, the fault ends it, or 120 seconds have passed.
    pub async fn serve<S: Stream + 'static>(&self, stream: S) {
        match timeout(CONNECTION_TIME, serve(self, Box::new(stream))).await {
            Ok(Ok(())) => tracing::debug!("the client left the gateway"),
            Ok(Err(error)) => tracing::debug!(%error, "the connection to the gateway ended"),
            Err(_) => tracing::debug!("the connection to the gateway took too long"),
        }
    }

    /// Announces the first connection of a client to its second one.
    fn await_second(&self, request: &Request) -> io::Result<oneshot::Receiver<Inbound>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.waiting.lock().expect("nobody panics with it");
        waiting.retain(|_, first| !first.second.is_closed());
        waiting.insert(connection_id(request)?, First { second: sender, met: false });
        Ok(receiver)
    }

    /// Who answers the next connection: where the first one waits for the second, that may be somebody else.
    fn presents(&self) -> &Identity {
        let Some(impostor) = &self.impostor else { return &self.identity };
        let mut waiting = self.waiting.lock().expect("nobody panics with it");
        match waiting.values_mut().find(|first| !first.met && !first.second.is_closed()) {
            Some(first) => {
                first.met = true;
                impostor
            }
            None => &self.identity,
        }
    }

    /// The first connection of the client whose second one this is.
    fn take_first(&self, request: &Request) -> io::Result<oneshot::Sender<Inbound>> {
        let first = self.waiting.lock().expect("nobody panics with it").remove(&connection_id(request)?);
        first
            .map(|first| first.second)
            .ok_or_else(|| malformed("no first connection with this RDG-Connection-Id"))
    }
}

fn connection_id(request: &Request) -> io::Result<String> {
    let id = request.header("rdg-connection-id").map(str::to_owned);
    id.ok_or_else(|| malformed("no RDG-Connection-Id"))
}
