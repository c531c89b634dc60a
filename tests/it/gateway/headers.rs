//! The heads of requests: those of this program line by line, and what the demo's gateway refuses as a Windows gateway does.

use std::sync::{Arc, atomic::Ordering::SeqCst};

use rdptrace::{
    internal::demo::gateway::{Gateway as Demo, NAME},
    settings::GatewayAuthentication,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{
    acceptor::basic,
    lab::{Lab, anonymous, with_account},
    packets::Carrier,
    script::Script,
};
use crate::{
    demo::{handshake::handshake, pipe},
    heads::head,
};

/// The value of a header in a head of ours.
fn value<'a>(head: &'a str, name: &str) -> &'a str {
    let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_else(|| panic!("no {name} in {head}"))
}

/// Two connections with Basic need every kind of request: one without an account, one with it, its twin on the second connection,
/// and the one whose body never ends.
#[tokio::test(start_paused = true)]
async fn requests_have_the_headers_of_a_windows_client() {
    let script = Script { carrier: Carrier::Bodies, schemes: vec!["Basic realm=\"x\""], ..Script::default() };
    let lab = Lab::new(script);
    lab.trace(with_account().authentication(GatewayAuthentication::Basic)).await;
    lab.settle().await;
    let heads = lab.seen.heads.lock().expect("no panic").clone();
    let (connection, correlation) =
        (value(&heads[0], "RDG-Connection-Id").to_owned(), value(&heads[0], "RDG-Correlation-Id").to_owned());
    assert_ne!(connection, correlation);
    let key = value(&heads[0], "Sec-WebSocket-Key").to_owned();
    let common = |method: &str| {
        format!(
            "{method} /remoteDesktopGateway/ HTTP/1.1\r\nCache-Control: no-cache\r\nPragma: no-cache\r\nAccept: */*\r\n\
             User-Agent: MS-RDGateway/1.0\r\nHost: gw.corp.example\r\nRDG-Connection-Id: {connection}\r\n\
             RDG-Correlation-Id: {correlation}\r\n"
        )
    };
    let upgrade = format!(
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    );
    let (receiving, sending) = (common("RDG_OUT_DATA"), common("RDG_IN_DATA"));
    let (alive, cookie) = ("Connection: Keep-Alive\r\n", "Cookie: lb=7\r\n");
    let account = format!("Authorization: Basic {}\r\n", basic());
    assert_eq!(
        heads,
        [
            format!("{receiving}{upgrade}\r\n"),
            format!("{receiving}{upgrade}{cookie}{account}\r\n"),
            format!("{sending}{alive}{cookie}Content-Length: 0\r\n{account}\r\n"),
            format!("{sending}{alive}{cookie}Transfer-Encoding: chunked\r\n\r\n"),
        ]
    );
}

const GUID: &str = "{958f92d8-da20-467a-bbe3-65e7e9b4edcf}";

fn request() -> String {
    format!(
        "RDG_OUT_DATA /remoteDesktopGateway/ HTTP/1.1\r\nHost: {NAME}\r\nRDG-Connection-Id: {GUID}\r\n\
         RDG-Correlation-Id: {GUID}\r\nRDG-Auth-Scheme: SSPI_NTLM\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// What the demo's gateway answers: the line of the status, and the last line.
async fn answer(request: &str) -> (String, String) {
    let (stream, _reset, _task) = pipe::connect_to(Arc::new(Demo::new(None, pipe::NOW).expect("a gateway")));
    let mut stream = handshake(stream).await.expect("TLS");
    stream.write_all(request.as_bytes()).await.expect("it is taken");
    let head = head(&mut stream).await.expect("an answer");
    let mut body = vec![0; value(&head, "Content-Length").parse().expect("a length")];
    stream.read_exact(&mut body).await.expect("a body");
    (head.lines().next().unwrap_or_default().to_owned(), String::from_utf8(body).expect("text"))
}

#[tokio::test(start_paused = true)]
async fn the_demo_gateway_refuses_the_headers_that_windows_refuses() {
    assert_eq!(answer(&request()).await.0, "HTTP/1.1 401 Unauthorized");
    let host = format!("Host: {NAME}\r\n");
    for (own, other, why) in [
        (host.as_str(), "", "not exactly one Host"),
        (&host, "Host: a\r\nHost: b\r\n", "not exactly one Host"),
        (&host, "Host: \r\n", "not exactly one Host"),
        ("RDG-Connection-Id", "X-Connection-Id", "no GUID in RDG-Connection-Id"),
        (
            "{958f92d8-da20-467a-bbe3-65e7e9b4edcf}\r\nRDG-Corr",
            "7\r\nRDG-Corr",
            "no GUID in RDG-Connection-Id",
        ),
        ("Id: {958f92d8-", "Id: {958f92d8", "no GUID in RDG-Connection-Id"),
        ("edcf}\r\nRDG-Corr", "edcg}\r\nRDG-Corr", "no GUID in RDG-Connection-Id"),
        ("RDG-Correlation-Id: {", "RDG-Correlation-Id: ", "no GUID in RDG-Correlation-Id"),
        ("SSPI_NTLM", "NTLM", "an unknown RDG-Auth-Scheme"),
        ("Connection: Upgrade", "Connection: Keep-Alive", "an Upgrade that Connection does not name"),
        ("Version: 13", "Version: 8", "another Sec-WebSocket-Version than 13"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "", "no Sec-WebSocket-Key"),
        ("Sec-WebSocket-Key", "X-Key", "no Sec-WebSocket-Key"),
        (&host, &format!("{host}Content-Length: x\r\n"), "a wrong Content-Length"),
        (&host, &format!("{host}Content-Length: 0\r\nContent-Length: 0\r\n"), "a wrong Content-Length"),
        (&host, &format!("{host}Transfer-Encoding: gzip\r\n"), "an unknown Transfer-Encoding"),
        (
            &host,
            &format!("{host}Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"),
            "two lengths of one body",
        ),
    ] {
        let changed = request().replacen(own, other, 1);
        assert_ne!(changed, request(), "{own:?} is not in the request");
        assert_eq!(
            answer(&changed).await,
            ("HTTP/1.1 400 Bad Request".to_owned(), why.to_owned()),
            "{changed}"
        );
    }
}

/// What this program does not send, and others may.
#[tokio::test(start_paused = true)]
async fn the_demo_gateway_takes_the_headers_that_windows_takes() {
    for (own, other) in [
        (format!("RDG-Correlation-Id: {GUID}\r\n"), ""),
        ("RDG-Auth-Scheme: SSPI_NTLM\r\n".to_owned(), ""),
        ("Connection: Upgrade".to_owned(), "connection: keep-alive, upgrade"),
        ("Upgrade: websocket".to_owned(), "Upgrade: WebSocket"),
        ("dGhlIHNhbXBsZSBub25jZQ==".to_owned(), "XKZFA]KGHWUZPBV"),
        (format!("Host: {NAME}\r\n"), "Host: 192.0.2.1:8443\r\nContent-Length: 0\r\n"),
    ] {
        let changed = request().replacen(&own, other, 1);
        assert_ne!(changed, request(), "{own:?} is not in the request");
        assert_eq!(answer(&changed).await.0, "HTTP/1.1 401 Unauthorized", "{changed}");
    }
}

/// A filter of methods lets GET through, and an older gateway knows RPC over HTTP: who refuses the first request is asked for what
/// its status leaves open, on the same connection where that goes on.
#[tokio::test(start_paused = true)]
async fn who_refuses_the_first_request_is_asked_what_is_let_through() {
    const GET: &str = "GET /remoteDesktopGateway/ HTTP/1.1\r\nAccept: */*\r\nHost: gw.corp.example\r\n\r\n";
    const RPC: &str = "RPC_OUT_DATA /rpc/rpcproxy.dll?localhost:3388 HTTP/1.1\r\nAccept: application/rpc\r\n\
                       User-Agent: MSRPC\r\nContent-Length: 0\r\nHost: gw.corp.example\r\n\r\n";
    let refusal = |status: &str, more: &str| -> &'static str {
        format!("HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\n\r\n").leak()
    };
    for (status, asked) in [
        ("403 Forbidden", &[GET, RPC][..]),
        ("404 Not Found", &[RPC]),
        ("405 Method Not Allowed", &[GET]),
        ("410 Gone", &[RPC]),
        ("500 Internal Server Error", &[]),
        ("501 Not Implemented", &[GET]),
    ] {
        for (more, connections) in [("", 1), ("Connection: close\r\n", if asked.is_empty() { 1 } else { 2 })]
        {
            let first = Some(refusal(status, more));
            let lab = Lab::new(Script { first, get: "200 OK", ..Script::default() });
            let report = lab.trace(anonymous()).await;
            let heads = lab.seen.heads.lock().expect("no panic").clone();
            assert_eq!(heads[1..], *asked, "{status} {more}");
            assert_eq!(lab.seen.connections.load(SeqCst), connections, "{status} {more}");
            let gateway = report.trace.connections[0].phases.gateway.as_ref().expect("a gateway");
            let http = &gateway.evidence.steps.http.as_ref().expect("it was asked").evidence;
            let (get, legacy) = (http.get_status, http.legacy_rpc_status);
            let expected = (asked.contains(&GET).then_some(200), asked.contains(&RPC).then_some(404));
            assert_eq!((get, legacy), expected, "{status} {more}");
        }
    }
}
