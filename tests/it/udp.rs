//! The SYN of RDP-UDP, what answers it, and who is asked; over loopback with the system's own sockets too.

use std::net::{Ipv4Addr, SocketAddr};

use rdptrace::{
    Endpoint, Network as _, Report, Settings, System, Target, Tracer,
    internal::{
        demo::{self, Server},
        pdu::rdpudp::{self, ACK, CORRELATION_ID, SYN, SYNEX, Setup},
    },
    report::{Udp, UdpOutcome},
    settings::{Experiments, Proxy, ProxyKind},
};

use crate::lab::{Answer, Lab, Udp as Network};

fn settings() -> Settings {
    Settings::default().udp(true).experiments(Experiments::Off)
}

async fn seen(lab: &Lab, settings: &Settings) -> Udp {
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    Tracer::new(&target, settings, lab).run().await.trace.udp.expect("it was asked for")
}

/// The layout of MS-RDPEUDP 2.2.2, number by number.
#[test]
fn the_syn_is_laid_out_as_specified() {
    let id = [7; 16];
    let syn = rdpudp::syn(0x0102_0304, &id);
    assert_eq!(syn.len(), 1232);
    assert_eq!(syn[..8], [0xFF, 0xFF, 0xFF, 0xFF, 0, 64, 0x18, 0x01]);
    assert_eq!(syn[8..16], [1, 2, 3, 4, 0x04, 0xD0, 0x04, 0xD0]);
    assert_eq!(syn[16..32], id);
    assert_eq!(syn[32..48], [0; 16]);
    assert_eq!(syn[48..52], [0, 1, 0, 2]);
    assert!(syn[52..].iter().all(|byte| *byte == 0));
    assert_eq!(rdpudp::ack(0x0A0B_0C0D), [10, 11, 12, 13, 0, 64, 0, 4, 0, 0, 0, 0]);
    let mine = Setup::parse(&syn).expect("a SYN");
    assert_eq!((mine.flags, mine.version), (SYN | CORRELATION_ID | SYNEX, 2));
}

#[test]
fn a_correlation_id_has_no_forbidden_byte() {
    for first in [0, 0xF4, 0x0D] {
        let mut random = [0x0D; 16];
        random[0] = first;
        let id = rdpudp::correlation_id(random);
        assert!(!matches!(id[0], 0 | 0xF4) && !id.contains(&0x0D), "{id:?}");
    }
}

/// Windows takes version 3 so: a version, and no flag that there is one.
#[test]
fn version_3_is_read_without_its_flag() {
    let mut answer = vec![1, 2, 3, 4, 0, 64, 0x10, 5, 9, 9, 9, 9, 0x04, 0xD0, 0x04, 0xD0];
    answer.extend([0, 0, 0x01, 0x01]);
    assert_eq!(Setup::parse(&answer).map(|setup| setup.version), Ok(0x0101));
    answer[16..].fill(0);
    assert_eq!(Setup::parse(&answer).map(|setup| setup.version), Ok(1));
}

/// An answer without SYNEX is one of version 1; one that is cut short, or no SYN, is none.
#[test]
fn answers_are_read_as_far_as_they_go() {
    let mut answer = vec![1, 2, 3, 4, 0, 64, 0, 5, 9, 9, 9, 9, 0x04, 0x6C, 0x04, 0xD0];
    let read = Setup::parse(&answer).expect("an answer");
    assert_eq!((read.version, read.upstream_mtu, read.downstream_mtu), (1, 1132, 1232));
    assert!(read.acknowledges(0x0102_0304) && !read.acknowledges(0x0102_0305));
    for length in 0..answer.len() {
        assert!(Setup::parse(&answer[..length]).is_err(), "{length}");
    }
    answer[6] = 0x10;
    assert!(Setup::parse(&answer).is_err(), "SYNEX is announced and missing");
    answer[6..8].copy_from_slice(&ACK.to_be_bytes());
    assert!(Setup::parse(&answer).is_err(), "it is no SYN");
}

#[tokio::test(start_paused = true)]
async fn an_answer_ends_it_with_one_ack() {
    let lab = Lab::of(None).with_udp(Network::Answers);
    let udp = seen(&lab, &settings()).await;
    assert_eq!((udp.outcome, udp.tries, udp.version), (UdpOutcome::Reachable, 1, Some(2)));
    assert_eq!((udp.upstream_mtu, udp.downstream_mtu), (Some(1232), Some(1232)));
    let sent = lab.datagrams.lock().expect("nobody holds it").clone();
    let lengths: Vec<usize> = sent.iter().map(Vec::len).collect();
    assert_eq!(lengths, [1232, 12]);
    assert_eq!(Some(hex::encode(&sent[0][16..32])), udp.correlation_id);
}

#[tokio::test(start_paused = true)]
async fn three_syn_are_the_same_and_no_ack_follows_silence() {
    let lab = Lab::of(None).with_udp(Network::Silent);
    let udp = seen(&lab, &settings()).await;
    assert_eq!((udp.outcome, udp.tries), (UdpOutcome::Inconclusive, 3));
    assert!((1500.0..1501.0).contains(&udp.elapsed_ms.0), "{:?}", udp.elapsed_ms);
    let sent = lab.datagrams.lock().expect("nobody holds it").clone();
    assert!(sent.len() == 3 && sent.iter().all(|syn| *syn == sent[0]));
}

/// Nothing is sent where it would go another way, or where TCP was not let in.
#[tokio::test(start_paused = true)]
async fn who_is_not_asked_is_said() {
    let proxy = Proxy::new(ProxyKind::Http, Endpoint::new("192.0.2.15", 3389));
    for (lab, settings, why) in [
        (Lab::of(None), settings().proxy(Some(proxy)), "through a proxy, which carries no UDP"),
        (Lab::answering(Answer::Refused), settings(), "it is not known where to ask"),
    ] {
        let target: Target = "rdsh01.corp.example".parse().expect("a target");
        let report = Tracer::new(&target, &settings, &lab).run().await;
        let found = report.findings.iter().find(|finding| finding.code.as_str() == "udp-not-asked");
        let said = &found.expect("the finding").message;
        assert!(said.starts_with("UDP was not asked: ") && said.ends_with(why), "{said}");
        let udp = report.trace.udp.expect("it was asked for");
        assert_eq!((udp.outcome, udp.tries), (UdpOutcome::NotAsked, 0));
        assert!(lab.datagrams.lock().expect("nobody holds it").is_empty());
    }
}

async fn over_loopback(answers: bool) -> Report {
    let server = Server::new(None, System.now()).map(std::sync::Arc::new).expect("a server");
    let listener = demo::listen((Ipv4Addr::LOCALHOST, 0).into()).await.expect("a free port");
    let address: SocketAddr = listener.local_addr().expect("an address");
    tokio::spawn(demo::run(listener, server));
    if answers {
        tokio::spawn(demo::answer_udp(address));
    }
    let target: Target = address.to_string().parse().expect("a target");
    Tracer::new(&target, &settings(), &System).run().await
}

#[tokio::test]
async fn over_loopback_the_demo_server_answers() {
    let report = over_loopback(true).await;
    let udp = report.trace.udp.expect("it was asked for");
    assert_eq!((udp.outcome, udp.received_bytes), (UdpOutcome::Reachable, Some(1232)), "{:?}", udp.error);
    assert!(report.findings.iter().any(|found| found.code.as_str() == "udp-reachable"));
}

/// ICMP port unreachable, as the system sends it.
#[cfg(unix)]
#[tokio::test]
async fn over_loopback_a_port_that_nobody_has_is_closed() {
    let report = over_loopback(false).await;
    let udp = report.trace.udp.expect("it was asked for");
    assert_eq!((udp.outcome, udp.tries), (UdpOutcome::Closed, 1), "{:?}", udp.error);
    let found =
        report.findings.iter().find(|found| found.code.as_str() == "udp-closed").expect("the finding");
    assert!(found.message.ends_with("ICMP says that nobody has the port: Remote Desktop stays on TCP"));
}
