//! What a client asks a proxy for, and what the proxy answers, before what leads to the target (RFC 9110 section 9.3.6, RFC 1928).

use super::{
    http,
    talk::{Halt, Passing, Talk},
};
use crate::{
    endpoint::{DEFAULT_PORT, Endpoint},
    flow::Side,
    net::Framing,
    pdu::{
        Malformed,
        http::{RequestHead, request_length},
        socks, socks4,
    },
    phase::proxy,
    report::{ConnectEvidence, Connection, Millis, PhaseRecord, ProxyEvidence, Speaker},
};

/// Proxy Authentication Required (RFC 9110 section 15.5.8).
const AUTHENTICATION_REQUIRED: u16 = 407;
/// The longest messages of SOCKS: a greeting, and an account.
const LONGEST: usize = 2 + 2 * 256;
/// The longest place that is shown: a name of DNS and a port.
const LONGEST_PLACE: usize = 260;
/// More ways to authenticate than any client of SOCKS offers.
const MOST_METHODS: usize = 16;
const CONNECT: &[u8] = b"CONNECT ";
/// What the Windows client of RD Gateways calls itself.
const GATEWAY_CLIENT: &str = "MS-RDGateway";

/// How a proxy is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Http,
    Socks5,
    Socks4,
}

impl Kind {
    /// As the report spells it.
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Socks5 => "socks5",
            Self::Socks4 => "socks4",
        }
    }
}

/// How these first bytes of a client ask a proxy; none if more are needed.
///
/// # Errors
/// They ask none.
pub(super) fn kind(bytes: &[u8]) -> Result<Option<Kind>, Malformed> {
    let other = || Malformed::new("this asks no proxy");
    match bytes.first() {
        Some(&socks4::VERSION) => Ok(socks4::request(bytes)?.map(|_| Kind::Socks4)),
        Some(&socks::VERSION) if bytes.get(1).is_some_and(|count| usize::from(*count) > MOST_METHODS) => {
            Err(other())
        }
        Some(&socks::VERSION) => match socks::offered(bytes) {
            None => Ok(None),
            // The answer is awaited, or what is to follow it was sent with it.
            Some((methods, length)) => match bytes.get(length) {
                None | Some(&(socks::VERSION | socks::ACCOUNT_VERSION)) if !methods.is_empty() => {
                    Ok(Some(Kind::Socks5))
                }
                _ => Err(other()),
            },
        },
        _ if bytes.starts_with(CONNECT) => Ok(Some(Kind::Http)),
        _ if CONNECT.starts_with(bytes) => Ok(None),
        _ => Err(other()),
    }
}

/// Reads until the proxy has connected, and notes where to.
pub(super) fn run(
    talk: &mut Talk<'_>,
    kind: Kind,
    asked: &mut Option<Endpoint>,
    evidence: &mut ProxyEvidence,
) -> Passing<()> {
    evidence.kind = kind.name().to_owned();
    (evidence.host, evidence.port) = (talk.flow.server.ip().to_string(), talk.flow.server.port());
    let beyond = talk.meets(Speaker::Proxy);
    let led = match kind {
        Kind::Http => connect(talk, asked, evidence),
        Kind::Socks5 => socks5(talk, asked, evidence),
        Kind::Socks4 => socks4(talk, asked, evidence),
    };
    talk.meets(beyond);
    led.map_err(|halt| match halt {
        Halt::Failed(failure) => Halt::Failed(proxy::of_proxy(failure, evidence)),
        other => other,
    })
}

fn note(asked: &mut Option<Endpoint>, evidence: &mut ProxyEvidence, host: &str, port: u16) {
    let endpoint = Endpoint::new(host.chars().take(LONGEST_PLACE).collect::<String>(), port);
    evidence.asked_for = endpoint.to_string();
    *asked = Some(endpoint);
}

/// CONNECT, again with a proof as long as the proxy asks for one and the client goes on.
fn connect(talk: &mut Talk<'_>, asked: &mut Option<Endpoint>, evidence: &mut ProxyEvidence) -> Passing<()> {
    for _ in 0..http::MOST_REQUESTS {
        let request = http::request(talk)?;
        let request = http::parsed(&request)?;
        let place = request.authority().filter(|_| request.method == "CONNECT");
        let Some((host, port)) = place else { return Err(something_else()) };
        note(asked, evidence, host, port);
        evidence.account_sent |= request.header("proxy-authorization").is_some_and(http::proves);
        let head = http::answer(talk)?;
        let answered = proxy::answered(&head, evidence);
        if head.status != AUTHENTICATION_REQUIRED {
            return Ok(answered?);
        }
        if !http::body(talk, request.method, &head) || talk.next() != Some(Side::Client) {
            return Ok(answered?);
        }
    }
    Err(Halt::Unseen("more requests than a logon takes".to_owned()))
}

fn something_else() -> Halt {
    Halt::Unseen("the client asks the proxy for something other than a connection".to_owned())
}

fn socks5(talk: &mut Talk<'_>, asked: &mut Option<Endpoint>, evidence: &mut ProxyEvidence) -> Passing<()> {
    let length = socks::offered(talk.client.rest()).map(|(_, length)| length);
    let greeting = talk.take(Side::Client, Framing::Exactly(length.unwrap_or(LONGEST)))?;
    let method = talk.take(Side::Server, Framing::SocksChoice(socks::VERSION))?[1];
    proxy::chosen(method, &greeting[2..], evidence)?;
    match method {
        socks::NO_AUTHENTICATION => {}
        socks::ACCOUNT => {
            let length = socks::account_length(talk.client.rest());
            talk.take_secret(Side::Client, Framing::Exactly(length.unwrap_or(LONGEST)))?;
            evidence.account_sent = true;
            proxy::logged_on(talk.take(Side::Server, Framing::SocksChoice(socks::ACCOUNT_VERSION))?[1])?;
        }
        other => return Err(Halt::Unseen(format!("the SOCKS method {other} is not read"))),
    }
    let length = socks::request_length(talk.client.rest()).map_err(|error| http::not_understood(&error))?;
    let request = talk.take(Side::Client, Framing::Exactly(length.unwrap_or(LONGEST)))?;
    let (host, port) = socks::requested(&request).ok_or_else(something_else)?;
    note(asked, evidence, &host, port);
    let code = talk.take(Side::Server, Framing::SocksReply)?[1];
    Ok(proxy::replied(code, socks::CONNECTED, evidence)?)
}

fn socks4(talk: &mut Talk<'_>, asked: &mut Option<Endpoint>, evidence: &mut ProxyEvidence) -> Passing<()> {
    let request = socks4::request(talk.client.rest()).map_err(|error| http::not_understood(&error))?;
    let request = request.ok_or_else(something_else)?;
    // It names a user.
    talk.take_secret(Side::Client, Framing::Exactly(request.length))?;
    note(asked, evidence, &request.host, request.port);
    let code = talk.take(Side::Server, Framing::Socks4Reply)?[1];
    Ok(proxy::replied(code, socks4::GRANTED, evidence)?)
}

/// Without a gateway the proxy is a part of how the connection was made.
pub(super) fn joined(connect: &mut PhaseRecord<ConnectEvidence>, proxied: PhaseRecord<ProxyEvidence>) {
    connect.elapsed_ms = Millis::rounded(connect.elapsed_ms.0 + proxied.elapsed_ms.0);
    (connect.status, connect.failure, connect.stopped) = (proxied.status, proxied.failure, proxied.stopped);
    connect.evidence.proxy = Some(proxied.evidence);
}

/// The proxy of a connection that was read.
fn evidence(connection: &Connection) -> Option<&ProxyEvidence> {
    let phases = &connection.phases;
    let direct = phases.connect.as_ref().and_then(|connect| connect.evidence.proxy.as_ref());
    let steps = phases.gateway.as_ref().map(|gateway| &gateway.evidence.steps);
    direct.or_else(|| Some(&steps?.proxy.as_ref()?.evidence))
}

/// What the proxy of a connection was asked for, if there is one.
pub fn asked_for(connection: &Connection) -> Option<Endpoint> {
    let (host, port) = evidence(connection)?.asked_for.rsplit_once(':')?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    Some(Endpoint::new(bare.unwrap_or(host), port.parse().ok()?))
}

/// Whether Remote Desktop is what the proxy was asked for, whatever it answered.
pub(super) fn is_for_remote_desktop(client: &[u8], connection: &Connection) -> bool {
    let head = request_length(client).and_then(|length| RequestHead::parse(&client[..length]).ok());
    let by_gateway_client = head
        .and_then(|head| head.header("user-agent"))
        .is_some_and(|agent| agent.starts_with(GATEWAY_CLIENT));
    by_gateway_client || asked_for(connection).is_some_and(|asked| asked.port == DEFAULT_PORT)
}
