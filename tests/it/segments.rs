//! What short TCP segments, a ClientHello that only an alert answers, and a connection without a byte show.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use async_trait::async_trait;
use rdptrace::{
    BoxStream, Network, Report, Target, Tracer,
    report::{Cause, ExperimentKind, Failure, Likelihood, Place, Purpose, Status},
};
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::{
    faults::{settings, settings_for, trace},
    lab::{Lab, fault},
};

/// A path on which only what is sent in short segments arrives.
#[derive(Debug)]
struct Narrow {
    usual: Lab,
    small: Lab,
}

#[async_trait]
impl Network for Narrow {
    fn now(&self) -> OffsetDateTime {
        self.usual.now()
    }

    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        self.usual.look_up(host).await
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        self.usual.connect(address).await
    }

    async fn connect_small(&self, address: SocketAddr) -> io::Result<BoxStream> {
        self.small.connect(address).await
    }

    fn has_small_segments(&self) -> bool {
        true
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        self.usual.system_roots()
    }
}

/// Without an account, so that what comes behind TLS can be asked for again.
pub(crate) async fn narrow(usual: &str, small: Option<&str>) -> Report {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let settings = settings().account(None).nla(false);
    let way = Narrow { usual: Lab::of(Some(fault(usual))), small: Lab::of(small.map(fault)) };
    Tracer::new(&target, &settings, &way).run().await
}

fn cause<'a>(report: &'a Report, code: &str) -> Option<&'a Cause> {
    report.causes.iter().find(|cause| cause.code.as_str() == code)
}

fn made(report: &Report, kind: ExperimentKind) -> usize {
    let is = |purpose: &Purpose| matches!(purpose, Purpose::Experiment(name) if name.is(kind));
    report.trace.connections.iter().filter(|made| is(&made.purpose)).count()
}

#[tokio::test(start_paused = true)]
async fn short_segments_that_pass_every_time_prove_the_size_of_packets() {
    for name in ["negotiate-silence", "tls-silence", "mcs-silence"] {
        let report = narrow(name, None).await;
        let first = &report.causes[0];
        assert_eq!((first.code.as_str(), first.at), ("path-mtu", Some(Place::Path)), "{name}: {report:#?}");
        assert_eq!(first.likelihood, Likelihood::Certain, "{name}");
        assert_eq!(made(&report, ExperimentKind::SmallSegments), 4, "{name}");
        assert!(cause(&report, "services-hung").is_none(), "{name}");
        assert!(report.trace.connections.len() <= 1 + 16, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_in_short_segments_too_blames_no_size() {
    for name in ["negotiate-silence", "tls-silence"] {
        let report = narrow(name, Some(name)).await;
        assert_eq!(made(&report, ExperimentKind::SmallSegments), 1, "{name}");
        assert!(cause(&report, "path-mtu").is_none(), "{name}");
        assert!(cause(&report, "services-hung").is_some(), "{name}");
    }
}

/// Where the system cannot keep segments short, nothing of it is tried or told.
#[tokio::test(start_paused = true)]
async fn a_system_without_short_segments_makes_no_such_experiment() {
    let report = trace(Some(fault("tls-silence")), &settings_for(None)).await;
    assert_eq!(made(&report, ExperimentKind::SmallSegments), 0);
}

#[tokio::test(start_paused = true)]
async fn a_hello_that_only_an_alert_answers_tells_a_listener_from_a_path() {
    let alive = trace(Some(fault("tls-short-hello-alone-answered")), &settings()).await;
    assert_eq!(alive.causes[0].code.as_str(), "path-drops-large-packets");
    assert_eq!(alive.causes[0].likelihood, Likelihood::Likely);
    let hung = trace(Some(fault("tls-silence")), &settings()).await;
    assert_eq!(hung.causes[0].code.as_str(), "services-hung");
    let lost = cause(&hung, "path-drops-large-packets").expect("it is not excluded");
    assert_eq!(lost.likelihood, Likelihood::Possible);
    assert!(lost.against.iter().any(|said| said.contains("only an alert can answer")), "{lost:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_a_byte_tells_who_closes_by_itself() {
    let unasked = trace(Some(fault("negotiate-close-unasked")), &settings()).await;
    let proxy = cause(&unasked, "proxy-without-live-host").expect("a cause");
    assert!(proxy.because.iter().any(|said| said.contains("nothing is sent is ended too")), "{proxy:#?}");
    let asked = trace(Some(fault("negotiate-close")), &settings()).await;
    let proxy = cause(&asked, "proxy-without-live-host").expect("a cause");
    assert!(proxy.against.iter().any(|said| said.contains("stays open")), "{proxy:#?}");
    let is = |purpose: &Purpose| purpose.to_string() == "experiment:connect-only";
    let silent = asked.trace.connections.iter().find(|made| is(&made.purpose)).expect("it was made");
    assert_eq!(silent.phases.negotiate.as_ref().map(|record| record.status), Some(Status::Stopped));
    assert!(silent.frames.is_empty());
}

/// Whatever ends a connection at once is followed up in no time.
#[tokio::test(start_paused = true)]
async fn an_abort_is_followed_up_soon_and_by_few_connections() {
    let ended = ["negotiate-close", "negotiate-reset", "certificate-missing", "tls-close", "tls-reset"];
    for name in ended.into_iter().chain(["tls-handshake-failure", "credssp-close", "mcs-close"]) {
        let report = trace(Some(fault(name)), &settings()).await;
        let phases = report.trace.connections[0].phases.summaries();
        let took: f64 = phases.iter().map(|summary| summary.elapsed_ms.0).sum();
        let added = report.trace.elapsed_ms.0 - took;
        assert!(added <= 1500.0, "{name}: {added} ms");
        assert!(report.trace.connections.len() <= 2 + 16, "{name}");
    }
}

/// That the same failed again speaks for no cause, but beside the other side of a difference.
#[tokio::test(start_paused = true)]
async fn repetition_speaks_for_a_difference_alone() {
    let repeats = |said: &String| said.contains("the same again failed");
    for name in ["negotiate-close", "tls-close", "tls-reset"] {
        let report = trace(Some(fault(name)), &settings_for(Some(fault(name)))).await;
        assert!(made(&report, ExperimentKind::Repeat) > 0, "{name}");
        assert!(!report.causes.iter().flat_map(|cause| &cause.because).any(repeats), "{name}");
    }
    let report = trace(Some(fault("tls-name-refused")), &settings()).await;
    assert!(report.causes[0].because.iter().any(repeats), "{:#?}", report.causes);
}
