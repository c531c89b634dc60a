//! Other ways to ask a proxy than those of a trace, and what asks none.

use rdptrace::{
    internal::{
        flow::{Flow, Side},
        net::Recorded,
        passive::{Attempts, Beginning, Watched, beginning, is_relevant, is_wanted},
    },
    report::Connection,
};

use super::{captured, recorded, watched};
use crate::relay::difference;

/// The same connection with these bytes before it.
fn behind(flow: &Flow, client: &[u8], server: &[u8]) -> Flow {
    let mut made = Flow { from_client: Default::default(), from_server: Default::default(), ..flow.clone() };
    made.sends(Side::Client, flow.began, 0, client);
    made.sends(Side::Server, flow.began, 0, server);
    for side in [Side::Client, Side::Server] {
        let stream = flow.stream(side);
        let ends = stream.marks.iter().skip(1).map(|mark| mark.offset).chain([stream.bytes.len()]);
        for (mark, end) in stream.marks.iter().zip(ends) {
            made.stream_mut(side).push(&stream.bytes[mark.offset..end], mark.at, mark.packet);
        }
        made.stream_mut(side).end = stream.end;
        made.stream_mut(side).packets = stream.packets.clone();
    }
    Flow { last: flow.last, watched: flow.watched, server: ([192, 0, 2, 9], 1080).into(), ..made }
}

fn proxy(connection: &Connection) -> (String, String, Option<u8>) {
    let connect = connection.phases.connect.as_ref().expect("connect");
    let proxy = connect.evidence.proxy.clone().expect("a proxy");
    (proxy.kind, proxy.asked_for, proxy.reply)
}

/// A server that greets may greet a client of Remote Desktop; one that says more is none of it.
#[test]
fn who_greets_is_known_by_what_its_client_says() {
    let request = [3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];
    for greeting in [&b"SSH-2.0-OpenSSH_9.7\r\n"[..], b"220 mail.corp.example ESMTP\r\n", b"RFB 003.008\n"] {
        assert_eq!(is_wanted(&[], greeting), None);
        assert_eq!(is_wanted(&request, greeting), Some(true));
        assert_eq!(is_wanted(b"SSH-2.0-PuTTY_0.81\r\n", greeting), Some(false));
    }
    assert_eq!(is_wanted(&[], &[b'x'; 1024]), None);
    assert_eq!(is_wanted(&[], &[b'x'; 1025]), Some(false));
}

/// What no trace of this program says.
#[tokio::test(start_paused = true)]
async fn other_ways_to_ask_are_read_too() {
    const NTLM: &[u8] = b"CONNECT rdsh01.corp.example:3389 HTTP/1.1\r\n\r\n\
        CONNECT rdsh01.corp.example:3389 HTTP/1.1\r\nProxy-Authorization: Basic YW5uYTpzM2NyZXQ=\r\n\r\n";
    const TWICE: &[u8] =
        b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 4\r\n\r\n\
        bodyHTTP/1.1 200 OK\r\n\r\n";
    let (flow, keys) = captured("mcs-silence").await;
    let granted: &[u8] = &[0, 90, 0, 0, 0, 0, 0, 0];
    let rows: [(&[u8], &[u8], &str, &str); 5] = [
        (&[4, 1, 0x0D, 0x3D, 192, 0, 2, 15, b'a', 0], granted, "socks4", "192.0.2.15:3389"),
        (b"\x04\x01\x0d\x3d\0\0\0\x01\0rdsh01\0", granted, "socks4", "rdsh01:3389"),
        (
            b"\x05\x01\0\x05\x01\0\x03\x06rdsh01\x0d\x3d",
            b"\x05\0\x05\0\0\x01\0\0\0\0\0\0",
            "socks5",
            "rdsh01:3389",
        ),
        (
            b"\x05\x01\0\x05\x01\0\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x0d\x3d",
            b"\x05\0\x05\0\0\x01\0\0\0\0\0\0",
            "socks5",
            "[2001:db8::1]:3389",
        ),
        (NTLM, TWICE, "http", "rdsh01.corp.example:3389"),
    ];
    let plain = watched(&flow, &keys);
    for (client, server, kind, asked_for) in rows {
        let led = behind(&flow, client, server);
        assert_eq!(is_wanted(client, &[]), Some(true), "{asked_for}");
        let connection = watched(&led, &keys);
        assert!(is_relevant(&led, &connection), "{asked_for}");
        let seen = proxy(&connection);
        assert_eq!((seen.0.as_str(), seen.1.as_str()), (kind, asked_for));
        assert_eq!(difference(&plain, &connection), None, "{asked_for}");
    }
    let refused = behind(&flow, &[4, 1, 0x0D, 0x3D, 192, 0, 2, 15, 0], &[0, 91, 0, 0, 0, 0, 0, 0]);
    let connection = watched(&refused, &keys);
    let connect = connection.phases.connect.as_ref().expect("connect");
    let failure = connect.failure.as_ref().expect("a refusal");
    assert_eq!((failure.kind.name(), failure.code), ("proxy_refused", Some(91)));
    assert_eq!(proxy(&connection).2, Some(91));
}

#[test]
fn what_asks_no_proxy_is_told_from_it() {
    assert_eq!(beginning(b"CONN"), None);
    assert_eq!(beginning(&[5, 3, 0, 1]), None);
    assert_eq!(beginning(&[4, 1, 0x0D, 0x3D, 10, 0, 0, 1, b'a']), None);
    let others: [&[u8]; 6] = [
        b"CONTENT of something",
        // A pre-connection PDU of another length than its first byte says is none of SOCKS.
        &[5, 1, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0],
        &[5, 200, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        &[4, 2, 0x0D, 0x3D, 10, 0, 0, 1, 0, 0, 0, 0],
        &[4, 1, 0, 0, 10, 0, 0, 1, 0, 0, 0, 0],
        b"GET / HTTP/1.1\r\n\r\n",
    ];
    for bytes in others {
        assert_eq!(beginning(bytes), Some(Beginning::Other), "{bytes:?}");
    }
}

/// Two servers behind one proxy are two conversations.
#[tokio::test(start_paused = true)]
async fn conversations_through_one_proxy_are_told_apart_by_what_was_asked_for() {
    let recorded = recorded(None).await;
    let mut attempts = Attempts::default();
    for host in [&b"one"[..], b"two", b"one"] {
        let request = [b"CONNECT ", host, b":3389 HTTP/1.1\r\n\r\n"].concat();
        let flow = behind(&recorded.flows[0], &request, b"HTTP/1.1 200 OK\r\n\r\n");
        let connection = watched(&flow, &recorded);
        let (client, server) = (flow.client.ip(), flow.server);
        attempts.add(Watched { connection, client, server, began: flow.began, last: flow.last });
    }
    let traces = attempts.finish().into_iter();
    let told = traces.map(|trace| (trace.target.expect("a target").input, trace.connections.len()));
    let mut told: Vec<_> = told.collect();
    told.sort();
    assert_eq!(told, [("one:3389".to_owned(), 2), ("two:3389".to_owned(), 1)]);
}

/// Whatever a proxy is asked for and answers, cut anywhere, is read without a panic.
#[test]
fn what_crosses_to_a_proxy_may_end_anywhere() {
    let whole: [(&[u8], &[u8]); 3] = [
        (b"CONNECT a:3389 HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 407 No\r\nContent-Length: 3\r\n\r\nabc"),
        (b"\x05\x02\0\x02\x01\x01a\x01b\x05\x01\0\x03\x01a\x0d\x3d", b"\x05\x02\x01\0\x05\0\0\x03\x01a\0\0"),
        (b"\x04\x01\x0d\x3d\0\0\0\x01user\0host\0", b"\0\x5a\0\0\0\0\0\0"),
    ];
    let nothing = Recorded::default();
    for (client, server) in whole {
        for (asked, answered) in
            (0..=client.len()).flat_map(|asked| (0..=server.len()).map(move |answered| (asked, answered)))
        {
            let mut flow = Flow::new(([192, 0, 2, 1], 50_000).into(), ([192, 0, 2, 9], 3128).into(), 0);
            flow.sends(Side::Client, 1, 1, &client[..asked]);
            flow.sends(Side::Server, 2, 2, &server[..answered]);
            is_relevant(&flow, &watched(&flow, &nothing));
        }
    }
}
