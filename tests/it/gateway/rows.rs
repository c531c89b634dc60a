//! The faults of the leg to and through a gateway: what it does, and what a report has to say of it.

use rdptrace::{
    internal::pdu::tsgu,
    report::{Credentials, FailureKind},
    settings::{Account, Gateway, GatewayAuthentication, Token},
};

use super::{
    acceptor::{USER, channel_bindings},
    lab::{anonymous, with_account},
    packets::Carrier,
    script::Script,
};

/// A fault, and what a report has to say of it.
pub(super) struct Row {
    pub about: &'static str,
    pub script: Script,
    pub gateway: Gateway,
    pub step: &'static str,
    pub kind: FailureKind,
    pub code: Option<i64>,
    pub finding: &'static str,
    pub cause: Option<&'static str>,
    pub credentials: Credentials,
}

fn row(about: &'static str, script: Script, step: &'static str, finding: &'static str) -> Row {
    Row {
        about,
        script,
        gateway: anonymous(),
        step,
        kind: FailureKind::HttpStatus,
        code: None,
        finding,
        cause: Some(finding),
        credentials: Credentials::NotAttempted,
    }
}

pub(super) fn answers(answer: &'static str) -> Script {
    Script { first: Some(answer), ..Script::default() }
}

pub(super) fn ntlm() -> Script {
    Script { schemes: vec!["NTLM"], ..Script::default() }
}

fn negotiates(begun: &'static str) -> Script {
    Script { schemes: vec!["Negotiate"], begun: Some(begun), ..Script::default() }
}

const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n";
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>";
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const NOT_HERE: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
const BEARER: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n";
const AGAIN: &str = "HTTP/1.1 401 Unauthorized\r\nVia: 1.1 proxy\r\nWWW-Authenticate: NTLM \
                     TlRMTVNTUAACAAAAAAAAADgAAAAFgoqiAAAAAAAAAAAAAAAAAAAAADgAAAAAAAAA\r\nContent-Length: 0\r\n\r\n";
/// What rdpgw answers where it is set up for Kerberos: to NTLM within SPNEGO it says reject.
const REJECTS: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate oQcwBaADCgEC\r\n\
                       Content-Length: 15\r\n\r\nUnauthorised.\n\n";
/// To NTLM without SPNEGO it selects Kerberos.
const KERBEROS: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate oRQwEqADCgEBoQsGCSqGSIb3EgECAg==\r\n\
                        Content-Length: 15\r\n\r\nUnauthorised.\n\n";
/// What rdpgw answers to the second connection of a client that has nothing but a token.
const OWNED: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 41\r\n\r\n\
                     Tunnel is owned by a different session.\r\n";
const PLAIN: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";
const JSON: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
const INTERNAL: &str = "HTTP/1.1 500 Internal Server Error\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n";

fn http_rows() -> Vec<Row> {
    let http = |about, answer, finding, code| Row {
        code: Some(code),
        ..row(about, answers(answer), "http", finding)
    };
    vec![
        http("a proxy filters the method", FORBIDDEN, "gateway-method-filtered", 403),
        Row {
            script: Script { get: "404 Not Found", ..answers(FORBIDDEN) },
            ..http("a web server that refuses what it does not know", FORBIDDEN, "gateway-not-there", 403)
        },
        Row {
            script: Script { get: "403 Forbidden", ..answers(FORBIDDEN) },
            cause: Some("gateway-path-forbidden"),
            ..http("a proxy that refuses every method", FORBIDDEN, "gateway-http-refused", 403)
        },
        http("a web server", PAGE, "gateway-not-there", 200),
        http("an answer that ends", JSON, "gateway-not-there", 200),
        http("not a gateway", NOT_FOUND, "gateway-not-there", 404),
        http(
            "the service is down",
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            "gateway-service-down",
            503,
        ),
        Row {
            cause: Some("gateway-service-down"),
            ..http("a gateway that fails at once", INTERNAL, "gateway-http-refused", 500)
        },
        Row {
            script: Script { schemes: vec!["NTLM"], ..answers(NOT_HERE) },
            ..http("RPC over HTTP", NOT_HERE, "gateway-legacy-rpc", 404)
        },
        Row {
            script: Script { schemes: vec!["NTLM"], ..answers(NOT_FOUND) },
            ..http("RPC over HTTP on another connection", NOT_FOUND, "gateway-legacy-rpc", 404)
        },
        Row { step: "auth", ..http("Azure Virtual Desktop", BEARER, "gateway-azure-virtual-desktop", 401) }
            .with_account(),
    ]
}

fn auth_row(about: &'static str, script: Script, finding: &'static str) -> Row {
    Row { gateway: with_account(), code: Some(401), ..row(about, script, "auth", finding) }
}

fn auth_rows() -> Vec<Row> {
    let wrong = Account::new(USER, "wrong");
    let wrong = anonymous().account(Some(wrong));
    let bound = Some(channel_bindings(b"another certificate"));
    vec![
        Row {
            gateway: wrong,
            credentials: Credentials::Refused,
            cause: Some("gateway-credentials-wrong"),
            ..auth_row("a wrong password", ntlm(), "gateway-credentials-refused")
        },
        Row {
            credentials: Credentials::Refused,
            cause: Some("gateway-credentials-wrong"),
            ..auth_row(
                "Extended Protection behind a proxy that ends TLS",
                Script { bindings: bound, ..ntlm() },
                "gateway-credentials-refused",
            )
        },
        Row {
            credentials: Credentials::NotVerifiable,
            ..auth_row(
                "a proxy changes the connection, Windows",
                Script { after_proof: Some(AGAIN), ..ntlm() },
                "gateway-authentication-broken",
            )
        },
        auth_row(
            "a proxy ends the connection after the challenge",
            Script { closing: true, ..ntlm() },
            "gateway-authentication-broken",
        ),
        Row {
            code: Some(500),
            credentials: Credentials::NotVerifiable,
            ..auth_row(
                "a proxy changes the connection, another gateway",
                Script { after_proof: Some(INTERNAL), ..ntlm() },
                "gateway-authentication-broken",
            )
        },
        Row {
            gateway: with_account().authentication(GatewayAuthentication::Basic),
            ..auth_row("a scheme that is not offered", ntlm(), "gateway-scheme-not-offered")
        },
    ]
}

/// What comes to no judgement of a password.
fn unjudged_rows() -> Vec<Row> {
    vec![
        Row {
            gateway: anonymous().token(Some(Token("token".to_owned().into()))),
            ..auth_row("a token where an account is asked for", ntlm(), "gateway-scheme-not-offered")
        },
        auth_row("only Kerberos within Negotiate", negotiates(REJECTS), "gateway-scheme-refused"),
        auth_row("Kerberos is selected", negotiates(KERBEROS), "gateway-scheme-refused"),
        auth_row("NTLM is turned off", Script { begun: Some(PLAIN), ..ntlm() }, "gateway-scheme-refused"),
        Row {
            step: "handshake",
            credentials: Credentials::Verified,
            ..auth_row(
                "a second connection that another gateway answers",
                Script { carrier: Carrier::Bodies, second: Some(OWNED), ..ntlm() },
                "gateway-second-connection-refused",
            )
        },
        Row {
            code: Some(500),
            credentials: Credentials::NotVerifiable,
            cause: Some("gateway-account-service-failed"),
            ..auth_row(
                "a gateway that fails with the password in its hands",
                Script { schemes: vec!["Basic"], after_proof: Some(INTERNAL), ..Script::default() },
                "gateway-http-refused",
            )
        },
        Row {
            kind: FailureKind::Timeout,
            code: None,
            credentials: Credentials::NotVerifiable,
            cause: Some("gateway-proxy-buffers"),
            ..auth_row("silent after the proof", Script { after_proof: Some(""), ..ntlm() }, "gateway-silent")
        },
    ]
}

/// A code of the gateway: the script that sends it, the step, the number and the finding.
fn packet(about: &'static str, script: Script, step: &'static str, code: u32, finding: &'static str) -> Row {
    Row { kind: FailureKind::GatewayError, code: Some(code.into()), ..row(about, script, step, finding) }
}

fn packet_rows() -> Vec<Row> {
    let s = Script::default;
    let (policy, resource, target) =
        ("gateway-connection-policy", "gateway-resource-policy", "gateway-target-unreachable");
    let (handshake, tunnel) =
        (Script { handshake: 0x8007_59E9, ..s() }, Script { tunnel: 0x8007_59F8, ..s() });
    let (full, cap) = (Script { tunnel: 0x59E6, ..s() }, Script { authorize: 0x8007_59DB, ..s() });
    let (rap, down) = (Script { channel: 0x8007_59DA, ..s() }, Script { channel: 0x59DD, ..s() });
    let internal = Script { channel: 0x8007_59D8, ..s() };
    vec![
        packet("only a token", handshake, "handshake", 0x8007_59E9, "gateway-extended-auth-required"),
        packet("a bad token", tunnel, "tunnel", 0x8007_59F8, "gateway-token-refused"),
        packet("full", full, "tunnel", 0x59E6, "gateway-connection-limit"),
        packet("RD CAP refuses", cap, "authorize", 0x8007_59DB, policy),
        packet("RD RAP refuses", rap.clone(), "channel", 0x8007_59DA, resource),
        Row {
            gateway: anonymous().token(Some(Token("token".to_owned().into()))),
            cause: Some("gateway-token-other-host"),
            credentials: Credentials::Verified,
            ..packet("a token for another host", rap, "channel", 0x8007_59DA, resource)
        },
        packet("the server is down", down, "channel", 0x59DD, target),
        packet("the server is down, another gateway", internal, "channel", 0x8007_59D8, target),
    ]
}

/// What ends the channel while TLS with the server is made.
fn late_rows() -> Vec<Row> {
    let closed = |status| Script { close: Some((2, status)), ..Script::default() };
    let lost = packet("the gateway is gone in TLS", closed(None), "channel", 0, "gateway-connection-lost");
    vec![
        packet("closed in TLS", closed(Some(0x4D4)), "channel", 0x4D4, "gateway-session-ended"),
        Row { code: None, cause: Some("gateway-connection-cut"), ..lost },
    ]
}

fn other_rows() -> Vec<Row> {
    let silent = |carrier| Script { carrier, silent: tsgu::HANDSHAKE_REQUEST, ..Script::default() };
    let timeout = |about, script| Row {
        kind: FailureKind::Timeout,
        cause: Some("gateway-proxy-buffers"),
        ..row(about, script, "handshake", "gateway-silent")
    };
    let malformed = |about, script, step| Row {
        kind: FailureKind::Malformed,
        cause: Some("gateway-not-conforming"),
        ..row(about, script, step, "gateway-answer-malformed")
    };
    let asking = Script { wants_certificate: true, ..Script::default() };
    let asking = row("a certificate of the client", asking, "tls", "gateway-client-certificate-required");
    let garbage = |bytes| Script { garbage: Some(bytes), ..Script::default() };
    let endless = format!("HTTP/1.1 200 OK\r\n{}", "X: y\r\n".repeat(6000));
    vec![
        Row { kind: FailureKind::TlsAlert, code: Some(116), ..asking },
        timeout("silent after the upgrade", silent(Carrier::WebSocket)),
        timeout("silent in two connections", silent(Carrier::Bodies)),
        malformed("no HTTP", answers("220 mail\r\n"), "http"),
        malformed("headers without an end", answers(endless.leak()), "http"),
        malformed("another's upgrade", Script { wrong_accept: true, ..Script::default() }, "http"),
        malformed("a packet of four bytes", garbage(&[2, 0, 0, 0, 4, 0, 0, 0]), "handshake"),
        malformed("a packet of 4 GiB", garbage(&[2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]), "handshake"),
        malformed("another packet", garbage(&[9, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0]), "handshake"),
    ]
}

impl Row {
    fn with_account(self) -> Self {
        Self { gateway: with_account(), ..self }
    }
}

/// All of them.
pub(super) fn rows() -> Vec<Row> {
    [http_rows(), auth_rows(), unjudged_rows(), packet_rows(), late_rows(), other_rows()]
        .into_iter()
        .flatten()
        .collect()
}
