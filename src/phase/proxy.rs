//! Asking a proxy to connect: HTTP CONNECT (RFC 9110 section 9.3.6) or SOCKS5 (RFC 1928). The wire then leads to the target.
//!
//! Every connection of the run goes through the proxy. Resolve and connect are the proxy's, and its answer is
//! `connect.evidence.proxy`. A refusal of its own is never the server's: no cause but the proxy's, no label of mstsc,
//! no experiment. Its answer has a phase's time to itself. An account is sent with the first request, once a
//! connection; there is no TLS to a proxy, so `tls::peer` does not guard it.

mod answers;

pub(crate) use answers::{answered, chosen, logged_on, of_proxy, replied};

use zeroize::Zeroizing;

use super::{
    basic::{in_the_clear, qualified},
    http,
};
use crate::{
    endpoint::Endpoint,
    net::{Framing, Instant, Wire},
    pdu::{http::Request, socks},
    report::{Failure, FailureKind, ProxyEvidence, Speaker},
    settings::{Account, Proxy, ProxyKind},
};

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
    asked.map_err(|failure| of_proxy(failure, evidence))
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
    let head = http::head(wire).await?;
    answered(&head, evidence)
}

async fn socks5(
    wire: &mut Wire,
    proxy: &Proxy,
    target: &Endpoint,
    evidence: &mut ProxyEvidence,
) -> Result<(), Failure> {
    let greeting = socks::greeting(proxy.account.is_some());
    wire.send(&greeting).await?;
    let method = wire.receive(Framing::SocksChoice(socks::VERSION)).await?[1];
    chosen(method, &greeting[2..], evidence)?;
    if let (socks::ACCOUNT, Some(account)) = (method, &proxy.account) {
        log_on(wire, account, evidence).await?;
    }
    let request = socks::connect(&target.host, target.port)
        .ok_or_else(|| Failure::new(FailureKind::Malformed, "the name is longer than SOCKS can say"))?;
    wire.send(&request).await?;
    let code = wire.receive(Framing::SocksReply).await?[1];
    replied(code, socks::CONNECTED, evidence)
}

/// Shows the account (RFC 1929).
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
    logged_on(wire.receive(Framing::SocksChoice(socks::ACCOUNT_VERSION)).await?[1])
}
