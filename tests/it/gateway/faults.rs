//! Every way in which the leg to and through a gateway ends is told apart, and is the gateway's.

use std::sync::atomic::Ordering::SeqCst;

use rdptrace::{
    codes::Phase,
    pdu::tsgu,
    report::{Credentials, FailureKind, Outcome},
    settings::{Account, Gateway, GatewayAuthentication},
};

use super::{
    acceptor::USER,
    lab::{Lab, anonymous, with_account},
    packets::Carrier,
    script::Script,
};

/// A fault, and what a report has to say of it.
struct Row {
    about: &'static str,
    script: Script,
    gateway: Gateway,
    step: &'static str,
    kind: FailureKind,
    code: Option<i64>,
    finding: &'static str,
    cause: Option<&'static str>,
    credentials: Credentials,
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

fn answers(answer: &'static str) -> Script {
    Script { first: Some(answer), ..Script::default() }
}

fn ntlm() -> Script {
    Script { schemes: vec!["NTLM"], ..Script::default() }
}

const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n";
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>";
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BEARER: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n";
const AGAIN: &str = "HTTP/1.1 401 Unauthorized\r\nVia: 1.1 proxy\r\nWWW-Authenticate: NTLM \
                     TlRMTVNTUAACAAAAAAAAADgAAAAFgoqiAAAAAAAAAAAAAAAAAAAAADgAAAAAAAAA\r\nContent-Length: 0\r\n\r\n";
const INTERNAL: &str = "HTTP/1.1 500 Internal Server Error\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n";

fn http_rows() -> Vec<Row> {
    let http = |about, answer, finding, code| Row {
        code: Some(code),
        ..row(about, answers(answer), "http", finding)
    };
    vec![
        http("a proxy filters the method", FORBIDDEN, "gateway-method-filtered", 403),
        http("a web server", PAGE, "gateway-not-there", 200),
        http("not a gateway", NOT_FOUND, "gateway-not-there", 404),
        http(
            "the service is down",
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            "gateway-service-down",
            503,
        ),
        Row { step: "auth", ..http("Azure Virtual Desktop", BEARER, "gateway-azure-virtual-desktop", 401) }
            .with_account(),
    ]
}

fn auth_rows() -> Vec<Row> {
    let wrong = Account { user: USER.to_owned(), domain: None, password: "wrong".to_owned().into() };
    let wrong = Gateway { account: Some(wrong), ..anonymous() };
    let auth = |about, script, finding| Row {
        gateway: with_account(),
        code: Some(401),
        ..row(about, script, "auth", finding)
    };
    let bound = Some(rdptrace::certificate::channel_bindings(b"another certificate"));
    vec![
        Row {
            gateway: wrong,
            credentials: Credentials::Refused,
            cause: Some("gateway-credentials-wrong"),
            ..auth("a wrong password", ntlm(), "gateway-credentials-refused")
        },
        Row {
            credentials: Credentials::Refused,
            cause: Some("gateway-credentials-wrong"),
            ..auth(
                "Extended Protection behind a proxy that ends TLS",
                Script { bindings: bound, ..ntlm() },
                "gateway-credentials-refused",
            )
        },
        Row {
            credentials: Credentials::NotVerifiable,
            ..auth(
                "a proxy changes the connection, Windows",
                Script { after_proof: Some(AGAIN), ..ntlm() },
                "gateway-authentication-broken",
            )
        },
        Row {
            code: Some(500),
            credentials: Credentials::NotVerifiable,
            ..auth(
                "a proxy changes the connection, another gateway",
                Script { after_proof: Some(INTERNAL), ..ntlm() },
                "gateway-authentication-broken",
            )
        },
        Row {
            gateway: Gateway { authentication: GatewayAuthentication::Basic, ..with_account() },
            ..auth("a scheme that is not offered", ntlm(), "gateway-scheme-not-offered")
        },
    ]
}

fn packet_rows() -> Vec<Row> {
    let packet = |about, script, step, code: u32, finding| Row {
        kind: FailureKind::GatewayError,
        code: Some(code.into()),
        ..row(about, script, step, finding)
    };
    let s = Script::default;
    vec![
        packet(
            "only a token is taken",
            Script { handshake: 0x8007_59E9, ..s() },
            "handshake",
            0x8007_59E9,
            "gateway-extended-auth-required",
        ),
        packet(
            "a bad token",
            Script { tunnel: 0x8007_59F8, ..s() },
            "tunnel",
            0x8007_59F8,
            "gateway-token-refused",
        ),
        packet("full", Script { tunnel: 0x59E6, ..s() }, "tunnel", 0x59E6, "gateway-connection-limit"),
        packet(
            "RD CAP refuses",
            Script { authorize: 0x8007_59DB, ..s() },
            "authorize",
            0x8007_59DB,
            "gateway-connection-policy",
        ),
        packet(
            "RD RAP refuses",
            Script { channel: 0x8007_59DA, ..s() },
            "channel",
            0x8007_59DA,
            "gateway-resource-policy",
        ),
        packet(
            "the server is down",
            Script { channel: 0x59DD, ..s() },
            "channel",
            0x59DD,
            "gateway-target-unreachable",
        ),
        packet(
            "the server is down, another gateway",
            Script { channel: 0x8007_59D8, ..s() },
            "channel",
            0x8007_59D8,
            "gateway-target-unreachable",
        ),
        packet(
            "the channel is closed in TLS",
            Script { close: Some((2, Some(0x4D4))), ..s() },
            "channel",
            0x4D4,
            "gateway-session-ended",
        ),
        Row {
            code: None,
            cause: None,
            ..packet(
                "the gateway is gone in TLS",
                Script { close: Some((2, None)), ..s() },
                "channel",
                0,
                "gateway-connection-lost",
            )
        },
    ]
}

fn other_rows() -> Vec<Row> {
    let other = |about, kind, script, step, finding| Row {
        kind,
        cause: (finding == "gateway-silent").then_some("gateway-proxy-buffers"),
        ..row(about, script, step, finding)
    };
    let silent = |kind| Script { silent: kind, ..Script::default() };
    vec![
        other(
            "silent after the upgrade",
            FailureKind::Timeout,
            silent(tsgu::HANDSHAKE_REQUEST),
            "handshake",
            "gateway-silent",
        ),
        other(
            "silent in two connections",
            FailureKind::Timeout,
            Script { carrier: Carrier::Bodies, ..silent(tsgu::HANDSHAKE_REQUEST) },
            "handshake",
            "gateway-silent",
        ),
        Row {
            cause: None,
            ..other(
                "an upgrade that is not ours",
                FailureKind::Malformed,
                Script { wrong_accept: true, ..Script::default() },
                "http",
                "gateway-answer-malformed",
            )
        },
        Row {
            cause: None,
            ..other(
                "no HTTP",
                FailureKind::Malformed,
                answers("220 mail\r\n"),
                "http",
                "gateway-answer-malformed",
            )
        },
    ]
}

impl Row {
    fn with_account(self) -> Self {
        Self { gateway: with_account(), ..self }
    }
}

async fn difference(row: &Row) -> Option<String> {
    let lab = Lab::new(row.script.clone());
    let report = lab.trace(row.gateway.clone()).await;
    let verdict = &report.verdict;
    let failure = verdict.failure.as_ref();
    let found = report.findings.iter().any(|finding| finding.code == row.finding);
    let cause = report.causes.first().map(|cause| cause.code.as_str());
    let seen = (
        verdict.outcome == Outcome::Aborted && verdict.phase == Some(Phase::Gateway),
        verdict.step.as_deref(),
        failure.map(|failure| failure.kind),
        failure.and_then(|failure| failure.code),
        found,
        cause,
        verdict.gateway_credentials,
        lab.seen.proofs.load(SeqCst) <= 1,
        report.trace.connections.len(),
    );
    let code = row.code;
    let expected =
        (true, Some(row.step), Some(row.kind), code, true, row.cause, Some(row.credentials), true, 1);
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
    (seen != expected).then(|| format!("{}: {seen:?} {codes:?} {}", row.about, verdict.summary))
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_macros, reason = "the figure is for whoever runs the tests")]
async fn every_gateway_fault_is_found_in_its_step_with_its_cause() {
    let rows = [http_rows(), auth_rows(), packet_rows(), other_rows()].concat_rows();
    let mut wrong = Vec::new();
    for row in &rows {
        wrong.extend(difference(row).await);
    }
    let found = rows.len() - wrong.len();
    println!(
        "{found} of {} gateway faults are found: step, kind, code, finding, first cause, credentials",
        rows.len()
    );
    assert!(wrong.is_empty(), "{found} of {} gateway faults are found: {wrong:#?}", rows.len());
}

trait ConcatRows {
    fn concat_rows(self) -> Vec<Row>;
}

impl<const N: usize> ConcatRows for [Vec<Row>; N] {
    fn concat_rows(self) -> Vec<Row> {
        self.into_iter().flatten().collect()
    }
}
