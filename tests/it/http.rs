//! Heads, challenges and bodies of HTTP responses, as gateways and proxies send them, whole and cut at every byte.

use rdptrace::internal::{
    net::Framing,
    pdu::http::{BodyLength, Challenge, MAX_BODY, MAX_HEAD, Request, ResponseHead},
};

const UNAUTHORIZED: &[u8] = b"HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-HTTPAPI/2.0\r\n\
    WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM, Basic realm=\"a, \\\"b\\\"\", charset=\"UTF-8\"\r\n\
    Set-Cookie: one=1\r\nset-cookie: two=2\r\nContent-Length: 4\r\n\r\nbody";

fn head(bytes: &[u8]) -> ResponseHead {
    let length = Framing::HttpHead.length(bytes).expect("a head").expect("a whole head");
    ResponseHead::parse(&bytes[..length]).expect("a head")
}

#[test]
fn every_header_and_every_scheme_is_kept_in_order() {
    let head = head(UNAUTHORIZED);
    assert_eq!((head.status, head.reason.as_str()), (401, "Unauthorized"));
    assert_eq!(head.values("Set-Cookie").collect::<Vec<_>>(), ["one=1", "two=2"]);
    let challenge = |scheme: &str, parameters: &str| Challenge {
        scheme: scheme.to_owned(),
        parameters: parameters.to_owned(),
    };
    let basic = challenge("Basic", "realm=\"a, \\\"b\\\"\", charset=\"UTF-8\"");
    assert_eq!(head.challenges(), [challenge("Negotiate", ""), challenge("NTLM", ""), basic]);
    assert!(head.proxy_challenges().is_empty());
    assert_eq!(head.body("RDG_OUT_DATA"), Ok(BodyLength::Exactly(4)));
    assert!(head.keeps_alive(BodyLength::Exactly(4)));
}

/// A quote that is escaped ends no parameter, so a comma behind it begins no scheme.
#[test]
fn an_escaped_quote_stays_in_its_parameter() {
    let head = head(b"HTTP/1.1 401\r\nWWW-Authenticate: Basic realm=\"5\\\" disk, spare\", NTLM\r\n\r\n");
    let schemes: Vec<_> = head.challenges().into_iter().map(|challenge| challenge.scheme).collect();
    assert_eq!(schemes, ["Basic", "NTLM"]);
}

#[test]
fn a_token_belongs_to_its_scheme() {
    let head = head(b"HTTP/1.1 407\r\nProxy-Authenticate: NTLM TlRMTVNTUAAC==\r\nConnection: close\r\n\r\n");
    assert_eq!(head.reason, "");
    let challenges = head.proxy_challenges();
    assert!(challenges[0].is("ntlm"));
    assert_eq!(challenges[0].parameters, "TlRMTVNTUAAC==");
    assert!(!head.keeps_alive(BodyLength::Nothing));
}

#[test]
fn a_head_that_is_cut_waits_for_the_rest() {
    let length = UNAUTHORIZED.len() - b"body".len();
    for cut in 0..length {
        assert_eq!(Framing::HttpHead.length(&UNAUTHORIZED[..cut]), Ok(None), "after {cut} bytes");
    }
    assert_eq!(Framing::HttpHead.length(UNAUTHORIZED), Ok(Some(length)));
}

#[test]
fn what_is_no_head_is_said_at_once() {
    for bytes in [&b"SSH-2.0-x"[..], b"<html>", b"\x03\0\0\x13", b"HTTP/2 200\r\n\r\n", b"X"] {
        assert!(Framing::HttpHead.length(bytes).is_err(), "{bytes:?}");
    }
    let endless = [&b"HTTP/1.1 200 OK\r\n"[..], &b"X: y\r\n".repeat(MAX_HEAD / 6)].concat();
    assert!(Framing::HttpHead.length(&endless).is_err());
    let many = [&b"HTTP/1.1 200 OK\r\n"[..], &b"X: y\r\n".repeat(129), b"\r\n"].concat();
    assert!(ResponseHead::parse(&many).is_err());
    assert!(ResponseHead::parse(b"HTTP/1.1 2x0 OK\r\n\r\n").is_err());
}

#[test]
fn a_body_ends_where_its_head_says() {
    let body = |headers: &str, method: &str| {
        head(format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes()).body(method)
    };
    assert_eq!(body("Content-Length: 0\r\n", "GET"), Ok(BodyLength::Nothing));
    assert_eq!(body("Content-Length: 7, 7\r\n", "GET"), Ok(BodyLength::Exactly(7)));
    assert_eq!(body("Content-Length: 7\r\nTransfer-Encoding: chunked\r\n", "GET"), Ok(BodyLength::Chunked));
    assert_eq!(body("", "GET"), Ok(BodyLength::UntilEnd));
    assert_eq!(body("", "CONNECT"), Ok(BodyLength::Nothing));
    for wrong in [
        "-1",
        "+0",
        "+7",
        "1x",
        "",
        "7\r\nContent-Length: 8",
        &(MAX_BODY + 1).to_string(),
        "99999999999999999999",
    ] {
        assert!(body(&format!("Content-Length: {wrong}\r\n"), "GET").is_err(), "{wrong}");
    }
    let why = |length: &str| {
        body(&format!("Content-Length: {length}\r\n"), "GET").expect_err("it is refused").to_string()
    };
    assert_eq!(why("65537"), "the body of the response is longer than 65536 bytes");
    assert_eq!(why("1x"), "the length of the response is no number");
}

#[test]
fn chunks_are_put_together_wherever_they_are_cut() {
    let bytes = b"4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: x\r\n\r\n";
    for cut in 0..bytes.len() {
        assert_eq!(BodyLength::Chunked.length(&bytes[..cut]), Ok(None), "after {cut} bytes");
    }
    assert_eq!(BodyLength::Chunked.length(bytes), Ok(Some(bytes.len())));
    assert_eq!(BodyLength::Chunked.content(bytes), Ok(b"Wikipedia".to_vec()));
    for wrong in
        ["x\r\n", "\r\n", "-1\r\n", "2\r\nabcd", "fffffffffffffffff\r\n", "10001\r\n", "1\r\na\r\n10000\r\n"]
    {
        assert!(BodyLength::Chunked.length(wrong.as_bytes()).is_err(), "{wrong:?}");
    }
    assert!(BodyLength::Chunked.length(&[b'1'; 2000]).is_err());
}

#[test]
fn no_value_can_begin_a_header_of_its_own() {
    let request = Request::new("CONNECT", "host:443").header("Host", "host\r\nEvil: yes");
    assert_eq!(request.into_bytes(), b"CONNECT host:443 HTTP/1.1\r\nHost: hostEvil: yes\r\n\r\n");
}
