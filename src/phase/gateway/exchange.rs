//! One request and its answer on the connection to an RD Gateway, with the headers of a Windows client.

use std::net::SocketAddr;

use super::{Access, client::Form, reply_text};
use crate::{
    endpoint::{HTTPS_PORT, bracketed},
    net::Wire,
    pdu::{
        http::{BodyLength, Request, ResponseHead},
        websocket,
    },
    phase::http,
    random::random,
    report::Failure,
};

/// The address of the HTTP transport (MS-TSGU 3.3.5.1).
pub(super) const PATH: &str = "/remoteDesktopGateway/";
/// The method of what is received, and of a WebSocket.
pub(crate) const OUT_DATA: &str = "RDG_OUT_DATA";
/// The method of what is sent.
pub(crate) const IN_DATA: &str = "RDG_IN_DATA";
/// More cookies than load balancers need.
const MOST_COOKIES: usize = 16;

/// What stays the same in all requests of one connection.
#[derive(Clone)]
pub(super) struct Session {
    /// `Host`.
    pub host: String,
    connection: String,
    correlation: String,
    key: String,
    cookies: Vec<String>,
    /// Where the gateway answers.
    pub peer: Option<SocketAddr>,
    /// Whether the token is what authenticates.
    pub with_token: bool,
    /// The form of NTLM that the gateway understood, for another connection.
    pub form: Option<Form>,
}

/// A request before it is written.
pub(super) struct Ask<'a> {
    /// The method.
    pub method: &'a str,
    /// `Authorization`, which is secret.
    pub authorization: Option<&'a str>,
    /// The header that says how long the body is, where there is one to come.
    pub body: Option<(&'a str, &'a str)>,
}

impl Session {
    /// New identifiers for this connection to the gateway.
    pub(super) fn new(access: &Access<'_>, peer: Option<SocketAddr>) -> Self {
        let gateway = &access.gateway.endpoint;
        let host = match gateway.port {
            HTTPS_PORT => bracketed(&gateway.host),
            _ => gateway.to_string(),
        };
        Self {
            host,
            connection: guid(random()),
            correlation: guid(random()),
            key: websocket::key(random()),
            cookies: Vec::new(),
            peer,
            with_token: access.begins_with_token(),
            form: None,
        }
    }

    /// The `Sec-WebSocket-Accept` that answers this session's key.
    pub(super) fn accept(&self) -> String {
        websocket::accept(&self.key)
    }

    fn request(&self, ask: &Ask<'_>) -> Request {
        let mut request = Request::new(ask.method, PATH)
            .header("Cache-Control", "no-cache")
            .header("Pragma", "no-cache")
            .header("Accept", "*/*")
            .header("User-Agent", "MS-RDGateway/1.0")
            .header("Host", &self.host)
            .header("RDG-Connection-Id", &self.connection)
            .header("RDG-Correlation-Id", &self.correlation);
        if self.with_token {
            request = request.header("RDG-Auth-Scheme", "PAA");
        }
        if ask.method == OUT_DATA {
            request = request
                .header("Connection", "Upgrade")
                .header("Upgrade", "websocket")
                .header("Sec-WebSocket-Version", "13")
                .header("Sec-WebSocket-Key", &self.key);
        } else {
            request = request.header("Connection", "Keep-Alive");
        }
        if !self.cookies.is_empty() {
            request = request.header("Cookie", &self.cookies.join("; "));
        }
        if let Some((name, value)) = ask.body {
            request = request.header(name, value);
        }
        match ask.authorization {
            Some(authorization) => request.header("Authorization", authorization),
            None => request,
        }
    }

    /// A load balancer knows its gateway again by them.
    fn keep_cookies(&mut self, head: &ResponseHead) {
        for cookie in head.values("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default().trim();
            let name = pair.split('=').next().unwrap_or_default();
            self.cookies.retain(|kept| kept.split('=').next() != Some(name));
            if !name.is_empty() && self.cookies.len() < MOST_COOKIES {
                self.cookies.push(pair.to_owned());
            }
        }
    }
}

/// 16 bytes as Windows writes a GUID; which bytes come first does not matter for random ones.
fn guid(bytes: [u8; 16]) -> String {
    let text = hex::encode(bytes);
    format!("{{{}-{}-{}-{}-{}}}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

/// An answer with its body; the body of a channel is left on the wire.
pub(super) struct Reply {
    /// The head.
    pub head: ResponseHead,
    /// Whether another request can follow on the connection.
    pub keeps_alive: bool,
    /// Whether it opens a channel instead of saying something.
    pub opens: bool,
    /// What its body says in plain text, cut to one line.
    pub text: Option<String>,
}

/// The body of a channel for what is received has no end, or none that is near.
pub(crate) fn opens(head: &ResponseHead, method: &str) -> bool {
    let ends = matches!(head.body(method), Ok(BodyLength::Nothing | BodyLength::Exactly(_)));
    head.status == 101 || (head.status == 200 && !is_page(head) && !(ends && method == OUT_DATA))
}

/// Whether what answers is meant for a browser.
pub(super) fn is_page(head: &ResponseHead) -> bool {
    head.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
}

/// Writes a request; the answer may never come.
///
/// # Errors
/// As [`Wire::send`].
pub(super) async fn send(wire: &mut Wire, session: &Session, ask: &Ask<'_>) -> Result<(), Failure> {
    let bytes = session.request(ask).into_bytes();
    match ask.authorization {
        Some(_) => wire.send_secret(&bytes).await,
        None => wire.send(&bytes).await,
    }
}

/// Sends a request and reads what answers it, informational answers passed over.
///
/// # Errors
/// What ends the connection, and `malformed`.
pub(super) async fn exchange(
    wire: &mut Wire,
    session: &mut Session,
    ask: &Ask<'_>,
) -> Result<Reply, Failure> {
    send(wire, session, ask).await?;
    answered(wire, session, ask).await
}

/// Reads what answers a request that was sent.
///
/// # Errors
/// As [`exchange`].
pub(super) async fn answered(
    wire: &mut Wire,
    session: &mut Session,
    ask: &Ask<'_>,
) -> Result<Reply, Failure> {
    let mut reply = answer(wire, ask.method).await?;
    session.keep_cookies(&reply.head);
    if let Some(authorization) = ask.authorization {
        reply_text::forget(&mut reply, authorization);
    }
    Ok(reply)
}

/// Reads an answer.
///
/// # Errors
/// As [`exchange`].
pub(super) async fn answer(wire: &mut Wire, method: &str) -> Result<Reply, Failure> {
    let head = http::head(wire).await?;
    let mut reply = Reply { opens: opens(&head, method), head, keeps_alive: true, text: None };
    if reply.opens && method == OUT_DATA {
        return Ok(reply);
    }
    let (keeps_alive, body) = body(wire, &reply.head, method).await;
    reply.keeps_alive = keeps_alive;
    reply.text = reply_text::plain_text(&reply.head, &body);
    Ok(reply)
}

/// Whether the connection goes on, and the body of the answer; one that cannot be read only means that it ends here.
async fn body(wire: &mut Wire, head: &ResponseHead, method: &str) -> (bool, Vec<u8>) {
    let Ok(length) = head.body(method) else { return (false, Vec::new()) };
    if length == BodyLength::UntilEnd {
        return (false, Vec::new());
    }
    match wire.receive_body(length).await {
        Ok(body) => (head.keeps_alive(length), body),
        Err(_) => (false, Vec::new()),
    }
}
