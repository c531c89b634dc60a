//! Who turned an attempt to connect down: a rule, a router without a route, this machine, or nobody who would answer.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use async_trait::async_trait;
use rdptrace::{
    BoxStream, Network, Report, Target, Tracer,
    internal::net::{Rejected, icmp_name},
    report::{Failure, IcmpError, Likelihood, RejectedBy},
};
use time::OffsetDateTime;
use tokio::time::sleep;
use tokio_rustls::rustls::pki_types::CertificateDer;

use crate::{faults::settings_for, lab::Lab};

/// What every attempt meets: the system's error after a time, who is behind it, and type and code of ICMP.
#[derive(Clone, Copy, Debug)]
struct Wall {
    error: io::ErrorKind,
    after_ms: u64,
    by: RejectedBy,
    icmp: Option<(u8, u8)>,
}

impl Wall {
    fn error(self, v6: bool) -> io::Error {
        let from = match self.by {
            RejectedBy::Host => "192.0.2.9",
            _ => "198.51.100.1",
        };
        let icmp =
            |(kind, code)| IcmpError { kind, code, name: icmp_name(v6, kind, code), from: from.parse().ok() };
        Rejected { error: self.error.into(), by: self.by, icmp: self.icmp.map(icmp) }.into_error()
    }
}

#[async_trait]
impl Network for Wall {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
    }

    async fn look_up(&self, _host: &str) -> Result<Vec<IpAddr>, Failure> {
        unreachable!("the target is an address")
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<BoxStream> {
        sleep(Duration::from_millis(self.after_ms)).await;
        Err(self.error(address.is_ipv6()))
    }

    fn system_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        Lab::of(None).system_roots()
    }
}

async fn met(target: &str, wall: Wall) -> Report {
    let target: Target = target.parse().expect("a target");
    Tracer::new(&target, &settings_for(None), &wall).run().await
}

fn codes(report: &Report) -> Vec<&str> {
    report.causes.iter().map(|cause| cause.code.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn icmp_and_its_time_tell_a_rule_from_a_missing_host_and_a_missing_route() {
    use RejectedBy::{Host, Link, Router, ThisMachine};
    use io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, PermissionDenied};
    let (v4, v6) = ("192.0.2.9", "2001:db8::9");
    for (target, error, after_ms, by, icmp, first) in [
        (v4, HostUnreachable, 12, Router, Some((3, 13)), "firewall-rejects"),
        (v4, HostUnreachable, 12, Router, Some((3, 10)), "firewall-rejects"),
        (v4, NetworkUnreachable, 12, Router, Some((3, 9)), "firewall-rejects"),
        (v4, HostUnreachable, 12, Router, Some((3, 1)), "firewall-rejects"),
        (v4, HostUnreachable, 3050, Router, Some((3, 1)), "host-down"),
        (v4, HostUnreachable, 3070, Link, Some((3, 1)), "host-down"),
        (v4, NetworkUnreachable, 12, Router, Some((3, 0)), "no-route"),
        (v4, HostUnreachable, 12, Router, Some((11, 0)), "no-route"),
        (v4, ConnectionRefused, 12, Router, Some((3, 3)), "firewall-rejects"),
        (v4, ConnectionRefused, 12, Host, Some((3, 3)), "firewall-rejects"),
        (v4, io::ErrorKind::Other, 12, Host, Some((3, 2)), "firewall-rejects"),
        (v4, NetworkUnreachable, 0, ThisMachine, None, "no-route"),
        (v6, PermissionDenied, 12, Router, Some((1, 1)), "firewall-rejects"),
        (v6, PermissionDenied, 12, Router, Some((1, 6)), "firewall-rejects"),
        (v6, HostUnreachable, 12, Router, Some((1, 3)), "firewall-rejects"),
        (v6, HostUnreachable, 3060, Link, Some((1, 3)), "host-down"),
        (v6, NetworkUnreachable, 12, Router, Some((1, 0)), "no-route"),
        (v6, HostUnreachable, 12, Router, Some((3, 0)), "no-route"),
        (v6, ConnectionRefused, 12, Host, Some((1, 4)), "firewall-rejects"),
    ] {
        let report = met(target, Wall { error, after_ms, by, icmp }).await;
        let seen = (icmp, by, after_ms);
        assert_eq!(codes(&report).first(), Some(&first), "{seen:?}: {:#?}", report.causes);
        assert_eq!(report.causes[0].likelihood, Likelihood::Likely, "{seen:?}");
        let connect = report.trace.connections[0].phases.connect.as_ref().expect("it was tried");
        let attempt = &connect.evidence.attempts[0];
        assert_eq!(attempt.rejected_by, Some(by), "{seen:?}");
        assert_eq!(attempt.icmp.as_ref().map(|icmp| (icmp.kind, icmp.code)), icmp, "{seen:?}");
    }
}

/// Where nothing was sent no firewall on the way and no host is at fault.
#[tokio::test(start_paused = true)]
async fn a_route_that_this_machine_lacks_blames_nobody_else() {
    let (error, by) = (io::ErrorKind::NetworkUnreachable, RejectedBy::ThisMachine);
    let report = met("192.0.2.9", Wall { error, after_ms: 0, by, icmp: None }).await;
    assert_eq!(codes(&report), ["no-route"]);
    let verdict = &report.verdict;
    assert!(verdict.summary.contains("this machine has no route"), "{}", verdict.summary);
    let connect = report.trace.connections[0].phases.connect.as_ref().expect("it was tried");
    assert_eq!(
        connect.evidence.attempts[0].error.as_deref(),
        Some("network unreachable"),
        "the system's words"
    );
}
