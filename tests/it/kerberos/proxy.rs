//! A KDC proxy (MS-KKDCP): what it is asked, and how each of its answers is told.

use std::io;

use rdptrace::{
    Endpoint, Report,
    internal::pdu::der::encode,
    report::{FailureKind, KdcEvidence},
    settings::Kdc,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::{
    ended,
    issuer::{Salt, as_rep, refers_to, ticket},
    kind,
    messages::{error, preauthentication_required},
    realm::{Posts, Realm, Says, said},
};
use crate::{
    gateway::lab::{issued, presenting},
    heads::head,
};

/// Answers one question.
pub(super) async fn serve(stream: DuplexStream, says: Says, number: usize, posts: Posts) -> io::Result<()> {
    let (certificate, key) = issued("kdc1");
    let mut stream = TlsAcceptor::from(presenting(&certificate, &key, None)).accept(stream).await?;
    let head = head(&mut stream).await?;
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    stream.read_exact(&mut body).await?;
    posts.lock().expect("no test panics while it holds it").push((head, body));
    let answer = match (said(&says, number), says) {
        (Some(message), _) => answered(&message),
        (None, Says::Raw(bytes)) => bytes,
        (None, Says::Closes) => Vec::new(),
        (None, _) => std::future::pending().await,
    };
    stream.write_all(&answer).await?;
    stream.shutdown().await
}

/// A KDC-PROXY-MESSAGE with this message behind its length.
fn answered(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a short answer").to_be_bytes();
    let body = encode(0x30, &[&encode(0xA0, &[&encode(0x04, &[&length, message])])]);
    let head =
        format!("HTTP/1.1 200 OK\r\nServer: Microsoft-HTTPAPI/2.0\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.into_bytes(), body].concat()
}

fn proxy(host: &str) -> Kdc {
    Kdc::proxy(Endpoint::new(host, 443), "/KdcProxy")
}

fn seen(report: &Report) -> &KdcEvidence {
    let credssp = report.trace.connections[0].phases.credssp.as_ref().expect("CredSSP began");
    credssp.evidence.kdc.as_ref().expect("a KDC was asked")
}

#[tokio::test(start_paused = true)]
async fn a_ticket_comes_through_a_kdc_proxy() {
    let says = Says::InTurn(vec![preauthentication_required(), as_rep(18, Salt::Untold), ticket()]);
    let realm = Realm::of(says);
    let report = realm.trace(&[proxy("kdc1")]).await;
    let seen = seen(&report);
    assert!(seen.ticket, "{:#?}", report.verdict);
    assert_eq!((seen.host.as_str(), seen.transport.as_str()), ("kdc1", "https"));
    let asked = seen.proxy.as_ref().expect("a proxy");
    assert_eq!((asked.path.as_str(), asked.status), ("/KdcProxy", Some(200)));
    assert_eq!(asked.server.as_deref(), Some("Microsoft-HTTPAPI/2.0"));
    let wrong = report.findings.iter().find(|found| found.code.as_str() == "kdc-proxy-certificate");
    assert_eq!(
        wrong.expect("it is self-signed").message,
        "the certificate of the KDC proxy kdc1 is self-signed"
    );
    let posts = realm.posts.lock().expect("no test panics while it holds it").clone();
    assert_eq!(posts.len(), 3);
    for (head, body) in posts {
        let expected = format!(
            "POST /KdcProxy HTTP/1.1\r\nHost: kdc1:443\r\nCache-Control: no-cache\r\nPragma: no-cache\r\n\
             User-Agent: kerberos/1.0\r\nContent-Type: application/kerberos\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        assert_eq!(head, expected);
        // SEQUENCE { [0] OCTET STRING, [1] GeneralString }, the message behind its length of four bytes.
        let (message, realm) = body.split_at(body.len() - "CORP.EXAMPLE".len() - 4);
        assert_eq!(realm, [b"\xA1\x0E\x1B\x0C", &b"CORP.EXAMPLE"[..]].concat());
        let length = u32::try_from(message.len()).expect("it is short");
        let behind = |at: usize| u32::from_be_bytes(message[at..at + 4].try_into().expect("four bytes"));
        assert!(
            (8..16).any(|at| behind(at) + u32::try_from(at).expect("small") + 4 == length),
            "{message:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_kdc_proxy_answers_instead_is_told() {
    const INTERIM: &str = "HTTP/1.1 100 Continue\r\n\r\n";
    let down = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    let unavailable = "the KDC proxy kdc1:443: the KDC proxy answered 503 Service Unavailable";
    let http = (FailureKind::HttpStatus, "kdc-proxy-refused");
    let malformed = (FailureKind::Malformed, "kdc-answer-malformed");
    for (answer, (expected, finding), code, words) in [
        (down.to_owned(), http, Some(503), unavailable),
        (format!("{}{down}", INTERIM.repeat(7)), http, Some(503), unavailable),
        (
            format!("{}{down}", INTERIM.repeat(8)),
            malformed,
            None,
            "the KDC proxy kdc1:443: one informational answer follows another",
        ),
        (
            "HTTP/1.1 403 \r\nContent-Length: 0\r\n\r\n".to_owned(),
            http,
            Some(403),
            "the KDC proxy kdc1:443: the KDC proxy answered 403",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nnonsense".to_owned(),
            malformed,
            None,
            "the KDC proxy kdc1:443: the answer of the KDC proxy cannot be read",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: eight\r\n\r\n".to_owned(),
            malformed,
            None,
            "the KDC proxy kdc1:443: ",
        ),
        ("SSH-2.0-OpenSSH_9.9\r\n".to_owned(), malformed, None, "the KDC proxy kdc1:443: "),
    ] {
        let report = Realm::of(Says::Raw(answer.clone().into_bytes())).trace(&[proxy("kdc1")]).await;
        ended(&report, finding);
        let failure = report.verdict.failure.as_ref().expect("it failed");
        assert_eq!((failure.kind, failure.code), (expected, code), "{answer}");
        assert!(failure.detail.starts_with(words), "{answer}: {}", failure.detail);
    }
    for (says, expected, words) in [
        (Says::Closes, FailureKind::Closed, "the KDC proxy closed the connection"),
        (Says::Silent, FailureKind::Timeout, "the KDC proxy sent nothing for 10.0 s"),
    ] {
        let report = Realm::of(says).trace(&[proxy("kdc1")]).await;
        let detail = &report.verdict.failure.as_ref().expect("it failed").detail;
        assert_eq!(
            (kind(&report), detail.as_str()),
            (expected, &*format!("the KDC proxy kdc1:443: {words}"))
        );
    }
}

/// It leads to every realm, so it is asked in the other one too.
#[tokio::test(start_paused = true)]
async fn a_kdc_proxy_is_asked_in_the_realm_that_another_kdc_names() {
    let says =
        vec![preauthentication_required(), as_rep(18, Salt::Untold), refers_to("OTHER.EXAMPLE"), ticket()];
    let realm = Realm::of(Says::InTurn(says));
    let report = realm.trace(&[proxy("kdc1")]).await;
    assert!(seen(&report).ticket, "{:#?}", report.verdict);
    let posts = realm.posts.lock().expect("no test panics while it holds it").clone();
    let realms: Vec<_> = posts.iter().map(|(_, body)| body.ends_with(b"OTHER.EXAMPLE")).collect();
    assert_eq!(realms, [false, false, false, true]);
}

/// The one after it is asked when it does not answer, and it is not asked again after the other has.
#[tokio::test(start_paused = true)]
async fn the_next_proxy_is_asked_where_one_is_out_of_order() {
    let down = Says::Raw(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".to_vec());
    let realm = Realm::new(vec![("kdc1", down, Says::Silent), ("kdc2", Says::This(error(7)), Says::Silent)]);
    let report = realm.trace(&[proxy("kdc1"), proxy("kdc2")]).await;
    let seen = ended(&report, "kdc-service-unknown");
    assert_eq!((seen.host.as_str(), seen.unanswered[0].host.as_str()), ("kdc2", "kdc1"));
    assert_eq!(seen.unanswered[0].failure.code, Some(503));
    assert_eq!(realm.asked(), ["https kdc1", "https kdc2"]);
}
