//! Through a proxy in virtual time: what it answers, what it must not change, and whose fault it is.

mod causes;

use std::{
    future::pending,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use rdptrace::{
    BoxStream, Endpoint, Network, Report, Settings, Target, Tracer,
    codes::Phase,
    internal::demo::Server,
    report::{Failure, FailureKind, Outcome},
    settings::{Account, Proxy, ProxyKind},
    wait,
    wait::Patience,
};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncWriteExt as _, DuplexStream, copy_bidirectional, duplex},
    time::Instant,
};
use tokio_rustls::rustls::pki_types::CertificateDer;

pub(crate) use causes::reports;

use crate::{
    demo::pipe,
    heads::until,
    scenarios::page,
    wait::{Tries, whole},
};

/// What a proxy reads up to, and what it answers then; the bytes may come one by one.
type Exchange = (&'static [u8], &'static [u8]);

/// A network in which the proxy alone can be reached; behind it is the demo server.
struct Lab {
    exchanges: &'static [Exchange],
    /// Whether the target follows the last answer; else the proxy is silent.
    connects: bool,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Lab {
    fn new(exchanges: &'static [Exchange], connects: bool) -> Self {
        Self { exchanges, connects, heard: Arc::default() }
    }

    fn heard(&self) -> Vec<u8> {
        self.heard.lock().expect("no test panics while it holds it").clone()
    }

    async fn trace(&self, kind: ProxyKind, account: Option<Account>) -> Report {
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        let proxy = Proxy::new(kind, Endpoint::new("proxy.corp.example", 3128)).account(account);
        let settings = Settings::default().proxy(Some(proxy));
        Tracer::new(&target, &settings, self).run().await
    }
}

#[async_trait]
impl Network for Lab {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        assert_eq!(host, "proxy.corp.example", "the proxy looks the target up");
        Ok(vec!["192.0.2.9".parse().expect("an address")])
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        assert_eq!(address.to_string(), "192.0.2.9:3128");
        let (client, proxy) = duplex(64 * 1024);
        tokio::spawn(serve(proxy, self.exchanges, self.connects, Arc::clone(&self.heard)));
        Ok(Box::new(client))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

async fn serve(
    mut stream: DuplexStream,
    exchanges: &'static [Exchange],
    connects: bool,
    heard: Arc<Mutex<Vec<u8>>>,
) -> io::Result<()> {
    for (end, answer) in exchanges {
        let read = until(&mut stream, end).await?;
        heard.lock().expect("no test panics while it holds it").extend(read);
        for byte in *answer {
            stream.write_u8(*byte).await?;
        }
    }
    if !connects {
        return std::future::pending().await;
    }
    let server = Arc::new(Server::new(None, pipe::NOW).expect("the server can be made"));
    let (mut target, _, _server) = pipe::connect_to(server);
    copy_bidirectional(&mut stream, &mut target).await.map(|_| ())
}

fn account() -> Option<Account> {
    Some(Account::new("anna", "s3cret"))
}

#[track_caller]
fn assert_reached_the_server(report: &Report) {
    let verdict = &report.verdict;
    assert_eq!(verdict.outcome, Outcome::Stopped, "{}", verdict.summary);
    assert_eq!(verdict.reached, Some(Phase::Tls), "{}", verdict.summary);
}

/// How a refusal comes out: kind, code and first finding, in phase connect.
#[track_caller]
fn assert_refused(report: &Report, kind: FailureKind, code: Option<i64>, finding: &str) {
    let failure = report.verdict.failure.as_ref().expect("a failure");
    assert_eq!((failure.kind, failure.code), (kind, code), "{}", failure.detail);
    assert_eq!(report.verdict.phase, Some(Phase::Connect));
    assert!(failure.detail.contains("the proxy proxy.corp.example:3128"), "{}", failure.detail);
    assert_eq!(report.findings[0].code.as_str(), finding);
    let causes: Vec<&str> = report.causes.iter().map(|cause| cause.code.as_str()).collect();
    assert_eq!(causes, [finding], "the proxy alone has a part in it");
    assert!(!report.causes[0].confirm.is_empty() && !report.causes[0].fix.is_empty());
    assert!(report.verdict.mstsc.is_none(), "the server has no part in it");
    assert_eq!(report.trace.connections.len(), 1, "nothing is asked again");
}

#[tokio::test(start_paused = true)]
async fn http_connect_leads_to_the_server() {
    let established: &[Exchange] = &[(
        b"\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n",
    )];
    let lab = Lab::new(established, true);
    let report = lab.trace(ProxyKind::Http, account()).await;
    assert_reached_the_server(&report);
    let request = String::from_utf8(lab.heard()).expect("text");
    assert!(request.starts_with("CONNECT rdsh01.corp.example:3389 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("Proxy-Authorization: Basic YW5uYTpzM2NyZXQ=\r\n"), "{request}");
    let connect = report.trace.connections[0].phases.connect.as_ref().expect("connect");
    let seen = connect.evidence.proxy.as_ref().expect("a proxy");
    assert_eq!((seen.status, seen.account_sent, seen.via.as_deref()), (Some(200), true, Some("1.1 proxy")));
    let all = serde_json::to_string(&report).expect("a report is JSON");
    assert!(!all.contains("s3cret") && !all.contains("YW5uYT"), "no secret is in the report");
}

/// What is looked up here is the proxy's name, and nothing where it has none.
#[tokio::test(start_paused = true)]
async fn the_page_says_whose_name_was_looked_up() {
    let established: &[Exchange] = &[(b"\r\n\r\n", b"HTTP/1.1 200 Connection established\r\n\r\n")];
    let mut report = Lab::new(established, true).trace(ProxyKind::Http, None).await;
    assert!(page(&report).contains("192.0.2.9, of the proxy\n"), "{}", page(&report));
    let resolve = report.trace.connections[0].phases.resolve.as_mut().expect("resolve");
    resolve.evidence.literal = true;
    let left = "  resolve            -  left to the proxy\n";
    assert!(page(&report).contains(left), "{}", page(&report));
}

#[tokio::test(start_paused = true)]
async fn socks_leads_to_the_server_with_the_name_as_it_is() {
    let connected: &[Exchange] = &[
        (&[5, 2, 0, 2], &[5, 2]),
        (b"\x06s3cret", &[1, 0]),
        (b"\x0d\x3d", &[5, 0, 0, 3, 4, b'h', b'o', b's', b't', 0, 80]),
    ];
    let lab = Lab::new(connected, true);
    let report = lab.trace(ProxyKind::Socks5, account()).await;
    assert_reached_the_server(&report);
    let asked = b"\x05\x01\x00\x03\x13rdsh01.corp.example\x0d\x3d";
    assert!(lab.heard().ends_with(asked), "{:?}", lab.heard());
}

#[tokio::test(start_paused = true)]
async fn refusals_over_http_are_the_proxys() {
    type Row = (&'static [Exchange], Option<Account>, i64, &'static str);
    let rows: [Row; 8] = [
        (&[(b"\r\n\r\n", b"HTTP/1.0 403 Forbidden\r\n\r\n<html>")], None, 403, "proxy-refused"),
        (&[(b"\r\n\r\n", b"HTTP/1.0 403 Filtered\r\n\r\n<html>")], account(), 403, "proxy-refused"),
        // tinyproxy 1.11 with a wrong password.
        (&[(b"\r\n\r\n", b"HTTP/1.0 401 Unauthorized\r\n\r\n")], account(), 401, "proxy-account-refused"),
        (
            &[(b"\r\n\r\n", b"HTTP/1.1 403 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n\r\n")],
            account(),
            403,
            "proxy-account-refused",
        ),
        (
            &[(b"\r\n\r\n", b"HTTP/1.1 407 \r\nProxy-Authenticate: NTLM\r\n\r\n")],
            None,
            407,
            "proxy-authentication-required",
        ),
        (&[(b"\r\n\r\n", b"HTTP/1.1 407 No\r\n\r\n")], account(), 407, "proxy-account-refused"),
        (&[(b"\r\n\r\n", b"HTTP/1.1 503 Down\r\n\r\n")], None, 503, "proxy-target-unreachable"),
        (&[(b"\r\n\r\n", b"HTTP/1.1 799 Odd\r\n\r\n")], None, 799, "proxy-refused"),
    ];
    for (exchanges, account, code, finding) in rows {
        let report = Lab::new(exchanges, false).trace(ProxyKind::Http, account).await;
        assert_refused(&report, FailureKind::ProxyRefused, Some(code), finding);
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_over_socks_are_the_proxys() {
    type Row = (&'static [Exchange], Option<Account>, i64, &'static str);
    let rows: [Row; 5] = [
        (&[(&[5, 1, 0], &[5, 255])], None, 255, "proxy-authentication-required"),
        (&[(&[5, 2, 0, 2], &[5, 2]), (b"s3cret", &[1, 9])], account(), 9, "proxy-account-refused"),
        (&[(&[5, 1, 0], &[5, 0]), (b"\x0d\x3d", &[5, 2, 0, 1])], None, 2, "proxy-refused"),
        (&[(&[5, 1, 0], &[5, 0]), (b"\x0d\x3d", &[5, 5])], None, 5, "proxy-target-unreachable"),
        (&[(&[5, 1, 0], &[5, 0]), (b"\x0d\x3d", &[5, 77, 0, 1])], None, 77, "proxy-refused"),
    ];
    for (exchanges, account, code, finding) in rows {
        let report = Lab::new(exchanges, false).trace(ProxyKind::Socks5, account).await;
        assert_refused(&report, FailureKind::ProxyRefused, Some(code), finding);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_proxy_is_told() {
    const ENDLESS: &[u8] = &[b'a'; 40_000];
    const ENDLESS_HEADER: Exchange = (b"\r\n\r\n", ENDLESS);
    let rows: [(ProxyKind, &'static [Exchange]); 5] = [
        (ProxyKind::Http, &[(b"\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n")]),
        (ProxyKind::Http, &[ENDLESS_HEADER]),
        (ProxyKind::Http, &[(b"\r\n\r\n", b"<html>hello</html>")]),
        (ProxyKind::Socks5, &[(&[5, 1, 0], b"HTTP/1.1 400 Bad Request\r\n\r\n")]),
        (ProxyKind::Socks5, &[(&[5, 1, 0], &[5, 0]), (b"\x0d\x3d", &[5, 0, 0, 9, 1, 2, 3])]),
    ];
    for (kind, exchanges) in rows {
        let report = Lab::new(exchanges, false).trace(kind, None).await;
        assert_refused(&report, FailureKind::Malformed, None, "proxy-not-spoken");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_proxy_ends_with_the_phase() {
    let begin = Instant::now();
    let report = Lab::new(&[], false).trace(ProxyKind::Http, None).await;
    assert_refused(&report, FailureKind::Timeout, None, "proxy-not-spoken");
    assert_eq!(begin.elapsed(), Duration::from_secs(10));
}

/// A wrong password is shown to the proxy once, however long is waited; without one the wait goes on.
#[tokio::test(start_paused = true)]
async fn a_wait_ends_when_the_proxy_refuses_the_account() {
    const REFUSES: &[Exchange] =
        &[(b"\r\n\r\n", b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")];
    for (account, goes_on) in [(account(), false), (None, true)] {
        let lab = Lab::new(REFUSES, false);
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        let (kind, host) = (ProxyKind::Http, "proxy.corp.example".to_owned());
        let proxy = Some(Proxy::new(kind, Endpoint::new(host, 3128)).account(account));
        let settings = Settings::default().proxy(proxy);
        let patience = Patience { time: Duration::from_secs(30), jitter: || 0.0 };
        let waited =
            wait(Tracer::new(&target, &settings, &lab), patience, &Tries::default(), pending()).await;
        assert_eq!(whole(waited).verdict.outcome, Outcome::Aborted);
        let tries = String::from_utf8_lossy(&lab.heard()).matches("CONNECT ").count();
        assert_eq!(tries > 1, goes_on, "{tries}");
    }
}
