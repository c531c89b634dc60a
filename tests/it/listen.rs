//! `rdptrace listen`: what a client offers is seen, and no proof is asked for.

mod program;

use std::{future::pending, net::SocketAddr};

use rdptrace::{
    Report, Settings, System, Target, Tracer,
    codes::Phase,
    diagnose,
    internal::{
        demo::{PASSWORD, Select, USER},
        net::Door,
        relay::{Listener, Until},
    },
    render,
    report::{Outcome, Status},
    settings::{Account, Experiments, Security},
};
use time::OffsetDateTime;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What is reported of this client.
async fn listened<T>(select: Select, client: impl AsyncFnOnce(SocketAddr) -> T) -> (Report, T) {
    let door = Door::open(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
    let address = door.address().expect("an address");
    let listener = Listener::new(select, OffsetDateTime::now_utc()).expect("a listener");
    let mut reports = Vec::new();
    let mut keep = |report| reports.push(report);
    let serving = listener.serve(&door, &System, Until::FirstEnded, pending(), &mut keep);
    let (served, said) = tokio::join!(serving, client(address));
    served.expect("the door is open");
    (reports.pop().expect("a report"), said)
}

/// A trace as a client, with an account and to the end.
async fn traced(address: SocketAddr) -> Report {
    let target: Target = address.to_string().parse().expect("a target");
    let account = Account::new(USER, PASSWORD);
    let settings = Settings::default()
        .until(Some(Phase::Activate))
        .take_session(true)
        .account(Some(account))
        .experiments(Experiments::Off);
    Tracer::new(&target, &settings, &System).run().await
}

/// One without an account that offers this alone.
async fn with_security(address: SocketAddr, security: Security) -> Report {
    let target: Target = address.to_string().parse().expect("a target");
    let settings = Settings::default().security(security).experiments(Experiments::Off);
    Tracer::new(&target, &settings, &System).run().await
}

fn page(report: &Report) -> String {
    let mut page = Vec::new();
    render::text(report, &mut page).expect("a page");
    String::from_utf8(page).expect("text")
}

fn stopped_in(report: &Report) -> Option<Phase> {
    let summaries = report.trace.connections[0].phases.summaries();
    summaries.last().filter(|last| last.status == Status::Stopped).map(|last| last.phase)
}

fn assert_nothing_secret(report: &Report) {
    let json = serde_json::to_string(report).expect("a report");
    assert!(!json.contains(USER) && !json.contains(PASSWORD), "{json}");
}

#[tokio::test]
async fn with_nla_it_ends_after_the_first_message_and_asks_for_no_proof() {
    for select in [Select::Nla, Select::Best] {
        let (report, traced) = listened(select, traced).await;
        assert_eq!((stopped_in(&report), report.trace.request.until), (Some(Phase::Credssp), None));
        let client = report.trace.connections[0].client.as_ref().expect("what it offered");
        assert_eq!(client.credssp.as_ref().map(|said| said.version), Some(6));
        assert!(client.hello.is_some() && client.settings.is_none());
        let credssp = &traced.trace.connections[0].phases.credssp.as_ref().expect("it began").evidence;
        assert!(credssp.ntlm.is_none() && !credssp.attempted, "no CHALLENGE, no proof");
        assert_nothing_secret(&report);
    }
}

#[tokio::test]
async fn with_tls_it_sees_settings_and_capabilities() {
    let (report, _) = listened(Select::Tls, traced).await;
    assert_eq!((stopped_in(&report), report.verdict.outcome), (Some(Phase::Activate), Outcome::Stopped));
    let client = report.trace.connections[0].client.as_ref().expect("what it offered");
    assert_eq!(client.settings.as_ref().and_then(|settings| settings.build), Some(2600));
    assert_eq!(client.capabilities.as_ref().map(|said| said.source.as_str()), Some("IRONRDP"));
    assert_nothing_secret(&report);
    let page = page(&report);
    for line in [
        "  cookie     8 bytes",
        "  build      2600, name rdptrace, keyboard 0x409, desktop 1024x768",
        "  source     IRONRDP",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let again = diagnose(report.trace.clone());
    assert_eq!(
        (again.findings.len(), again.certificate.is_none()),
        (report.findings.len(), true),
        "judged again"
    );
    let of_server = report.findings.iter().find(|finding| !finding.code.as_str().starts_with("client-"));
    assert!(of_server.is_none(), "the server is the program's own: {of_server:?}");
}

#[tokio::test]
async fn with_rdp_it_ends_before_a_password_could_come() {
    let (report, _) =
        listened(Select::Rdp, async |address| with_security(address, Security::Rdp).await).await;
    assert_eq!(stopped_in(&report), Some(Phase::Mcs));
    let client = report.trace.connections[0].client.as_ref().expect("what it offered");
    assert!(client.settings.is_some() && client.info.is_none());
}

#[tokio::test]
async fn what_a_client_does_not_offer_is_refused_by_number() {
    let (report, _) =
        listened(Select::Nla, async |address| with_security(address, Security::Tls).await).await;
    assert_eq!(report.verdict.failure.as_ref().and_then(|failure| failure.code), Some(5));
    assert!(report.causes.is_empty(), "nobody but this program refused: {:?}", report.causes);
}

#[tokio::test]
async fn silence_and_garbage_are_reports_of_clients_that_left_too_early() {
    let silent = async |address| drop(TcpStream::connect(address).await.expect("it listens"));
    let garbage = async |address| {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.expect("it takes what comes");
        stream.shutdown().await.expect("an end");
        let _ = stream.read_to_end(&mut Vec::new()).await;
    };
    let (of_silent, ()) = listened(Select::Best, silent).await;
    let (of_garbage, ()) = listened(Select::Best, garbage).await;
    for report in [of_silent, of_garbage] {
        assert_eq!(report.trace.request.until, Some(Phase::Credssp), "it got less far");
        assert!(report.trace.connections[0].client.is_none());
        assert_eq!(page(&report).lines().count(), 1, "{}", page(&report));
    }
}

/// That it is listened to no longer is this program's own limit, and nobody's failure.
#[tokio::test]
async fn a_client_that_says_no_more_meets_a_limit_that_is_told() {
    let client = async |address| {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let request = [3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];
        stream.write_all(&request).await.expect("it is taken");
        stream.read_exact(&mut [0; 19]).await.expect("an answer");
        tokio::time::pause();
        let _ = stream.read(&mut [0]).await;
    };
    let (report, ()) = listened(Select::Nla, client).await;
    assert_eq!(report.verdict.outcome, Outcome::Stopped);
    assert!(page(&report).contains("within the 30 s that rdptrace listens"), "{}", page(&report));
}

/// Of two clients only the first is listened to where one is wanted: the other is not half of a report.
#[tokio::test]
async fn where_one_client_is_wanted_another_one_waits_and_is_not_reported() {
    let door = Door::open(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
    let address = door.address().expect("an address");
    let listener = Listener::new(Select::Nla, OffsetDateTime::now_utc()).expect("a listener");
    let mut reports = Vec::new();
    let mut keep = |report| reports.push(report);
    let serving = listener.serve(&door, &System, Until::FirstEnded, pending(), &mut keep);
    let clients = async {
        let mut first = TcpStream::connect(address).await.expect("it listens");
        let second = TcpStream::connect(address).await.expect("it listens");
        let request = [3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];
        first.write_all(&request).await.expect("it is taken");
        first.read_exact(&mut [0; 19]).await.expect("an answer");
        first.shutdown().await.expect("it leaves");
        second
    };
    let (served, _waiting) = tokio::join!(serving, clients);
    served.expect("the door is open");
    assert_eq!(reports.len(), 1);
    assert!(reports[0].trace.connections[0].client.as_ref().is_some_and(|client| client.request.is_some()));
}
