//! A pinned certificate is looked at before the account is used: at the target, at its hops, and at a gateway.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use rdptrace::{
    BoxStream, Network, Report, Settings, Target, Tracer,
    codes::Phase,
    internal::demo::Server,
    report::{Credentials, Failure, Outcome},
    settings::Security,
};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional, duplex};
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::{
    demo::pipe,
    farm::{self, BROKER as TARGET, HOST, attempts, found, server},
    faults,
};

const OTHER: &str = "0123456789abcdef0123456789abcdef01234567";

/// Hosts by name that keep their certificates; the first one is traced.
struct Farm {
    hosts: Vec<(&'static str, Arc<Server>)>,
    /// Whether somebody takes NLA out of what the first host is asked for.
    downgraded: bool,
}

impl Farm {
    /// Hosts with these faults; an empty one is none.
    fn of(hosts: &[(&'static str, &str)]) -> Self {
        let hosts = hosts.iter().map(|(host, name)| (*host, server(name))).collect();
        Self { hosts, downgraded: false }
    }

    async fn trace(&self, pin: &str, settings: Settings) -> Report {
        let target: Target = TARGET.parse().expect("a target");
        let settings = settings.expected_thumbprint(Some(pin.to_owned()));
        Tracer::new(&target, &settings, self).run().await
    }

    /// What the first host serves: SHA-1 and SHA-256.
    async fn served(&self) -> [String; 2] {
        let settings = Settings::default().account(None).until(Some(Phase::Tls));
        let report = self.trace(OTHER, settings).await;
        let tls = report.trace.connections[0].phases.tls.as_ref().expect("TLS");
        let prints = tls.evidence.thumbprints.clone().expect("a certificate");
        [prints.sha1, prints.sha256]
    }
}

#[async_trait]
impl Network for Farm {
    fn now(&self) -> OffsetDateTime {
        pipe::NOW
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        farm::address(self.hosts.iter().map(|(name, _)| *name), host)
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let number = farm::number(address);
        let (mut behind, _, _server) = pipe::connect_to(Arc::clone(&self.hosts[number].1));
        if !self.downgraded || number > 0 {
            return Ok(Box::new(behind));
        }
        let (client, mut server) = duplex(64 * 1024);
        tokio::spawn(async move {
            let mut request = vec![0; 4];
            server.read_exact(&mut request).await?;
            request.resize(usize::from(request[3]), 0);
            server.read_exact(&mut request[4..]).await?;
            // requestedProtocols is the last of it.
            let protocols = request.len() - 4;
            request[protocols..].copy_from_slice(&[1, 0, 0, 0]);
            behind.write_all(&request).await?;
            copy_bidirectional(&mut server, &mut behind).await.map(|_| ())
        });
        Ok(Box::new(client))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Ok(Vec::new())
    }
}

/// The account, and the target under its own name.
fn with_account() -> Settings {
    faults::settings().server_name(None).until(None)
}

#[track_caller]
fn assert_not_used(report: &Report) {
    let verdict = &report.verdict;
    assert_eq!(
        (verdict.outcome, verdict.phase),
        (Outcome::Stopped, Some(Phase::Credssp)),
        "{}",
        verdict.summary
    );
    assert_eq!(verdict.credentials, Credentials::NotAttempted, "{}", verdict.summary);
}

fn mismatch(report: &Report) -> bool {
    found(report, "certificate-thumbprint-mismatch")
}

#[tokio::test(start_paused = true)]
async fn the_account_is_used_where_the_pinned_certificate_was_served_and_nowhere_else() {
    for (name, security) in
        [("", Security::Auto), ("hybrid", Security::Nla), ("certificate-expired", Security::Auto)]
    {
        let farm = Farm::of(&[(TARGET, name)]);
        for pin in farm.served().await {
            let report = farm.trace(&pin, with_account().security(security)).await;
            assert_eq!(report.verdict.credentials, Credentials::Verified, "{}", report.verdict.summary);
            assert!(!mismatch(&report));
        }
        let report = farm.trace(OTHER, with_account().security(security)).await;
        assert_not_used(&report);
        assert!(mismatch(&report));
        assert!(
            report.trace.connections[0].phases.credssp.as_ref().is_some_and(|r| r.evidence.ntlm.is_some())
        );
    }
}

/// The host that is called by another name has a certificate of its own; one that shows the pinned one gets the account.
#[tokio::test(start_paused = true)]
async fn a_hop_gets_the_account_only_where_it_serves_the_pinned_certificate() {
    let settings =
        || with_account().follow_redirects(5).follow_with_account(true).until(Some(Phase::Licensing));
    let farm = Farm::of(&[(TARGET, "redirect-to-name"), (HOST, "")]);
    let [pin, _] = farm.served().await;
    let report = farm.trace(&pin, settings()).await;
    assert_eq!(attempts(&report), [true, false], "{}", report.verdict.summary);
    assert_eq!(report.verdict.outcome, Outcome::Stopped);
    let way_out = "trace rdsh02.corp.example itself with its own --expect-thumbprint";
    assert!(report.verdict.summary.contains(way_out), "{}", report.verdict.summary);
    assert!(mismatch(&report), "the account was to be used there");
    let without = farm.trace(&pin, settings().account(None)).await;
    assert!(!mismatch(&without), "nothing depends on it");
    // Without NLA nothing holds the trace at the first host, whoever that is.
    let farm = Farm { downgraded: true, ..farm };
    for pin in [pin.as_str(), OTHER] {
        let report = farm.trace(pin, settings()).await;
        assert_eq!(attempts(&report), [false, false], "{}", report.verdict.summary);
        assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
    }
    // The farm's hosts share their certificate.
    let hosts = vec![(TARGET, Arc::clone(&farm.hosts[1].1)), (HOST, Arc::clone(&farm.hosts[1].1))];
    let one = Farm { hosts, downgraded: true };
    let [pin, _] = one.served().await;
    let shared = Farm { hosts: vec![farm.hosts[0].clone(), one.hosts[1].clone()], downgraded: true };
    let report = shared.trace(&pin, settings()).await;
    assert_eq!(attempts(&report), [false, true], "{}", report.verdict.summary);
}

/// On the way without a Connection Request too.
#[tokio::test(start_paused = true)]
async fn direct_tls_does_not_go_around_the_pin() {
    let farm = Farm::of(&[(TARGET, "direct-tls")]);
    let settings = || with_account().direct_tls(true).until(Some(Phase::Licensing));
    let report = farm.trace(OTHER, settings()).await;
    let tls = report.trace.connections[0].phases.tls.as_ref().expect("TLS");
    let pin = tls.evidence.thumbprints.clone().expect("a certificate").sha256;
    let used = farm.trace(&pin, settings()).await;
    assert!(attempts(&used).contains(&true), "{}", used.verdict.summary);
    assert!(!attempts(&report).contains(&true), "{}", report.verdict.summary);
    assert_eq!(report.verdict.credentials, Credentials::NotAttempted);
    assert!(mismatch(&report));
}
