//! Asking a proxy to connect: HTTP CONNECT (RFC 9110 section 9.3.6) or SOCKS5 (RFC 1928). The wire then leads to the target.
//!
//! Every connection of the run goes through the proxy. Resolve and connect are the proxy's, and its answer is
//! `connect.evidence.proxy`. A refusal of its own is never the server's: no cause but the proxy's, no label of mstsc,
//! no experiment. Its answer has a phase's time to itself. An account is sent with the first request, once a
//! connection; there is no TLS to a proxy, so `tls::peer` does not guard it.

use zeroize::Zeroizing;

use super::basic::{in_the_clear, qualified};
use crate::{
    codes::SOCKS_REPLY,
    endpoint::Endpoint,
    net::{Framing, Instant, Wire},
    pdu::{
        http::{Request, ResponseHead},
        socks,
    },
    report::{Failure, FailureKind, ProxyEvidence, Speaker},
    settings::{Account, Proxy, ProxyKind},
};

/// More answers of the kind "wait" are not read.
const MOST_INTERIM: usize = 8;

/// Where a connection to `target` begins: at the proxy where there is one.
pub(crate) fn door<'a>(proxy: Option<&'a Proxy>, target: &'a Endpoint) -> &'a Endpoint {
    proxy.map_or(target, |proxy| &proxy.endpoint)
}

/// What is known before the proxy was asked.
pub(crate) fn evidence(proxy: &Proxy, target: &Endpoint) -> ProxyEvidence {
    ProxyEvidence {
        kind: proxy.kind.name().to_owned(),
        host: proxy.endpoint.host.clone(),
        port: proxy.endpoint.port,
        asked_for: target.to_string(),
        ..ProxyEvidence::default()
    }
}

/// Asks the proxy at the other end of the wire for a connection to `target`, whose name it resolves itself.
///
/// # Errors
/// `proxy_refused` with the status or the reply; `malformed`, `timeout`, `closed` and `reset` where it does not answer as a proxy.
pub(crate) async fn run(
    wire: &mut Wire,
    proxy: &Proxy,
    target: &Endpoint,
    evidence: &mut ProxyEvidence,
) -> Result<(), Failure> {
    let (begin, beyond) = (Instant::now(), wire.meets(Speaker::Proxy));
    let asked = match proxy.kind {
        ProxyKind::Http => http(wire, proxy, target, evidence).await,
        ProxyKind::Socks5 => socks5(wire, proxy, target, evidence).await,
    };
    wire.meets(beyond);
    evidence.elapsed_ms = Some(begin.elapsed().into());
    asked.map_err(|failure| of_proxy(failure, proxy))
}

/// The way to the proxy failed, not one to the target: it was not asked.
pub(crate) fn unreachable(
    mut failure: Failure,
    proxy: &Proxy,
    target: &Endpoint,
    seen: &mut Option<ProxyEvidence>,
) -> Failure {
    *seen = Some(evidence(proxy, target));
    failure.detail = format!("no connection to {}: {}", name(proxy), failure.detail);
    failure.of(Speaker::Proxy)
}

fn name(proxy: &Proxy) -> String {
    format!("the proxy {}", proxy.endpoint)
}

fn of_proxy(mut failure: Failure, proxy: &Proxy) -> Failure {
    let name = name(proxy);
    failure.detail = match failure.kind {
        FailureKind::ProxyRefused => format!("{name} {}", failure.detail),
        _ => format!("{name} gave no answer to go on with: {}", failure.detail),
    };
    failure.of(Speaker::Proxy)
}

fn refused(detail: String, code: u32, name: Option<&str>) -> Failure {
    Failure::new(FailureKind::ProxyRefused, detail).with_code(code, name)
}

async fn http(
    wire: &mut Wire,
    proxy: &Proxy,
    target: &Endpoint,
    evidence: &mut ProxyEvidence,
) -> Result<(), Failure> {
    let to = target.to_string();
    let request = Request::new("CONNECT", &to).header("Host", &to);
    match &proxy.account {
        None => wire.send(&request.into_bytes()).await?,
        Some(account) => {
            evidence.account_sent = true;
            let request = request.header("Proxy-Authorization", &in_the_clear(account));
            wire.send_secret(&Zeroizing::new(request.into_bytes())).await?;
        }
    }
    let head = head(wire).await?;
    evidence.status = Some(head.status);
    evidence.reason = Some(head.reason.clone());
    evidence.server = head.header("server").map(str::to_owned);
    evidence.via = head.header("via").map(str::to_owned);
    evidence.schemes = head.proxy_challenges().into_iter().map(|challenge| challenge.scheme).collect();
    if (200..300).contains(&head.status) {
        return Ok(());
    }
    let reason = Some(head.reason.as_str()).filter(|reason| !reason.is_empty());
    let words = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
    let schemes = match evidence.schemes.is_empty() {
        true => String::new(),
        false => format!("; it takes {}", evidence.schemes.join(", ")),
    };
    let detail = format!("answered {}{words} to CONNECT {to}{schemes}", head.status);
    Err(refused(detail, head.status.into(), reason))
}

/// The final answer; a proxy may say before it that it is working.
async fn head(wire: &mut Wire) -> Result<ResponseHead, Failure> {
    for _ in 0..MOST_INTERIM {
        let bytes = wire.receive(Framing::HttpHead).await?;
        let head = ResponseHead::parse(&bytes)
            .map_err(|error| Failure::new(FailureKind::Malformed, error.0).with_received(&bytes))?;
        if !(100..200).contains(&head.status) {
            return Ok(head);
        }
    }
    Err(Failure::new(FailureKind::Malformed, "one interim answer follows another"))
}

async fn socks5(
    wire: &mut Wire,
    proxy: &Proxy,
    target: &Endpoint,
    evidence: &mut ProxyEvidence,
) -> Result<(), Failure> {
    wire.send(&socks::greeting(proxy.account.is_some())).await?;
    let method = wire.receive(Framing::SocksChoice(socks::VERSION)).await?[1];
    evidence.method = Some(method);
    match (method, &proxy.account) {
        (socks::NO_AUTHENTICATION, _) => {}
        (socks::ACCOUNT, Some(account)) => log_on(wire, account, evidence).await?,
        (socks::NO_METHOD, _) => return Err(reply("takes none of our ways to authenticate", method.into())),
        // A method is no reply: the numbers of both mean different things.
        (socks::ACCOUNT, None) => {
            return Err(refused("wants a user name and a password, SOCKS method 2".to_owned(), 2, None));
        }
        (other, _) => {
            let detail = format!("wants the SOCKS method {other}, which was not offered");
            return Err(refused(detail, other.into(), None));
        }
    }
    let request = socks::connect(&target.host, target.port)
        .ok_or_else(|| Failure::new(FailureKind::Malformed, "the name is longer than SOCKS can say"))?;
    wire.send(&request).await?;
    let code = wire.receive(Framing::SocksReply).await?[1];
    evidence.reply = Some(code);
    match code {
        0 => Ok(()),
        code => Err(reply(&format!("does not connect to {target}"), code.into())),
    }
}

fn reply(what: &str, code: u32) -> Failure {
    let row = SOCKS_REPLY.find(code);
    let meaning = row.as_ref().map_or("no table knows it", |row| row.meaning);
    refused(format!("{what}, SOCKS {code}: {meaning}"), code, SOCKS_REPLY.symbol(code))
}

/// RFC 1929: any status but 0 is a refusal.
async fn log_on(wire: &mut Wire, account: &Account, evidence: &mut ProxyEvidence) -> Result<(), Failure> {
    let request =
        socks::account(&qualified(account), &account.password).map(Zeroizing::new).ok_or_else(|| {
            Failure::new(
                FailureKind::ProxyRefused,
                "takes no account whose name or password is longer than 255 bytes",
            )
        })?;
    evidence.account_sent = true;
    wire.send_secret(&request).await?;
    match wire.receive(Framing::SocksChoice(socks::ACCOUNT_VERSION)).await?[1] {
        0 => Ok(()),
        status => Err(refused(format!("refused the account with status {status}"), status.into(), None)),
    }
}
