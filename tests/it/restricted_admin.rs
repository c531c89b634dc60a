//! Restricted Admin mode: demanded with the account, used only where the server supports it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use rdptrace::{
    BoxStream, Network, Report, Settings, Target, Tracer,
    internal::demo::{PASSWORD, USER},
    report::{Credentials, Direction, Failure, Outcome},
    settings::{Account, Logon},
};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional, duplex};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::lab::Lab;

/// The demo server, whose negotiation response has these flags.
struct Flagged {
    lab: Lab,
    flags: u8,
    /// The flags of each Connection Request.
    requests: Arc<Mutex<Vec<u8>>>,
}

impl Flagged {
    fn new(flags: u8) -> Self {
        Self { lab: Lab::of(None), flags, requests: Arc::default() }
    }

    async fn trace(&self, restricted_admin: bool, account: bool) -> Report {
        self.trace_with(None, restricted_admin, account).await
    }

    async fn trace_with(&self, pin: Option<String>, restricted_admin: bool, account: bool) -> Report {
        let logon = account.then(|| Logon::new(Account::new(USER, PASSWORD)));
        let settings = Settings::default()
            .logon(logon.map(|logon| if restricted_admin { logon.with_restricted_admin() } else { logon }))
            .expected_thumbprint(pin);
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        Tracer::new(&target, &settings, self).run().await
    }

    fn requests(&self) -> Vec<u8> {
        self.requests.lock().expect("no test panics while it holds it").clone()
    }
}

#[async_trait]
impl Network for Flagged {
    fn now(&self) -> OffsetDateTime {
        self.lab.now()
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        self.lab.look_up(host).await
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let mut behind = self.lab.connect(address).await?;
        let (client, mut server) = duplex(64 * 1024);
        let (flags, requests) = (self.flags, Arc::clone(&self.requests));
        tokio::spawn(async move {
            let mut request = vec![0; 4];
            server.read_exact(&mut request).await?;
            request.resize(usize::from(request[3]), 0);
            server.read_exact(&mut request[4..]).await?;
            // RDP_NEG_REQ is the last of it.
            let asked = request[request.len() - 7];
            requests.lock().expect("no test panics while it holds it").push(asked);
            behind.write_all(&request).await?;
            let mut confirm = [0; 19];
            behind.read_exact(&mut confirm).await?;
            confirm[12] |= flags;
            server.write_all(&confirm).await?;
            copy_bidirectional(&mut server, &mut behind).await.map(|_| ())
        });
        Ok(Box::new(client))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.lab.system_roots()
    }
}

fn message<'a>(report: &'a Report, code: &str) -> Option<&'a str> {
    report
        .findings
        .iter()
        .find(|finding| finding.code.as_str() == code)
        .map(|finding| finding.message.as_str())
}

/// The length of the last TSRequest of the client, which delegates the credentials.
fn delegated(report: &Report) -> u64 {
    let sent = report.trace.connections[0].frames.iter().filter(|frame| frame.direction == Direction::Sent);
    let secret: Vec<_> = sent.filter(|frame| frame.head.is_none()).collect();
    u64::try_from(secret.last().expect("credentials were delegated").length).expect("a length")
}

#[tokio::test(start_paused = true)]
async fn where_it_is_supported_no_password_is_delegated() {
    let server = Flagged::new(0x08);
    let restricted = server.trace(true, true).await;
    assert_eq!(restricted.verdict.outcome, Outcome::Passed, "{:#?}", restricted.verdict);
    assert_eq!(restricted.verdict.credentials, Credentials::Verified);
    let said = message(&restricted, "restricted-admin-used").expect("it is told");
    assert!(said.contains("does not say that it supports Remote Credential Guard"), "{said}");
    let full = server.trace(false, true).await;
    assert_eq!(message(&full, "restricted-admin-used"), None);
    // The user and the password, in UTF-16, are what is missing.
    let missing = 2 * (USER.len() + PASSWORD.len()) as u64;
    assert_eq!(delegated(&full) - delegated(&restricted), missing);
    assert_eq!(server.requests(), [1, 0]);
}

#[tokio::test(start_paused = true)]
async fn where_it_is_not_supported_the_account_is_not_used() {
    let server = Flagged::new(0x10);
    let report = server.trace(true, true).await;
    assert_eq!(report.verdict.outcome, Outcome::Stopped);
    assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
    let said = message(&report, "restricted-admin-unsupported").expect("it is told");
    assert!(said.ends_with("; it supports Remote Credential Guard"), "{said}");
    assert!(message(&report, "account-not-used").is_some());
}

#[tokio::test(start_paused = true)]
async fn only_the_connection_with_the_account_demands_it() {
    let server = Flagged::new(0);
    server.trace(true, false).await;
    assert_eq!(server.requests(), [0]);
}

#[tokio::test(start_paused = true)]
async fn another_certificate_than_the_pinned_one_is_shown_no_proof_either() {
    let server = Flagged::new(0x08);
    let report = server.trace_with(Some("0".repeat(64)), true, true).await;
    assert_eq!(report.verdict.outcome, Outcome::Stopped);
    assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
    assert!(message(&report, "certificate-thumbprint-mismatch").is_some());
    assert!(report.trace.connections[0].frames.iter().all(|frame| frame.head.is_some()));
}
